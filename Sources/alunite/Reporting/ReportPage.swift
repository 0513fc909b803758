import Foundation

/// A report as one page of HTML that needs nothing but a browser.
struct ReportPage {
  private let content: ReportContent

  init(_ content: ReportContent) { self.content = content }

  /// The page: style, script and numbers inside it.
  func text() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    // Names could hold tags, and a tag ends the element the numbers stand in.
    let data = String(decoding: try encoder.encode(content), as: UTF8.self).replacing("<", with: "\\u003c")
    let parts = [
      "title": Self.escaped("\(content.title) · Alunite"),
      "style": Self.resource(PackageResources.report_css), "data": data,
      "script": Self.resource(PackageResources.report_js),
    ]
    return Self.filled(Self.resource(PackageResources.report_html), with: parts)
  }

  private static func resource(_ bytes: [UInt8]) -> String {
    String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .newlines)
  }

  private static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }

  /// Puts a part in place of every `{{name}}`, once: what a part holds is not looked at.
  private static func filled(_ template: String, with parts: [String: String]) -> String {
    var result = ""
    var rest = Substring(template)
    while let open = rest.range(of: "{{"), let close = rest[open.upperBound...].range(of: "}}") {
      result += rest[..<open.lowerBound]
      result += parts[String(rest[open.upperBound..<close.lowerBound])] ?? ""
      rest = rest[close.upperBound...]
    }
    return result + rest
  }
}

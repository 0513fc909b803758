import Foundation

/// The numbers of a text file in columns, with the lines that stand above them.
///
/// Fields are separated by commas (quoted as in RFC 4180), semicolons, tabs or blanks, in this order of preference, as the
/// first line of numbers has it. Empty lines and lines that begin with `#` are passed over. An empty field between separators
/// is a missing value, NaN, except in the first column.
struct TextColumns {
  /// The file.
  let path: String
  /// The lines above the numbers, without those that are empty.
  let head: [String]
  /// The fields of the last line above the numbers, where there are as many as columns.
  let names: [String]?
  /// Columns of numbers, all of one length.
  let columns: [[Double]]

  /// The largest file that is read.
  private static let limit = 256 << 20

  /// - Throws: ``SceneError`` when the file holds no columns of numbers, naming the line.
  init(_ url: URL, allowedMemory: Int) throws {
    let file = try InputFile(url)
    let path = file.path
    self.path = path
    func fault(_ line: Int, _ columns: Int, _ found: String) -> SceneError {
      .malformed(path: path, field: "line \(line + 1)", expected: "\(columns) numbers", found: found)
    }
    // A number takes two characters at least, and eight bytes twice.
    let most = min(Self.limit, allowedMemory / 12)
    guard file.size <= most else {
      throw SceneError.tooLarge(path: path, field: "size", declared: "\(file.size) bytes", limit: "\(most)")
    }
    let text = String(decoding: try file.bytes(in: 0..<file.size), as: UTF8.self)
    let lines = (text.first == "\u{FEFF}" ? text.dropFirst() : text[...])
      .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
    var (head, columns) = ([String](), [[Double]]())
    var separator: Separator?
    for (number, line) in lines.enumerated() where !line.allSatisfy(\.isWhitespace) && line.first != "#" {
      let rule = separator ?? Separator(of: line)
      guard let numbers = rule.numbers(in: line) else {
        if separator != nil { throw fault(number, columns.count, "`\(line.prefix(40))`") }
        head.append(String(line))
        continue
      }
      if separator == nil { (separator, columns) = (rule, numbers.map { _ in [] }) }
      if numbers.count != columns.count { throw fault(number, columns.count, "\(numbers.count)") }
      for (place, value) in numbers.enumerated() { columns[place].append(value) }
    }
    guard let separator else {
      throw SceneError.malformed(
        path: path, field: "lines", expected: "columns of numbers",
        found: head.first.map { "`\($0.prefix(40))`" } ?? "an empty file")
    }
    (self.head, self.columns) = (head, columns)
    let names = head.last.map { separator.fields(of: $0[...]) }
    self.names = names?.count == columns.count ? names : nil
  }

  /// How fields are separated.
  private enum Separator: Character {
    case comma = ","
    case semicolon = ";"
    case tab = "\t"
    case blanks = " "

    init(of line: Substring) {
      self = [.comma, .semicolon, .tab].first { line.contains($0.rawValue) } ?? .blanks
    }

    func fields(of line: Substring) -> [String] {
      if self == .blanks { return line.split(whereSeparator: \.isWhitespace).map(String.init) }
      var (fields, field, isQuoted) = ([String](), "", false)
      for character in line {
        if character == "\"" {
          isQuoted.toggle()
        } else if character == rawValue && !isQuoted {
          fields.append(field)
          field = ""
        } else {
          field.append(character)
        }
      }
      return (fields + [field]).map { $0.trimmingCharacters(in: .whitespaces) }
    }

    /// The numbers of a line, NaN for empty fields; `nil` where anything else stands in it, or nothing in its first field.
    func numbers(in line: Substring) -> [Double]? {
      let fields = fields(of: line)
      let numbers = fields.map { Numbers.double($0) }
      guard numbers.first.flatMap(\.self) != nil else { return nil }
      guard zip(fields, numbers).allSatisfy({ $1 != nil || $0.isEmpty }) else { return nil }
      return numbers.map { $0 ?? .nan }
    }
  }
}

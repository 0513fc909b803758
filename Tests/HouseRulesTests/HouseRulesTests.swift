import Foundation
import Testing

/// What the sources promise about themselves, read from the sources.
@Suite struct HouseRulesTests {
  private struct SourceFile: CustomStringConvertible {
    let path: String
    let lines: [Substring]
    /// The lines without comments.
    var code: [Substring] { lines.filter { !$0.drop { $0 == " " }.hasPrefix("//") } }
    var target: String {
      path.hasPrefix("Synthetic/") ? "Synthetic" : String(path.split(separator: "/").dropFirst().first ?? "")
    }
    /// The modules it imports, with the words before `import`.
    var imports: [(access: String, module: String)] {
      code.compactMap { line in
        let words = line.split(separator: " ")
        guard let place = words.firstIndex(of: "import"), place <= 1, place + 1 < words.count else { return nil }
        return (words[..<place].joined(separator: " "), String(words[words.count - 1]))
      }
    }
    var description: String { path }
  }

  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private static func files(under folders: [String], endings: [String] = ["swift"]) throws -> [SourceFile] {
    try folders.flatMap { folder -> [SourceFile] in
      let base = root.appending(path: folder)
      let names = try FileManager.default.subpathsOfDirectory(atPath: base.path).sorted()
      return try names.filter { name in endings.contains { name.hasSuffix(".\($0)") } }.map { name in
        let text = try String(contentsOf: base.appending(path: name), encoding: .utf8)
        return SourceFile(
          path: "\(folder)/\(name)", lines: text.split(separator: "\n", omittingEmptySubsequences: false))
      }
    }
  }

  private static let cModules: Set = ["CKernels", "COpenBLAS", "CGSL", "CHDF5", "CMatIO", "CSystem"]

  /// What every target may know of the others; what stands above a target is not in its list.
  private static let arrows: [String: Set<String>] = [
    "Tensors": ["CKernels", "COpenBLAS"],
    "Networks": ["Tensors"],
    "Probability": ["Tensors", "CKernels"],
    "Scenes": ["Tensors", "CHDF5", "CMatIO", "CSystem"],
    "Unmixing": ["Networks", "Probability", "Scenes", "Tensors", "CKernels"],
    "Synthetic": ["Probability", "Scenes", "Tensors", "CGSL", "Yams"],
    "alunite": ["Unmixing", "Synthetic", "Networks", "Probability", "Scenes", "Tensors", "ArgumentParser", "Yams"],
  ]

  @Test func thereIsSomethingToRead() throws {
    #expect(try Self.files(under: ["Sources", "Synthetic"]).count > 100)
  }

  @Test func arrowsGoDown() throws {
    let system: Set = ["Foundation", "Dispatch", "Synchronization", "Glibc", "Musl"]
    for file in try Self.files(under: ["Sources", "Synthetic"]) {
      let allowed = try #require(Self.arrows[file.target], "\(file) is in no target")
      for (_, module) in file.imports where !system.contains(module) {
        #expect(allowed.contains(module), "\(file) imports \(module)")
      }
    }
  }

  @Test func cStaysInside() throws {
    for file in try Self.files(under: ["Sources", "Synthetic"]) {
      for (access, module) in file.imports where Self.cModules.contains(module) {
        #expect(access == "internal", "\(file): \(access) import \(module)")
      }
    }
  }

  @Test func filesHaveOneReasonToChange() throws {
    for file in try Self.files(under: ["Sources", "Synthetic", "Tests"], endings: ["swift", "c", "h"]) {
      #expect(file.lines.count <= 500, "\(file) has \(file.lines.count) lines")
    }
  }

  @Test func librariesDoNotPrint() throws {
    for file in try Self.files(under: ["Sources", "Synthetic"]) where file.target != "alunite" {
      for line in file.code {
        let statement = line.drop { $0 == " " }
        #expect(!statement.hasPrefix("print(") && !statement.hasPrefix("fatalError("), "\(file): \(statement)")
      }
    }
  }

  @Test func nothingIsGlobalAndMutable() throws {
    for file in try Self.files(under: ["Sources", "Synthetic"]) {
      for line in file.code {
        #expect(!line.hasPrefix("var ") && !line.hasPrefix("public var ") && !line.hasPrefix("private var "), "\(file)")
        #expect(!line.contains("static var ") || line.contains("{"), "\(file): \(line)")
      }
    }
  }
}

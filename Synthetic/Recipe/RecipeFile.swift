import Foundation
import Yams

extension Recipe {
  /// Reads a recipe from a YAML file.
  ///
  /// Any number of it may be a range, `{from: 20, to: 40}`, with `scale: log` for numbers of unknown size, and is drawn anew
  /// for every seed (see ``RandomizedNumbers``). The path of a library is relative to the recipe.
  ///
  /// - Parameter seed: Which of the recipe's scenes is to be made; the recipe's own seed when absent.
  /// - Throws: ``RecipeError`` naming the file, the field, what was expected and what was found.
  public init(contentsOf url: URL, seed: UInt64? = nil) throws {
    let file = url.lastPathComponent
    let data: Data
    var isDirectory: ObjCBool = false
    if FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory), isDirectory.boolValue {
      throw RecipeError.cannotRead(recipe: url.path, reason: "it is a directory")
    }
    do {
      data = try Data(contentsOf: url)
    } catch {
      throw RecipeError.cannotRead(recipe: url.path, reason: error.localizedDescription)
    }
    self = try Recipe(yaml: data, file: file, seed: seed)
    if let library = minerals.library {
      minerals.library = URL(fileURLWithPath: library, relativeTo: url.absoluteURL.deletingLastPathComponent()).path
    }
  }

  /// Reads a recipe from the text of a YAML file; `file` names it in errors.
  package init(yaml data: Data, file: String, seed: UInt64? = nil) throws {
    guard data.count <= Self.mostBytes else {
      throw RecipeError.cannotRead(recipe: file, reason: "\(data.count) bytes are more than \(Self.mostBytes)")
    }
    guard let text = String(data: data, encoding: .utf8) else {
      throw RecipeError.notYAML(recipe: file, reason: "the text is not UTF-8")
    }
    do {
      guard let node = try Yams.compose(yaml: text) else {
        throw RecipeError.malformed(recipe: file, field: "recipe", expected: "fields", found: "nothing")
      }
      self = try YAMLDecoder().decode(Recipe.self, from: RandomizedNumbers(seed: seed).drawn(node))
    } catch let error as RecipeError {
      throw error.named(file)
    } catch let error as YamlError {
      throw RecipeError.notYAML(recipe: file, reason: Self.reason(error))
    }
  }

  /// The recipe as the text of a YAML file that reads as the same recipe.
  package func yaml() throws -> String { try YAMLEncoder().encode(self) }

  /// No recipe is longer than this.
  private static let mostBytes = 1 << 20

  /// What the parser complains about and where.
  private static func reason(_ error: YamlError) -> String {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
      .composer(_, let problem, let mark, _):
      "line \(mark.line), column \(mark.column): \(problem)"
    case .duplicatedKeysInMapping(let duplicates, let context):
      "line \(context.mark.line): \(duplicates.sorted().joined(separator: ", ")) is given twice"
    default: "\(error)".split(separator: "\n").first.map(String.init) ?? "\(error)"
    }
  }
}

/// What can be wrong with a recipe. Every case names the recipe and, where there is one, the field.
public enum RecipeError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file could not be read; `reason` is the system's.
  case cannotRead(recipe: String, reason: String)
  /// The file is not YAML; `reason` says where.
  case notYAML(recipe: String, reason: String)
  /// A field holds something else than it should.
  case malformed(recipe: String, field: String, expected: String, found: String)
  /// A field that cannot be done without is absent.
  case missing(recipe: String, field: String, expected: String)
  /// A field that recipes do not have; `nearest` is the known one most like it, if any is.
  case unknownField(recipe: String, field: String, nearest: String?, known: [String])
  /// No recipe of that name comes with Alunite.
  case unknownRecipe(name: String, nearest: String?, known: [String])

  /// A sentence for the user: where, what was expected, and what was found.
  public var description: String {
    switch self {
    case .cannotRead(let recipe, let reason): "\(recipe): cannot read: \(reason)"
    case .notYAML(let recipe, let reason): "\(recipe): not YAML: \(reason)"
    case .malformed(let recipe, let field, let expected, let found):
      "\(recipe): \(field): expected \(expected), found \(found)"
    case .missing(let recipe, let field, let expected): "\(recipe): \(field) is missing; expected \(expected)"
    case .unknownField(let recipe, let field, let nearest, let known):
      "\(recipe): \(field): no such field; " + Self.suggestion(nearest, known)
    case .unknownRecipe(let name, let nearest, let known):
      "no recipe is called “\(name)”; " + Self.suggestion(nearest, known)
    }
  }

  private static func suggestion(_ nearest: String?, _ known: [String]) -> String {
    nearest.map { "did you mean “\($0)”?" } ?? "there are \(known.joined(separator: ", "))"
  }

  /// The same error in a recipe of another name: a decoder does not know which file it reads.
  func named(_ recipe: String) -> RecipeError {
    switch self {
    case .cannotRead(_, let reason): .cannotRead(recipe: recipe, reason: reason)
    case .notYAML(_, let reason): .notYAML(recipe: recipe, reason: reason)
    case .malformed(_, let field, let expected, let found):
      .malformed(recipe: recipe, field: field, expected: expected, found: found)
    case .missing(_, let field, let expected): .missing(recipe: recipe, field: field, expected: expected)
    case .unknownField(_, let field, let nearest, let known):
      .unknownField(recipe: recipe, field: field, nearest: nearest, known: known)
    case .unknownRecipe: self
    }
  }
}

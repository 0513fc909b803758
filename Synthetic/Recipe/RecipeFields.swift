import Scenes

/// The fields of one mapping of a recipe, read with errors a user can act on.
///
/// Types are checked here, unknown fields are refused, and ranges are left to `validate`.
struct RecipeFields {
  private let container: KeyedDecodingContainer<Key>
  private let path: String

  /// The mapping that `decoder` stands at, which may have `known` fields only.
  init(_ decoder: any Decoder, known: [String]) throws {
    let path = Self.text(decoder.codingPath)
    do {
      container = try decoder.container(keyedBy: Key.self)
    } catch is DecodingError {
      let found = (try? decoder.singleValueContainer()).flatMap { try? $0.decode(Text.self) }?.description ?? "a list"
      throw RecipeError.malformed(
        recipe: "recipe", field: path.isEmpty ? "recipe" : path, expected: "fields (\(known.joined(separator: ", ")))",
        found: found)
    }
    self.path = path
    for key in container.allKeys.map(\.stringValue).sorted() where !known.contains(key) {
      throw RecipeError.unknownField(
        recipe: "recipe", field: fullName(key), nearest: Nearest.candidate(to: key, among: known), known: known)
    }
  }

  /// Whether the field is there.
  func has(_ name: String) -> Bool { container.contains(Key(name)) }

  /// The value of a field that must be there; `expected` describes it.
  func value<Value: Decodable>(_ name: String, _ expected: String, as: Value.Type = Value.self) throws -> Value {
    guard has(name) else { throw RecipeError.missing(recipe: "recipe", field: fullName(name), expected: expected) }
    do {
      return try container.decode(Value.self, forKey: Key(name))
    } catch is DecodingError {
      throw RecipeError.malformed(
        recipe: "recipe", field: fullName(name), expected: expected, found: found(name))
    }
  }

  /// The value of a field that may be absent.
  func optional<Value: Decodable>(_ name: String, _ expected: String, as: Value.Type = Value.self) throws -> Value? {
    has(name) ? try value(name, expected) : nil
  }

  /// The value of a field that is one of a few words.
  func choice<Value>(_ name: String, default: Value? = nil) throws -> Value
  where Value: RawRepresentable<String> & CaseIterable {
    let words = Value.allCases.map(\.rawValue)
    let expected = words.count == 1 ? words[0] : "one of \(words.joined(separator: ", "))"
    if !has(name), let fallback = `default` { return fallback }
    let word: String = try value(name, expected)
    guard let choice = Value(rawValue: word) else {
      throw RecipeError.malformed(recipe: "recipe", field: fullName(name), expected: expected, found: "“\(word)”")
    }
    return choice
  }

  /// Complains about a field whose value has the right type and makes no sense.
  func malformed(_ name: String, expected: String, found: String? = nil) -> RecipeError {
    .malformed(recipe: "recipe", field: fullName(name), expected: expected, found: found ?? self.found(name))
  }

  private func fullName(_ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  /// What stands in a field, in words.
  private func found(_ name: String) -> String {
    if let text = try? container.decode(Text.self, forKey: Key(name)) { return text.description }
    if let list = try? container.nestedUnkeyedContainer(forKey: Key(name)) {
      return "a list of \(list.count ?? 0)"
    }
    return "fields"
  }

  private static func text(_ path: [any CodingKey]) -> String {
    path.reduce("") { text, key in
      if let index = key.intValue { return "\(text)[\(index + 1)]" }
      return text.isEmpty ? key.stringValue : "\(text).\(key.stringValue)"
    }
  }
}

extension RecipeFields {
  /// A field's name; any name will do.
  struct Key: CodingKey, ExpressibleByStringLiteral {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init(stringLiteral name: String) { stringValue = name }
    init?(stringValue: String) { self.init(stringValue) }
    init?(intValue: Int) { nil }
  }

  /// Any scalar, as it would be quoted to a user.
  struct Text: Decodable, CustomStringConvertible {
    let description: String

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        description = "nothing"
      } else if let number = try? container.decode(Double.self) {
        description = (try? container.decode(String.self)) ?? "\(number)"
      } else {
        description = "“\(try container.decode(String.self))”"
      }
    }
  }
}

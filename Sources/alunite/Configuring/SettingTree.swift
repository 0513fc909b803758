import Foundation
import Yams

/// A configuration as nested keys and plain values, in which parts can be replaced before it is decoded.
indirect enum SettingTree: Equatable {
  case mapping([(key: String, value: SettingTree)])
  case list([SettingTree])
  case text(String)
  case integer(Int)
  case number(Double)
  case truth(Bool)

  static func == (left: SettingTree, right: SettingTree) -> Bool { left.json == right.json }

  /// The tree of a value, its keys in the order it encodes them.
  init(encoding value: some Encodable) throws {
    let node = try Yams.compose(yaml: YAMLEncoder().encode(value))
    self = try node.map { try SettingTree($0, file: "configuration", key: "") } ?? .mapping([])
  }

  /// The tree of a YAML text; an empty one has no keys.
  init(yaml: String, file: String) throws {
    do {
      self = try Yams.compose(yaml: yaml).map { try SettingTree($0, file: file, key: "") } ?? .mapping([])
    } catch let error as YamlError {
      throw WorldFault.malformed(path: file, field: "YAML", expected: "a mapping of keys", found: Self.oneLine(error))
    }
  }

  private init(_ node: Node, file: String, key: String) throws {
    switch node {
    case .mapping(let mapping):
      var entries: [(key: String, value: SettingTree)] = []
      for (name, value) in mapping {
        guard let name = name.string else {
          throw WorldFault.malformed(path: file, field: key, expected: "keys that are words", found: "another key")
        }
        let path = key.isEmpty ? name : "\(key).\(name)"
        if entries.contains(where: { $0.key == name }) {
          throw WorldFault.malformed(path: file, field: path, expected: "one value", found: "the key twice")
        }
        entries.append((name, try SettingTree(value, file: file, key: path)))
      }
      self = .mapping(entries)
    case .sequence(let sequence):
      self = .list(try sequence.map { try SettingTree($0, file: file, key: key) })
    case .scalar(let scalar):
      self = SettingTree(scalar.string, isQuoted: scalar.style != .plain && scalar.style != .any)
    case .alias:
      throw WorldFault.malformed(path: file, field: key, expected: "a value", found: "an alias")
    }
  }

  /// YAML's own rules make `no` false and `1e-3` a text; here numbers are numbers and only `true` and `false` are truths.
  private init(_ text: String, isQuoted: Bool) {
    if isQuoted {
      self = .text(text)
    } else if text == "true" || text == "false" {
      self = .truth(text == "true")
    } else if let integer = Int(text) {
      self = .integer(integer)
    } else if let number = Double(text), number.isFinite {
      self = .number(number)
    } else {
      self = .text(text)
    }
  }

  private static func oneLine(_ error: YamlError) -> String {
    "\(error)".split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: " ")
  }

  /// The paths of all values, as `training.epochs`.
  var leafPaths: [String] {
    guard case .mapping(let entries) = self else { return [] }
    return entries.flatMap { key, value in
      if case .mapping = value { return value.leafPaths.map { "\(key).\($0)" } }
      return [key]
    }
  }

  /// The value at a path, if there is one.
  subscript(path: String) -> SettingTree? {
    path.split(separator: ".").reduce(self as SettingTree?) { tree, key in
      guard case .mapping(let entries) = tree else { return nil }
      return entries.first { $0.key == key }?.value
    }
  }

  /// The tree with the value at a path replaced; as it is where there is no such path.
  func replacing(_ path: ArraySlice<Substring>, by value: SettingTree) -> SettingTree {
    guard let key = path.first else { return value }
    guard case .mapping(var entries) = self, let place = entries.firstIndex(where: { $0.key == key }) else {
      return self
    }
    entries[place].value = entries[place].value.replacing(path.dropFirst(), by: value)
    return .mapping(entries)
  }

  /// The value as one reads it in a file.
  var shown: String {
    switch self {
    case .text(let text): text
    case .integer(let integer): "\(integer)"
    case .number(let number): "\(number)"
    case .truth(let truth): "\(truth)"
    case .list(let values): "[\(values.map(\.shown).joined(separator: ", "))]"
    case .mapping: "a mapping"
    }
  }
}

extension SettingTree {
  /// The tree as JSON, for decoding.
  var json: String {
    switch self {
    case .text(let text): Self.quoted(text)
    case .integer, .number, .truth: shown
    case .list(let values): "[\(values.map(\.json).joined(separator: ","))]"
    case .mapping(let entries):
      "{\(entries.map { "\(Self.quoted($0.key)):\($0.value.json)" }.joined(separator: ","))}"
    }
  }

  /// The tree as YAML, nested by two spaces.
  func yaml(indentation: String = "") -> String {
    guard case .mapping(let entries) = self else { return shown + "\n" }
    return entries.map { key, value in
      if case .mapping = value { return "\(indentation)\(key):\n" + value.yaml(indentation: indentation + "  ") }
      return "\(indentation)\(key): \(value.shown)\n"
    }.joined()
  }

  private static func quoted(_ text: String) -> String { JSONText.quoted(text) }
}

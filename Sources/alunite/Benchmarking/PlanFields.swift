import Foundation

/// One mapping of a plan's file, read key by key; every complaint names the file and the key.
struct PlanFields {
  private let tree: SettingTree
  private let file: String
  private let path: String
  private let entries: [(key: String, value: SettingTree)]

  /// - Throws: ``WorldFault/malformed(path:field:expected:found:)`` unless it is a mapping with keys among `known`.
  init(_ tree: SettingTree, file: String, path: String = "", known: [String]) throws {
    guard case .mapping(let entries) = tree else {
      throw WorldFault.malformed(
        path: file, field: path.isEmpty ? "plan" : path, expected: "a mapping with keys such as \(known[0])",
        found: "\"\(tree.shown)\"")
    }
    (self.tree, self.file, self.path, self.entries) = (tree, file, path, entries)
    for (key, _) in entries where !known.contains(key) {
      let found = "an unknown key\(Nearest.hint(to: key, among: known))"
      throw fault(key, "one of \(known.joined(separator: ", "))", found)
    }
  }

  /// The keys, in their order.
  var keys: [String] { entries.map(\.key) }

  /// A complaint about one key.
  func fault(_ key: String, _ expected: String, _ found: String) -> WorldFault {
    .malformed(path: file, field: path.isEmpty ? key : "\(path).\(key)", expected: expected, found: found)
  }

  /// The value under a key.
  subscript(key: String) -> SettingTree? { entries.first { $0.key == key }?.value }

  /// A word, a number or a truth value as it is written.
  func text(_ key: String) throws -> String? {
    guard let value = self[key] else { return nil }
    switch value {
    case .mapping, .list: throw fault(key, "one word", "\(value.shown)")
    default: return value.shown
    }
  }

  /// A word that has to be there.
  func required(_ key: String) throws -> String {
    guard let text = try text(key), !text.isEmpty else { throw fault(key, "a word", "nothing") }
    return text
  }

  /// A truth value; false where it is not there.
  func truth(_ key: String) throws -> Bool {
    switch self[key] {
    case nil: false
    case .truth(let value)?: value
    case let value?: throw fault(key, "true or false", "\"\(value.shown)\"")
    }
  }

  /// A list of words; one word is a list, too.
  func texts(_ key: String) throws -> [String] {
    switch self[key] {
    case nil: return []
    case .list(let values)?:
      return try values.map { value in
        switch value {
        case .mapping, .list: throw fault(key, "a list of words", "\(value.shown)")
        default: return value.shown
        }
      }
    case .mapping?: throw fault(key, "a list of words", "a mapping")
    case let value?: return [value.shown]
    }
  }

  /// A list of mappings.
  func list(_ key: String, known: [String]) throws -> [PlanFields] {
    guard case .list(let values)? = self[key], !values.isEmpty else {
      throw fault(key, "a list", self[key].map { "\"\($0.shown)\"" } ?? "nothing")
    }
    return try values.enumerated().map { index, value in
      try PlanFields(value, file: file, path: place("\(key)[\(index + 1)]"), known: known)
    }
  }

  /// A mapping under a key, with any keys.
  func mapping(_ key: String) throws -> [(key: String, value: SettingTree)] {
    switch self[key] {
    case nil: return []
    case .mapping(let entries)?: return entries
    case let value?: throw fault(key, "a mapping", "\"\(value.shown)\"")
    }
  }

  /// A mapping under a key, with keys among `known`.
  func fields(_ key: String, known: [String]) throws -> PlanFields? {
    try self[key].map { try PlanFields($0, file: file, path: place(key), known: known) }
  }

  private func place(_ key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }
}

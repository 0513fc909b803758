import Foundation
import Unmixing

/// Replaces parts of a value that can be encoded, by name: what a file or `--set` says is checked against the kind of what
/// stands there, and a name nobody knows gets a suggestion.
struct SettingResolver<Value: Codable> {
  /// The value as nested keys.
  private(set) var tree: SettingTree
  private let choices: [String: [String]]

  /// Starts from a value.
  ///
  /// - Parameter choices: The words every key with words may have.
  init(_ value: Value, choices: [String: [String]]) throws {
    tree = try SettingTree(encoding: value)
    self.choices = choices
  }

  /// Every key there is, with its value.
  var settings: [(path: String, value: String)] {
    tree.leafPaths.map { ($0, tree[$0]?.shown ?? "") }
  }

  /// Replaces what a YAML file names; the rest stays.
  mutating func apply(_ patch: SettingTree, from source: String) throws {
    tree = try merged(tree, with: patch, at: "", source: source)
  }

  /// Replaces one value: `training.epochs=50`, or `epochs=50` where only one key ends so.
  ///
  /// - Parameter refusal: What is said of a key that may not be set here, by its path.
  mutating func apply(setting: String, refusing refusal: (_ path: String) -> String? = { _ in nil }) throws {
    guard let equals = setting.firstIndex(of: "="), equals != setting.startIndex else {
      throw WorldFault.usage(option: "--set", expected: "KEY=VALUE", found: "\"\(setting)\"")
    }
    let path = try fullPath(of: String(setting[..<equals]).trimmingCharacters(in: .whitespaces))
    if let refusal = refusal(path) { throw WorldFault.usage(option: "--set", expected: refusal, found: setting) }
    let value = try SettingTree(yaml: String(setting[setting.index(after: equals)...]), file: "--set \(path)")
    tree = try merged(tree, with: Self.nested(path, value), at: "", source: "--set")
  }

  /// Replaces a value whatever it is.
  mutating func replace(_ path: String, by value: SettingTree) {
    tree = tree.replacing(path.split(separator: ".")[...], by: value)
  }

  /// The value, decoded.
  func value() throws -> Value {
    do {
      return try JSONDecoder().decode(Value.self, from: Data(tree.json.utf8))
    } catch let error as DecodingError {
      throw fault(of: error)
    }
  }

  private func fullPath(of key: String) throws -> String {
    let paths = tree.leafPaths
    if paths.contains(key) { return key }
    let matches = paths.filter { $0.hasSuffix(".\(key)") }
    if matches.count == 1 { return matches[0] }
    if matches.count > 1 {
      throw WorldFault.usage(
        option: "--set \(key)", expected: "one of \(matches.joined(separator: ", "))", found: "a name they share")
    }
    throw unknown(key, "--set", among: paths + paths.map { String($0.split(separator: ".").last ?? "") })
  }

  private func merged(
    _ base: SettingTree, with patch: SettingTree, at path: String, source: String
  ) throws -> SettingTree {
    guard case .mapping(var entries) = base else {
      if let expected = base.words(notFitting: patch) {
        throw misplaced(patch, path, source, expected: choices[path]?.joined(separator: ", ") ?? expected)
      }
      return patch
    }
    guard case .mapping(let changes) = patch else {
      throw misplaced(patch, path, source, expected: "a mapping with keys such as \(entries.first?.key ?? "")")
    }
    for (key, value) in changes {
      let full = path.isEmpty ? key : "\(path).\(key)"
      guard let place = entries.firstIndex(where: { $0.key == key }) else {
        let siblings = entries.map { path.isEmpty ? $0.key : "\(path).\($0.key)" }
        throw unknown(full, source, among: siblings + tree.leafPaths)
      }
      entries[place].value = try merged(entries[place].value, with: value, at: full, source: source)
    }
    return .mapping(entries)
  }

  private func misplaced(_ patch: SettingTree, _ path: String, _ source: String, expected: String) -> WorldFault {
    let (field, found) = (path.isEmpty ? "top" : path, "\"\(patch.shown)\"")
    return source == Self.option
      ? .usage(option: "\(source): \(field)", expected: expected, found: found)
      : .malformed(path: source, field: field, expected: expected, found: found)
  }

  private func unknown(_ key: String, _ source: String, among candidates: [String]) -> WorldFault {
    // The right name in the wrong place is likelier than another name.
    let name = ".\(key.split(separator: ".").last ?? "")"
    let paths = tree.leafPaths
    let likely = paths.first { $0.hasSuffix(name) } ?? Nearest.candidate(to: key, among: candidates)
    let all = paths.count <= Self.mostListed ? "; there are \(paths.joined(separator: ", "))" : ""
    let found = "\"\(key)\"" + (likely.map { "; did you mean \($0)?" } ?? all)
    let expected = "a key of the configuration"
    return source == Self.option
      ? .usage(option: source, expected: expected, found: found)
      : .conflict(option: source, expected: expected, found: found)
  }

  /// The option whose every fault is wrong usage; a file's is not.
  private static var option: String { "--set" }
  /// The most keys that are told one by one.
  private static var mostListed: Int { 20 }

  private static func nested(_ path: String, _ value: SettingTree) -> SettingTree {
    path.split(separator: ".").reversed().reduce(value) { .mapping([(String($1), $0)]) }
  }

  /// What fits its kind and is still refused: a word that is no choice, a number out of its type's range.
  private func fault(of error: DecodingError) -> UnmixingError {
    let context: DecodingError.Context? =
      switch error {
      case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
        .dataCorrupted(let context):
        context
      @unknown default: nil
      }
    let path = (context?.codingPath ?? []).filter { $0.intValue == nil }.map(\.stringValue).joined(separator: ".")
    let expected = choices[path]?.joined(separator: ", ") ?? "another value"
    return .configuration(field: path, expected: expected, found: "\"\(tree[path]?.shown ?? "")\"")
  }
}

extension SettingTree {
  /// What should stand here instead of another value; `nil` when that one will do.
  fileprivate func words(notFitting other: SettingTree) -> String? {
    switch (self, other) {
    case (.integer, .integer), (.number, .number), (.number, .integer), (.truth, .truth), (.text, .text): nil
    case (.list(let own), .list(let values)):
      values.contains { value in own.first?.words(notFitting: value) != nil } ? "a list of whole numbers" : nil
    case (.integer, _): "a whole number"
    case (.number, _): "a number"
    case (.truth, _): "true or false"
    case (.text, _): "a word"
    case (.list, _): "a list of whole numbers"
    case (.mapping, _): "a mapping"
    }
  }
}

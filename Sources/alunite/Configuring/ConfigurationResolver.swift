import Foundation
import Unmixing

/// Builds a configuration from a preset, a file and single settings, each stronger than the one before.
struct ConfigurationResolver {
  private var resolver: SettingResolver<Configuration>

  /// Starts from a preset's configuration, or from one that was resolved before.
  init(_ configuration: Configuration) throws {
    resolver = try SettingResolver(configuration, choices: configuration.choices)
  }

  /// Every key a configuration has, with the value of a preset.
  var settings: [(path: String, value: String)] { resolver.settings }

  /// Replaces what a YAML file names; the rest stays.
  mutating func apply(file url: URL) throws {
    let text = try Self.text(of: url)
    let patch = try SettingTree(yaml: text, file: url.path)
    if let method = patch["method"]?.shown, let own = resolver.tree["method"]?.shown, method != own {
      throw WorldFault.malformed(path: url.path, field: "method", expected: own, found: "\"\(method)\"")
    }
    try resolver.apply(patch, from: url.path)
  }

  /// The method a YAML file names, if it names one.
  static func method(in url: URL) throws -> String? {
    guard case .text(let method) = try SettingTree(yaml: text(of: url), file: url.path)["method"] else { return nil }
    return method
  }

  private static func text(of url: URL) throws -> String {
    do {
      return try String(contentsOf: url, encoding: .utf8)
    } catch {
      throw WorldFault.malformed(
        path: url.path, field: "configuration", expected: "a readable text file", found: FileFault.reason(error))
    }
  }

  /// Replaces one value: `training.epochs=50`, or `epochs=50` where only one key ends so.
  mutating func apply(setting: String) throws {
    try resolver.apply(setting: setting) { path in path == "method" ? "--model for the method" : nil }
  }

  /// Makes files be found wherever the run is resumed from.
  mutating func makePathsAbsolute() {
    guard case .text(let path)? = resolver.tree["model.library"], !path.isEmpty else { return }
    resolver.replace("model.library", by: .text(URL(fileURLWithPath: path).path))
  }

  /// The configuration, decoded and checked.
  func configuration() throws -> Configuration {
    let configuration = try resolver.value()
    try configuration.check()
    return configuration
  }

  /// The resolved configuration as a file that ``apply(file:)`` reads.
  static func yaml(_ configuration: Configuration) throws -> String {
    try SettingTree(encoding: configuration).yaml()
  }

  /// The keys in which two configurations differ.
  static func differences(_ left: Configuration, _ right: Configuration) throws -> [(
    key: String, left: String, right: String
  )] {
    let (left, right) = (try SettingTree(encoding: left), try SettingTree(encoding: right))
    return left.leafPaths.compactMap { path in
      let values = (left[path]?.shown ?? "", right[path]?.shown ?? "")
      return values.0 == values.1 ? nil : (path, values.0, values.1)
    }
  }
}

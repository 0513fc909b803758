import Foundation

/// A directory of runs that differ in their seeds: `seed-1`, `seed-2` …
struct EnsembleFolder {
  /// The directory.
  let url: URL

  init(_ path: String) { url = URL(fileURLWithPath: path) }

  /// The run of a seed.
  func run(seed: UInt64) -> URL { url.appendingPathComponent("seed-\(seed)") }

  /// The runs there are, in order of their seeds; none where the directory is no ensemble.
  var runs: [String] {
    if RunFolder(url).exists { return [] }
    let content = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
    return content.compactMap { name in
      name.hasPrefix("seed-") ? UInt64(name.dropFirst(5)) : nil
    }.sorted().map(run).filter { RunFolder($0).exists }.map(\.path)
  }

  /// Runs with every ensemble replaced by its own.
  static func expanding(_ paths: [String]) -> [String] {
    paths.flatMap { path in
      let own = EnsembleFolder(path).runs
      return own.isEmpty ? [path] : own
    }
  }
}

import Foundation
import Scenes
import Unmixing

/// Where a result of unmixing goes, and what is said about it.
struct ResultPlace {
  /// A file of a result and what it holds.
  typealias File = (file: String, content: String)

  /// The directory.
  let url: URL
  /// Whether something stands there that is to be replaced.
  let replaces: Bool
  /// Whether only errors are told.
  let quiet: Bool

  /// The most endmembers listed one by one.
  private static let mostRows = 20

  /// Makes the directory, whole or not at all.
  ///
  /// - Parameter more: Writes what else belongs there, and says what it wrote.
  /// - Returns: All files.
  func write(_ folder: EstimateFolder, _ more: (_ directory: URL) throws -> [File]) throws -> [File] {
    var files: [File] = []
    try writeDirectoryAtomically(to: url, overwriting: replaces) { directory in
      files = try folder.write(to: directory)
      files += try more(directory)
    }
    return files
  }

  /// Prints the mean abundances, the comparison with the truth where there is one, remarks, and the files.
  func show(_ estimate: Estimate, _ scene: Scene, _ files: [File], remarks: [String], metrics: Metrics? = nil) {
    if quiet { return }
    let masked = scene.pixelCount - scene.validPixels.count
    let comparison = metrics.map { "\n\(Report($0).text)\n" } ?? ""
    Console.print(
      """
      \(scene.name): \(scene.validPixels.count) \(scene.validPixels.count == 1 ? "pixel" : "pixels") unmixed\(masked == 0 ? "" : ", \(masked) masked")

      \(table(of: estimate))
      \(comparison)\(remarks.map { "\n\($0)\n" }.joined())
      \(url.path)
      """)
    for (file, content) in files {
      Console.print("  \(file.padding(toLength: 26, withPad: " ", startingAt: 0)) \(content)")
    }
  }

  /// Mean abundances, of a large library those of the most abundant spectra.
  private func table(of estimate: Estimate) -> String {
    let means = estimate.averages(of: estimate.mean)
    let deviations = estimate.deviation.map(estimate.averages)
    let all = Array(estimate.names.indices)
    let shown =
      all.count > Self.mostRows ? Array(all.sorted { means[$0] > means[$1] }.prefix(Self.mostRows)) : all
    let heads = ["endmember", "mean abundance"] + (deviations == nil ? [] : ["mean sd"])
    var table = TextTable(heads, rightAligned: [1, 2])
    for k in shown {
      let deviation = deviations.map { [$0[k].isNaN ? "–" : Numeral.short($0[k])] } ?? []
      table.add([estimate.names[k], Numeral.short(means[k])] + deviation)
    }
    let rest = all.count - shown.count
    return table.text + (rest == 0 ? "" : "\nand \(rest) less abundant ones")
  }
}

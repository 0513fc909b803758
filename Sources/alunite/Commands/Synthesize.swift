import ArgumentParser
import Foundation
import Scenes
import Synthetic
import Unmixing

/// `alunite synthesize`: a made scene with its truth.
struct Synthesize: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make a scene whose abundances and endmembers are known.",
    discussion: """
      A recipe says which minerals there are, how their fractions spread, how they are lit and measured. The file holds \
      the scene and its truth, so that train and evaluate need no other.

      Recipes: \(Recipe.names.joined(separator: ", ")), or a YAML file.

      Materials without a library: \(Recipe.materialNames.joined(separator: ", ")).

      Examples:
        alunite synthesize --recipe cuprite-like --seed 1 -o scene.h5
        alunite synthesize --recipe dffn-blocks --snr 30 --preview -o blocks.h5
      """)

  @OptionGroup var making: RecipeArguments

  @Option(help: ArgumentHelp("Which of the recipe's scenes to make (default: the recipe's own).", valueName: "n"))
  var seed: UInt64?

  @Flag(help: "Also write pictures of the abundances and the spectra, beside the scene.")
  var preview = false

  @Option(name: .shortAndLong, help: ArgumentHelp("The HDF5 file to write.", valueName: "scene.h5"))
  var output: String

  @OptionGroup var writing: OutputArguments
  @OptionGroup var computing: ThreadArguments

  func validate() throws {
    // An ending that means another format would be believed by every other program.
    let ending = URL(fileURLWithPath: output).pathExtension.lowercased()
    if !["", "h5", "hdf5", "he5", "nc"].contains(ending) {
      throw ValidationError("--output: expected a name ending in .h5, since HDF5 is written, found \(output)")
    }
  }

  func run() throws {
    computing.apply()
    let target = URL(fileURLWithPath: output)
    let pictures = preview ? ["abundances", "spectra"].map { picture($0, of: target) } : []
    for file in [target] + pictures { try OutputPlace.check(file: file, overwrite: writing.overwrite) }
    let recipe = try making.chosen(seed: seed)
    let stop = StopSignal()
    var bar = ProgressBar("synthesizing", total: 100, unit: "%", quiet: writing.quiet)
    let scene = try recipe.scene(seed: seed) { bar.update(Int($0 * 100)) }
    bar.finish()
    try stop.check()
    try SceneHDF5.write(scene, to: target, overwriting: writing.overwrite)
    if let shown = preview ? ScenePreview(of: scene) : nil {
      for (file, bytes) in zip(pictures, [shown.maps, shown.spectra]) {
        try writeAtomically(to: file, overwriting: writing.overwrite) { try Data(bytes).write(to: $0) }
      }
    }
    if writing.quiet { return }
    Console.print(
      """
      \(target.path)
        \(scene.rows) rows × \(scene.columns) columns × \(scene.bands) bands, \(scene.truth?.count ?? 0) endmembers: \
      \(scene.truth?.names.joined(separator: ", ") ?? "")
      """)
    for file in pictures { Console.print(file.path) }
  }

  /// `scene-abundances.png` beside `scene.h5`.
  private func picture(_ content: String, of target: URL) -> URL {
    let name = target.deletingPathExtension().lastPathComponent
    return target.deletingLastPathComponent().appending(path: "\(name)-\(content).png")
  }
}

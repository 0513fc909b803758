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

      Example:
        alunite synthesize --recipe cuprite-like --seed 1 -o scene.h5
      """)

  @Option(help: ArgumentHelp("A recipe's name, or a YAML file.", valueName: "name|file"))
  var recipe: String

  @Option(help: ArgumentHelp("Which of the recipe's scenes to make (default: the recipe's own).", valueName: "n"))
  var seed: UInt64?

  @Option(help: ArgumentHelp("The ratio of signal to noise (default: the recipe's own).", valueName: "dB"))
  var snr: Double?

  @Option(name: .shortAndLong, help: ArgumentHelp("The HDF5 file to write.", valueName: "scene.h5"))
  var output: String

  @OptionGroup var writing: OutputArguments
  @OptionGroup var computing: ThreadArguments

  func run() throws {
    computing.apply()
    let target = URL(fileURLWithPath: output)
    try OutputPlace.check(file: target, overwrite: writing.overwrite)
    var recipe = try self.chosenRecipe()
    if let snr { recipe.noise.snr = snr }
    let stop = StopSignal()
    var bar = ProgressBar("synthesizing", total: 100, unit: "%", quiet: writing.quiet)
    let scene = try recipe.scene(seed: seed) { bar.update(Int($0 * 100)) }
    bar.finish()
    try stop.check()
    try SceneHDF5.write(scene, to: target, overwriting: writing.overwrite)
    if writing.quiet { return }
    Console.print(
      """
      \(target.path)
        \(scene.rows) rows × \(scene.columns) columns × \(scene.bands) bands, \(scene.truth?.count ?? 0) endmembers: \
      \(scene.truth?.names.joined(separator: ", ") ?? "")
      """)
  }

  /// A name wins over a file of that name without an extension.
  private func chosenRecipe() throws -> Recipe {
    if Recipe.names.contains(recipe) { return try Recipe.named(recipe) }
    let url = URL(fileURLWithPath: recipe)
    if FileManager.default.fileExists(atPath: url.path) { return try Recipe(contentsOf: url) }
    if recipe.contains("/") || recipe.contains(".") {
      throw SceneError.cannotOpen(path: url.path, reason: String(cString: strerror(ENOENT)))
    }
    return try Recipe.named(recipe)
  }
}

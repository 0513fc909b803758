import ArgumentParser
import Foundation
import Scenes
import Synthetic

/// Which recipe a scene is made by, and what replaces parts of it.
struct RecipeArguments: ParsableArguments {
  @Option(help: ArgumentHelp("A recipe's name, or a YAML file.", valueName: "name|file"))
  var recipe: String

  @Option(
    help: ArgumentHelp(
      "Take spectra from this library (.mat, .sli, HDF5, .csv, .txt or a folder of .txt) instead, at the recipe's bands.",
      valueName: "file"))
  var library: String?

  @Option(
    help: ArgumentHelp(
      "The materials in place of the recipe's: names, or numbers from 1 in the library, with commas between.",
      valueName: "names"),
    transform: { text in text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) } })
  var minerals: [String]?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The ratio of signal to noise in place of the recipe's, in decibels.", valueName: "dB"))
  var snr: Double?

  /// The recipe, for one of its scenes, with what the options replace.
  func chosen(seed: UInt64?) throws -> Recipe {
    var recipe = try written(seed: seed)
    if let minerals {
      recipe.minerals = Materials(minerals.map { [$0] }, library: library ?? recipe.minerals.library)
    } else if let library {
      recipe.minerals.library = library
    }
    if let snr { recipe.noise.snr = snr }
    return recipe
  }

  /// A name wins over a file of that name without an extension.
  private func written(seed: UInt64?) throws -> Recipe {
    if Recipe.names.contains(recipe) { return try Recipe.named(recipe) }
    let url = URL(fileURLWithPath: recipe)
    if FileManager.default.fileExists(atPath: url.path) { return try Recipe(contentsOf: url, seed: seed) }
    if recipe.contains("/") || recipe.contains(".") {
      throw SceneError.cannotOpen(path: url.path, reason: String(cString: strerror(ENOENT)))
    }
    return try Recipe.named(recipe)
  }
}

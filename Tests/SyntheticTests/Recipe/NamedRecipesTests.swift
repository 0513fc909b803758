import Foundation
import Scenes
import Synthetic
import Tensors
import Testing

@Suite struct NamedRecipesTests {
  @Test(arguments: Recipe.names) func everyNamedRecipeMakesItsScene(name: String) throws {
    let recipe = try Recipe.named(name)
    #expect(recipe.name == name)
    #expect(!recipe.description.isEmpty)
    let scene = try recipe.scene()
    #expect(scene.name == name)
    #expect((scene.rows, scene.columns) == (recipe.rows, recipe.columns))
    #expect(scene.bands == recipe.sensor.axis?.count)
    #expect(scene.spectra.scalars.allSatisfy { $0.isFinite })
    let truth = try #require(scene.truth)
    #expect(truth.names.count == recipe.minerals.count)
    #expect(truth.endmembers?.axis == scene.axis)
  }

  /// Pixels have 4096 × 156 numbers at least: √(2/n) of them is 0.0018, or 0.008 dB; 0.05 dB are six of these. Noise on
  /// endmembers has too few numbers for that bound, and a test of its own.
  @Test(arguments: Recipe.names) func everyNamedRecipeHasItsRatioAndFractionsOnTheSimplex(name: String) throws {
    var recipe = try Recipe.named(name)
    let noise = recipe.noise
    let scene = try recipe.scene()
    let truth = try #require(scene.truth)
    let abundances = truth.abundances.scalars
    for pixel in 0..<scene.pixelCount {
      let fractions = abundances[pixel * truth.count..<(pixel + 1) * truth.count]
      let sum = fractions.reduce(0.0) { $0 + Double($1) }
      guard abs(sum - 1) < 1e-6, fractions.allSatisfy({ $0 >= 0 }) else {
        Issue.record("pixel \(pixel) of \(name): fractions \(Array(fractions)) with sum \(sum)")
        return
      }
    }
    guard let wanted = noise.snr, noise.target == .pixels, noise.stripes == 0, noise.deadPixels == 0 else { return }
    recipe.noise = Noise()
    let clean = try recipe.scene()
    var (signal, error) = (0.0, 0.0)
    for (value, measured) in zip(clean.spectra.scalars, scene.spectra.scalars) {
      signal += Double(value) * Double(value)
      error += (Double(measured) - Double(value)) * (Double(measured) - Double(value))
    }
    #expect(abs(10 * log10(signal / error) - wanted) < 0.05)
  }

  @Test func everyRecipeFileHasANameAndEveryNameAFile() throws {
    let folder = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../../Synthetic/Recipes").standardizedFileURL
    let files = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".yaml") }
    #expect(Set(files) == Set(Recipe.names.map { "\($0).yaml" }))
  }

  @Test func anUnknownNameSuggestsTheNearest() {
    #expect(throws: RecipeError.unknownRecipe(name: "cuprite", nearest: nil, known: Recipe.names)) {
      try Recipe.named("cuprite")
    }
    #expect(throws: RecipeError.unknownRecipe(name: "Samson_like", nearest: "samson-like", known: Recipe.names)) {
      try Recipe.named("Samson_like")
    }
  }
}

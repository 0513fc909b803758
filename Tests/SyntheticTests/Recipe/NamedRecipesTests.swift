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

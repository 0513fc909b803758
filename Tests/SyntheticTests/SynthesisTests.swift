import Scenes
import Synthetic
import Tensors
import TestSupport
import Testing

@Suite(.serialized) struct SynthesisTests {
  /// Everything that draws random numbers or runs in parallel, in little.
  static let recipes: [Recipe] = [
    AbundanceField.matern(MaternField()), .mosaic(Mosaic()), .blocks(BlockField()), .dirichlet(.flatAndSparse),
  ].map { field in
    Recipe(
      rows: 45, columns: 37, minerals: ["alunite", "calcite", "soil"], abundances: field, purePixels: 2,
      illumination: Illumination(spread: 0.1, length: 3), noise: Noise(snr: 30, deadPixels: 0.02))
  }

  @Test(arguments: recipes) func theSceneIsTheSameForAnyNumberOfThreads(recipe: Recipe) throws {
    let scenes = try results(onThreads: [1, 2, 3]) { try recipe.scene(seed: 5) }
    for scene in scenes.dropFirst() { expectSame(scene, scenes[0]) }
  }

  @Test(arguments: recipes) func theSceneDependsOnTheSeedOnly(recipe: Recipe) throws {
    let first = try recipe.scene(seed: 6)
    expectSame(try recipe.scene(seed: 6), first)
    let other = try recipe.scene(seed: 7)
    #expect(other.spectra != first.spectra)
    #expect(other.isValid != first.isValid)
  }

  @Test func theRecipesOwnSeedIsUsedWhenNoneIsGiven() throws {
    var recipe = Self.recipes[0]
    recipe.seed = 9
    expectSame(try recipe.scene(), try recipe.scene(seed: 9))
  }

  @Test func withoutNoiseSpectraAreMixturesOfTheEndmembers() throws {
    var recipe = Self.recipes[0]
    (recipe.noise, recipe.illumination) = (Noise(), nil)
    let scene = try recipe.scene()
    let truth = try #require(scene.truth)
    let library = try #require(truth.endmembers)
    let (k, bands) = (truth.count, scene.bands)
    let (a, e, y) = (truth.abundances.scalars, library.spectra.scalars, scene.spectra.scalars)
    for pixel in stride(from: 0, to: scene.pixelCount, by: 7) {
      for band in stride(from: 0, to: bands, by: 5) {
        let expected = (0..<k).reduce(0.0) { $0 + Double(a[pixel * k + $1]) * Double(e[$1 * bands + band]) }
        expectClose(Double(y[pixel * bands + band]), expected, relative: 1e-6, because: "three products in Float")
      }
    }
  }

  @Test func endmembersAreTheMaterialsAsTheSensorSeesThem() throws {
    let scene = try Self.recipes[0].scene()
    let library = try #require(scene.truth?.endmembers)
    #expect(library.names == ["Alunite", "Calcite", "Soil"])
    let calcite = try #require(MineralSpectrum.named("calcite"))
    let axis = try #require(scene.axis)
    for band in [0, 100, 223] {
      #expect(
        library.spectra.scalars[224 + band] == Scalar(calcite.reflectance(at: axis.wavelengths[band], fwhm: 10)))
    }
  }

  @Test func notesSayWhatWasDrawn() throws {
    let fields = try Self.recipes[0].scene(seed: 8).notes.map { "\($0.field): \($0.found)" }
    #expect(
      fields == ["seed: 8", "illumination: spread 0.1, length 3.0", "noise: 30.0 dB", "noise: 33 dead pixels"])
  }

  @Test func progressRunsFromZeroToOne() throws {
    var steps: [Double] = []
    _ = try Self.recipes[0].scene { steps.append($0) }
    #expect(steps.first == 0 && steps.last == 1)
    #expect(zip(steps, steps.dropFirst()).allSatisfy { $0 < $1 })
  }

  private func expectSame(_ first: Scene, _ second: Scene, _ location: SourceLocation = #_sourceLocation) {
    #expect(first.spectra == second.spectra, sourceLocation: location)
    #expect(first.truth?.abundances == second.truth?.abundances, sourceLocation: location)
    #expect(first.truth?.endmembers?.spectra == second.truth?.endmembers?.spectra, sourceLocation: location)
    #expect(first.isValid == second.isValid, sourceLocation: location)
    #expect(first.notes == second.notes, sourceLocation: location)
  }
}

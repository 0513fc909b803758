import Scenes
import Tensors
import Testing
import Unmixing

/// The reconstructions a trained model keeps are those its angles are of, in the scene's own reflectance.
struct KeptFitTests {
  private func trained(_ method: String, on scene: Scene, labelled: Bool = false) throws -> TrainedModel {
    var configuration = try Catalogue.entry(method).defaultPreset(hasLabels: labelled).configuration
    configuration.training.epochs = 1
    var run = try TrainingRun(on: scene, configuration, split: .none, seed: 1)
    try run.train { _ in .proceed }
    return run.trained
  }

  @Test(arguments: Catalogue.entries.map(\.id))
  func fitsHaveTheAnglesOfTheEstimate(_ method: String) throws {
    var scene = smallScene()
    scene.isValid[17] = false
    scene.spectra = scene.spectra * Tensor(scene.isValid.map { $0 ? 1 : 0 }).expandingDimension(at: 1)
    let model = try trained(method, on: scene)
    let (estimate, fit) = try model.unmixKeepingFit(scene)
    let plain = try model.unmix(scene)
    #expect(estimate.mean == plain.mean)
    let angles = try #require(plain.reconstructionAngle).scalars
    let found = fit.angle(to: scene.spectra).scalars
    for pixel in scene.validPixels {
      // Scaling rounds every band once; at an angle θ that moves it by 1e-7 / θ at most, and by 3e-4 near 0.
      #expect(abs(found[pixel] - angles[pixel]) < 5e-4, "pixel \(pixel)")
    }
    #expect(fit.gatheringRows([17]).scalars.allSatisfy { $0 == 0 })
  }

  @Test(arguments: ["dffn", "mlp-ldvae"]) func aRunUnmixesItsSceneAsItsModelDoes(_ method: String) throws {
    let scene = smallScene()
    var configuration = try Catalogue.entry(method).defaultPreset(hasLabels: false).configuration
    configuration.training.epochs = 1
    var run = try TrainingRun(on: scene, configuration, split: .none, seed: 2)
    try run.train { _ in .proceed }
    #expect(try run.unmix(scene).mean == run.trained.unmix(scene).mean)
  }

  @Test func fitsOfDirectionsAreAsBrightAsTheirPixels() throws {
    var scene = smallScene()
    // Every second pixel lies in shade: its direction stays, and a model of directions must not lose the shade.
    let light = Tensor((0..<scene.pixelCount).map { $0 % 2 == 0 ? 1 : 0.25 }).expandingDimension(at: 1)
    scene.spectra = scene.spectra * light
    let model = try trained("mlp-ldvae", on: scene, labelled: true)
    try #require(model.description.scaling.scaling == .unitNorm)
    let (_, fit) = try model.unmixKeepingFit(scene)
    let ratios = zip(fit.norm(along: -1).scalars, scene.spectra.norm(along: -1).scalars).map { $0 / $1 }
    // The decoder starts from spectra of the scene, so that what it makes has about the norm of the scaled pixels.
    #expect(ratios.allSatisfy { (0.5...1.5).contains($0) })
    let (even, odd) = (
      ratios.enumerated().filter { $0.offset % 2 == 0 }, ratios.enumerated().filter { $0.offset % 2 == 1 }
    )
    let means = [even, odd].map { part in part.reduce(0) { $0 + $1.element } / Scalar(part.count) }
    #expect(abs(means[0] - means[1]) < 0.05)
  }
}

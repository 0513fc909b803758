import Networks
import Scenes
import Tensors
import Unmixing

/// Small versions of the whole-scene and window networks, and what they are trained on.
enum NetworkFixtures {
  /// The example scene with masked pixels, which hold the zeros that readers put there.
  static func scene(masked: [Int] = []) -> Scene {
    var scene = smallScene()
    for pixel in masked { scene.isValid[pixel] = false }
    let kept = Tensor(scene.isValid.map { $0 ? 1 : 0 }).expandingDimension(at: 1)
    scene.spectra = scene.spectra * kept
    return scene
  }

  static func facts(_ scene: Scene) -> ModelFacts {
    ModelFacts(
      bands: scene.bands, endmembers: 3, pixels: scene.validPixels.count,
      initialEndmembers: scene.truth?.endmembers?.spectra, spectra: scene.spectra.gatheringRows(scene.validPixels))
  }

  /// SSANU-Net without dropout, whose draws finite differences may not see.
  static func ssanu(_ scene: Scene, _ change: (inout SSANUNetOptions) -> Void = { _ in }) -> SSANUNet {
    var options = SSANUNetOptions()
    options.sumToOneWeight = 1e-2
    options.nuclearWeight = 1e-2
    options.dropout = 0.3
    change(&options)
    var random = RandomStream(seed: 3)
    return SSANUNet(options, facts(scene), using: &random)
  }

  /// A narrow DSANet.
  static func dsanet(_ scene: Scene, _ change: (inout DSANetOptions) -> Void = { _ in }) throws -> DSANet {
    var options = DSANetOptions()
    options.width = 5
    options.clusters = 3
    options.sparsityWeight = 0.05
    change(&options)
    var random = RandomStream(seed: 3)
    return try DSANet(options, facts(scene), using: &random)
  }

  /// What a step sees: every valid pixel of a whole scene, or some pixels.
  static func batch<Model: UnmixingModel>(of scene: Scene, for model: Model) throws -> (batch: Batch, pixels: [Int]) {
    let pixels = model.view == .scene ? scene.validPixels : Array(scene.validPixels.prefix(24))
    let data = try TrainingData(
      seen: scene.spectra, spectra: scene.spectra, of: scene, view: model.view, abundances: nil, pixels: pixels,
      validation: [])
    return (data.batch(pixels), pixels)
  }

  /// A pass as a training step has it.
  static func pass(_ pixels: [Int]) -> Pass {
    var pass = Pass(.training, random: RandomStream(seed: 4))
    pass.random.rows = pixels.map { UInt32($0) }
    return pass
  }
}

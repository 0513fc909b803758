import Networks
import Probability
import Tensors
import TestSupport
import Testing

/// Pixels under unknown illumination: a spectrum is a mixture of endmembers, as bright as its slope faces the sun.
struct ShadedMixture: Module, Program {
  let spectra: Tensor  // [pixels, bands]
  let endmembers: Tensor  // [materials, bands]
  var logConcentration: Tensor  // [pixels, materials]
  var logBrightness: Tensor  // [pixels, 1]
  var logUncertainty: Tensor  // [pixels, 1]

  init(spectra: Tensor, endmembers: Tensor) {
    let (pixels, materials) = (spectra.shape[0], endmembers.shape[0])
    self.spectra = spectra
    self.endmembers = endmembers
    logConcentration = Tensor(repeating: 1, [pixels, materials])
    logBrightness = .zeros([pixels, 1])
    logUncertainty = Tensor(repeating: -2, [pixels, 1])
  }

  mutating func forEachParameter(_ body: (inout Tensor) -> Void) {
    body(&logConcentration)
    body(&logBrightness)
    body(&logUncertainty)
  }

  /// How a spectrum comes about.
  func model(_ trace: inout Trace) throws {
    let pixels = spectra.shape[0]
    let abundances = try trace.sample(
      "abundances", from: Dirichlet(concentration: .ones([pixels, endmembers.shape[0]])))
    let illumination = try trace.sample(
      "illumination", from: LogNormal(location: .zeros([pixels, 1]), scale: Tensor(0.25)))
    let mixture = illumination * abundances.matrixProduct(endmembers)
    try trace.observe("spectra", spectra, under: Normal(mean: mixture, standardDeviation: 0.01))
  }

  /// What we believe about the causes of the spectra we have.
  func guide(_ trace: inout Trace) throws {
    try trace.sample("abundances", from: Dirichlet(concentration: logConcentration.exp()))
    try trace.sample("illumination", from: LogNormal(location: logBrightness, scale: logUncertainty.exp()))
  }
}

struct TwoLatentExampleTests {
  let endmembers = Tensor(
    [3, 8],
    [
      0.10, 0.12, 0.15, 0.20, 0.30, 0.45, 0.55, 0.60,
      0.55, 0.50, 0.42, 0.35, 0.25, 0.20, 0.15, 0.12,
      0.20, 0.45, 0.60, 0.50, 0.30, 0.15, 0.30, 0.50,
    ])

  /// Draws a scene from the model itself, which also yields the truth.
  func scene(pixels: Int) throws -> Trace {
    var blank = ShadedMixture(spectra: .zeros([pixels, 8]), endmembers: endmembers)
    var pass = Pass(.inference, random: RandomStream(seed: 81))
    return try blank.priorPredictive(in: &pass)
  }

  @Test func recoversAbundancesAndIllumination() throws {
    let scene = try scene(pixels: 100)
    let spectra = try #require(scene["spectra"])
    let truth = (abundances: try #require(scene["abundances"]), illumination: try #require(scene["illumination"]))

    var mixture = ShadedMixture(spectra: spectra, endmembers: endmembers)
    var pass = Pass(.training, random: RandomStream(seed: 82))
    var optimizer = Adam(.cosine(from: 0.1, over: 800))
    for _ in 0..<800 {
      let (_, gradient) = try valueAndGradient(at: &mixture) { try -ELBO()(of: &$0, in: &pass).mean() }
      optimizer.update(&mixture, along: gradient)
    }
    let abundances = Dirichlet(concentration: mixture.logConcentration.exp()).mean
    let illumination = mixture.logBrightness.exp()

    // With noise 0.01 on 8 bands non-negative least squares errs by 0.02 in an abundance, 0.015 in the illumination.
    let abundanceError = (abundances - truth.abundances).squared().mean().sqrt().scalar
    let illuminationError = (illumination / truth.illumination - 1).squared().mean().sqrt().scalar
    #expect(abundanceError < 0.03, "abundance RMSE \(abundanceError)")
    #expect(illuminationError < 0.03, "illumination RMSE \(illuminationError)")
  }

  @Test func forgetsNoParameter() {
    checkModule(
      ShadedMixture(spectra: .zeros([2, 8]), endmembers: endmembers), notLearned: ["spectra", "endmembers"])
  }
}

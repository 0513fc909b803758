import Foundation
import Probability
import Tensors
import TestSupport
import Testing

struct SpectralAngleTests {
  let spectra = Tensor([2, 3], [1, 0, 0, 1, 1, 0])
  let means = Tensor([2, 3], [1, 1, 0, 2, 2, 0])

  @Test func isTheNegativeAngleTimesItsSharpness() {
    // (1,0,0) and (1,1,0) are π/4 apart, (1,1,0) and (2,2,0) not at all.
    expectClose(
      SpectralAngle(mean: means, sharpness: 3).logDensity(of: spectra), Tensor([Scalar(-0.75 * Double.pi), 0]),
      absolute: 1e-6, because: "a few ulp of an angle near 1")
  }

  @Test func ignoresBrightness() {
    let density = SpectralAngle(mean: means)
    expectClose(
      density.logDensity(of: spectra * 250), density.logDensity(of: spectra), absolute: 1e-6,
      because: "only the direction counts")
  }

  @Test func differentiatesByBothSpectra() {
    let point = [Tensor([2, 3], [0.3, 0.5, 0.2, 0.9, 0.1, 0.4]), Tensor([2, 3], [0.6, 0.4, 0.3, 0.2, 0.7, 0.5])]
    checkGradient(of: { SpectralAngle(mean: $0[0], sharpness: 2).logDensity(of: $0[1]) }, at: point)
  }

  @Test func hasAFiniteGradientAtItsMean() {
    var spectrum = Tensor([1, 3], [0.3, 0.5, 0.2])
    let mean = spectrum
    let (value, gradient) = valueAndGradient(at: &spectrum) { SpectralAngle(mean: mean).logDensity(of: $0).sum() }
    #expect(value == 0)
    #expect(isFinite(gradient))
  }
}

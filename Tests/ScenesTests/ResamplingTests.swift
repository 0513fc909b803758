import Foundation
import Scenes
import Tensors
import TestSupport
import Testing

/// Spectra at the channels of another instrument.
@Suite struct ResamplingTests {
  private func library(_ centers: [Double], fwhm: Double?, _ value: (Double) -> Double) -> SpectralLibrary {
    SpectralLibrary(
      names: ["one"], spectra: Tensor([1, centers.count], centers.map { Scalar(value($0)) }),
      axis: SpectralAxis(wavelengths: centers, fwhm: fwhm.map { width in centers.map { _ in width } }))
  }

  private func axis(_ centers: [Double], fwhm: Double) -> SpectralAxis {
    SpectralAxis(wavelengths: centers, fwhm: centers.map { _ in fwhm })
  }

  @Test("a Gaussian band seen through a Gaussian response is wider and shallower as theory has it")
  func convolvesWithWhatTheSamplesHaveNotSmoothedYet() {
    // e^(−x²/2s²) through a Gaussian of variance σ²: s/√(s²+σ²) e^(−x²/2(s²+σ²)).
    let (s, width, own) = (20.0, 30.0, 2.0)
    let fine = library(stride(from: 400, through: 800, by: 1).map { $0 }, fwhm: own) {
      exp(-pow($0 - 600, 2) / (2 * s * s))
    }
    let centers = [560.0, 583.4, 600, 641.7]
    let variance = (width * width - own * own) / (8 * log(2))
    let expected = centers.map {
      s / (s * s + variance).squareRoot() * exp(-pow($0 - 600, 2) / (2 * (s * s + variance)))
    }
    expectClose(
      fine.resampled(to: axis(centers, fwhm: width)).spectra.scalars.map { Double($0) }, expected, absolute: 5e-3,
      because: "the response is cut off at three deviations, where a part of 0.0027 is left")
  }

  @Test func aConstantStaysOne() {
    // Unevenly spaced, in no order, with an overlap.
    let uneven = library([500, 510, 522, 529, 541, 550, 560, 545, 555, 565, 577, 589, 600], fwhm: nil) { _ in 0.25 }
    let values = uneven.resampled(to: axis([512, 544, 548, 571], fwhm: 25)).spectra.scalars
    expectClose(
      values.map { Double($0) }, [0.25, 0.25, 0.25, 0.25], relative: 1e-6, because: "weights are divided by their sum")
  }

  @Test func aChannelThatIsThereIsTakenAsItIs() {
    let own = library([500, 510, 520, 530], fwhm: 10) { $0 * $0 }
    #expect(own.resampled(to: axis([510, 530, 500], fwhm: 10)).spectra.scalars == [260_100, 280_900, 250_000])
  }

  @Test func asNarrowAChannelIsInterpolated() {
    let own = library([500, 510, 520, 530], fwhm: 10) { $0 }
    expectClose(
      own.resampled(to: axis([503, 519], fwhm: 10)).spectra.scalars.map { Double($0) }, [503, 519], relative: 1e-6,
      because: "a straight line")
  }

  @Test func nothingIsMadeUpWhereNothingWasMeasured() {
    // A gap from 530 to 600, a deleted channel at 620.
    let own = library([500, 510, 520, 530, 600, 610, 620, 630, 640], fwhm: 10) { $0 == 620 ? .nan : 1 }
    let found = own.resampled(to: axis([480, 497, 560, 605, 615, 620, 655, 645], fwhm: 10)).spectra.scalars
    #expect(found.map(\.isFinite) == [false, true, false, true, false, false, false, true])
  }
}

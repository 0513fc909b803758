import Scenes
import Tensors
import Testing
import Unmixing

/// Spectra of many pixels are told by few.
struct SpectrumBasisTests {
  private func rebuilt(_ basis: SpectrumBasis) -> Tensor {
    let rows = basis.spectra.flatMap { $0.map { Scalar($0) } }
    return basis.coefficients.matrixProduct(Tensor([basis.spectra.count, rows.count / basis.spectra.count], rows))
  }

  private func largest(_ values: Tensor) -> Double { values.scalars.reduce(0) { max($0, abs(Double($1))) } }

  @Test func mixturesOfThreeNeedThree() {
    let spectra = smallScene().spectra
    let basis = SpectrumBasis(of: spectra, tolerance: 1e-4)
    #expect(basis.spectra.count == 3)
    #expect(largest(rebuilt(basis) - spectra) <= 1e-4)
  }

  @Test func theErrorIsWhatItSays() {
    let spectra = smallScene().spectra
    let bent = spectra * spectra
    let basis = SpectrumBasis(of: bent, tolerance: 0, most: 2)
    #expect(basis.spectra.count == 2 && basis.error > 1e-4)
    // The same sums in another order.
    #expect(abs(largest(rebuilt(basis) - bent) - basis.error) < 1e-5)
  }

  @Test func aToleranceIsKeptWhereTheBasisMayGrow() {
    let spectra = smallScene().spectra
    let bent = spectra * spectra * spectra
    for tolerance in [1e-2, 1e-3] { #expect(SpectrumBasis(of: bent, tolerance: tolerance).error <= tolerance) }
  }

  @Test func oneSpectrumIsEnoughForNone() {
    let basis = SpectrumBasis(of: .zeros([4, 6]), tolerance: 1e-3)
    #expect(basis.spectra.count == 1 && basis.error == 0)
  }
}

import Scenes
import Tensors
import TestSupport
import Testing
import Unmixing

@Suite struct SpectralAnglesTests {
  private func angle(_ a: [Scalar], _ b: [Scalar]) -> Double {
    a.withUnsafeBufferPointer { a in b.withUnsafeBufferPointer { SpectralAngles.angle(a, $0) } }
  }

  @Test func isZeroForEqualAndScaledSpectra() {
    #expect(angle([0.1, 0.7, 0.3], [0.1, 0.7, 0.3]) == 0)
    #expect(angle([0.125, 0.75, 0.5], [0.25, 1.5, 1]) == 0)
  }

  @Test func seesAnglesThatArccosCannot() {
    expectClose(angle([1, 0], [1, 1e-6]), 1e-6, relative: 1e-6, because: "Float holds 10⁻⁶ to 10⁻⁷ of itself")
  }

  @Test func knowsRightAnglesOppositesAndNothing() {
    expectClose(angle([1, 0], [0, 2]), .pi / 2, absolute: 1e-15, because: "one rounding")
    expectClose(angle([1, 2], [-1, -2]), .pi, absolute: 1e-15, because: "one rounding")
    #expect(angle([0, 0], [1, 0]) == .pi / 2)
    #expect(angle([0, 0], [0, 0]) == 0)
  }

  @Test func passesOverDeletedChannels() throws {
    let left = SpectralLibrary(names: ["a"], spectra: matrix([[1, .nan, 0]]))
    let right = SpectralLibrary(names: ["b"], spectra: matrix([[1, 5, 1]]))
    expectClose(
      try SpectralAngles.matrix(left, right)[0][0], .pi / 4, absolute: 1e-15, because: "(1, 0) against (1, 1)")
  }

  @Test func refusesLibrariesOfOtherBands() {
    let left = SpectralLibrary(names: ["a"], spectra: matrix([[1, 0]]))
    let right = SpectralLibrary(names: ["b"], spectra: matrix([[1, 0, 0]]))
    #expect(throws: UnmixingError.sizeMismatch(field: "bands of the estimated endmembers", expected: 2, found: 3)) {
      try SpectralAngles.matrix(left, right)
    }
  }
}

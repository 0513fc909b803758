import Synthetic
import Tensors
import TestSupport
import Testing

@Suite struct MaternFieldTests {
  @Test func theDominantKeepsItsValueAndTheOthersShareTheRest() {
    // 0.6 stays; 0.2 and 0.3 are scaled by 0.4 / 0.5.
    expectClose(
      MaternField.keepingDominant([0.2, 0.6, 0.3]), [0.16, 0.6, 0.24], relative: 1e-14, because: "worked by hand")
  }

  @Test func aPixelWithoutOthersIsPure() {
    #expect(MaternField.keepingDominant([0, 0.4, 0]) == [0, 1, 0])
    #expect(MaternField.keepingDominant([0, 0, 0]) == [1, 0, 0])
    #expect(MaternField.keepingDominant([1, 0.5]) == [1, 0])
  }

  @Test func everyMaterialIsPureWhereItsFieldPeaks() {
    // Scaled to 0…1 over the image, each field reaches 1 somewhere, and there all of the pixel is that material.
    let fractions = AbundanceField.matern(MaternField())
      .abundances(rows: 40, columns: 30, endmembers: 6, seed: 8).fractions
    #expect(fractions.maximum(along: 0).scalars == [Scalar](repeating: 1, count: 6))
  }

  @Test func neighboursAreAlikeAndAlikerInLongerFields() {
    func roughness(_ length: Double) -> Double {
      let values = AbundanceField.matern(MaternField(length: length, rule: .softmax))
        .abundances(rows: 50, columns: 50, endmembers: 3, seed: 9).fractions.scalars
      let steps = zip(values, values.dropFirst(3)).map { abs(Double($0 - $1)) }
      return steps.reduce(0, +) / Double(steps.count)
    }
    // Softmax of white fields differs by about 0.3 from pixel to pixel; the correlation at one of 10 pixels is 0.98.
    #expect(roughness(10) < 0.5 * roughness(1))
  }

  @Test func sharperSoftmaxIsPurer() {
    func purity(_ sharpness: Double) -> Scalar {
      AbundanceField.matern(MaternField(rule: .softmax, sharpness: sharpness))
        .abundances(rows: 30, columns: 30, endmembers: 4, seed: 10).fractions.maximum(along: 1).mean().scalar
    }
    expectClose(Double(purity(0)), 0.25, absolute: 1e-6, because: "no sharpness mixes evenly")
    #expect(purity(1) < purity(3) && purity(3) < purity(10))
  }
}

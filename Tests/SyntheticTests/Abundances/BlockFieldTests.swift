import Synthetic
import Tensors
import TestSupport
import Testing

@Suite struct BlockFieldTests {
  private func fractions(seed: UInt64) -> Tensor {
    AbundanceField.blocks(BlockField()).abundances(rows: 60, columns: 60, endmembers: 5, seed: seed).fractions
  }

  @Test func fractionsAreMultiplesOfOneTwentyFifth() {
    for value in fractions(seed: 1).scalars {
      let steps = Double(value) * 25
      expectClose(steps, steps.rounded(), absolute: 1e-5, because: "25 × one rounding to Float")
    }
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>) func blockInteriorsArePureAndEveryMaterialHasOne(seed: UInt64) {
    let values = fractions(seed: seed)
    let isPure = values.maximum(along: 1).scalars.map { $0 > 0.999_99 }
    // The interior 4 × 4 of each of 8 × 8 blocks; pixel (0, 0) is 2 pixels into the first block.
    for row in 0..<60 where row % 8 < 4 {
      for column in 0..<60 where column % 8 < 4 { #expect(isPure[row * 60 + column]) }
    }
    #expect(values.maximum(along: 0).scalars.allSatisfy { $0 > 0.999_99 })
  }

  @Test func materialsShareTheBlocksEvenly() {
    // 64 blocks a seed, 59 of them drawn evenly and 5 given: the mean share is 1/5. Its standard deviation over 40 seeds is
    // √(59 · 0.16 / 40) / 64 = 0.0076; 4.8 of them, for 5 comparisons, are 8e-6 of false alarm.
    var shares = [Double](repeating: 0, count: 5)
    for seed in 100..<140 {
      let values = fractions(seed: UInt64(seed)).scalars
      // The centre pixel of each block tells its label.
      for row in stride(from: 1, to: 60, by: 8) {
        for column in stride(from: 1, to: 60, by: 8) {
          for k in 0..<5 { shares[k] += Double(values[(row * 60 + column) * 5 + k]) / (40 * 64) }
        }
      }
    }
    expectClose(shares, [Double](repeating: 0.2, count: 5), absolute: 4.8 * 0.0076, because: "4.8 standard deviations")
  }
}

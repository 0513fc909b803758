import Testing
import Unmixing

/// Expected p values are SciPy's `permutation_test` for pairs, and `wilcoxon` and `mannwhitneyu` with `method='exact'`.
struct SignificanceTestTests {
  private func expect(_ test: SignificanceTest?, _ pValue: Double) throws {
    let test = try #require(test)
    #expect(abs(test.pValue - pValue) < 1e-12, "\(test)")
  }

  @Test func fewPairsTryEverySign() throws {
    let test = SignificanceTest(paired: [0.3, -0.1, 0.25, 0.4, 0.05, 0.2])
    try expect(test, 0.09375)
    #expect(test?.least == 2.0 / 64)
  }

  @Test func manyPairsAreRanked() throws {
    try expect(
      SignificanceTest(paired: [
        0.646, 1.122, 0.63, -1.003, 1.205, 0.746, -0.237, 0.881, 0.665, 0.594, 0.328, 0.847, -0.436, 0.137, -0.182,
        0.899,
        0.34, 0.008,
      ]), 0.0138702392578125)
  }

  @Test func separateRunsAreSharedOutInEveryWay() throws {
    // Counted one by one in Python: 36 of the 462 choices of five have means at least as far apart.
    try expect(
      SignificanceTest([0.12, 0.15, 0.11, 0.19, 0.14], [0.16, 0.21, 0.18, 0.13, 0.22, 0.2]), 36.0 / 462)
  }

  @Test func manySeparateRunsAreRanked() throws {
    try expect(
      SignificanceTest(
        [-0.782, -0.257, 0.008, -0.276, 1.294, 1.007, -2.711, -1.889, -0.175, -0.422, 0.214, 0.217],
        [2.818, -0.412, 0.322, 2.743, 1.347, 1.363, 0.186, -0.948, 0.867, 0.809, -0.527]), 0.07923063610235505)
  }

  @Test func fiveRunsCannotSayMuch() throws {
    // Every difference points the same way, and still two of the 32 choices of signs are as extreme.
    try expect(SignificanceTest(paired: [1, 2, 3, 4, 5]), 2.0 / 32)
    try expect(SignificanceTest([1, 2, 3, 4, 5], [11, 12, 13, 14, 15]), 2.0 / 252)
    #expect(SignificanceTest(paired: [1, 2, 3, 4]) == nil)
    #expect(SignificanceTest([1, 2, 3, 4], [1, 2, 3, 4, 5]) == nil)
  }

  @Test func whatDoesNotDifferIsNotSignificant() throws {
    try expect(SignificanceTest(paired: [0, 0, 0, 0, 0]), 1)
    try expect(SignificanceTest(paired: [Double](repeating: 0, count: 20)), 1)
    try expect(SignificanceTest([2, 2, 2, 2, 2], [2, 2, 2, 2, 2]), 1)
  }

  @Test func theOrderOfRunsAndTheSignDoNotMatter() {
    let differences = [0.3, -0.1, 0.25, 0.4, 0.05, 0.2, -0.7]
    let test = SignificanceTest(paired: differences)
    #expect(SignificanceTest(paired: differences.reversed()) == test)
    #expect(SignificanceTest(paired: differences.map { -$0 }) == test)
    let (first, second) = ([0.1, 0.5, 0.2, 0.9, 0.4], [0.3, 0.8, 0.7, 0.6, 1.1])
    #expect(SignificanceTest(first, second)?.pValue == SignificanceTest(second, first)?.pValue)
  }

  @Test func holmRaisesPValuesInOrder() {
    // In order 0.01, 0.02, 0.03, 0.04, times 4, 3, 2, 1: 0.04, 0.06, 0.06, 0.04, which must not fall.
    let adjusted = SignificanceTest.holm([0.04, 0.01, 0.03, 0.02])
    #expect(zip(adjusted, [0.06, 0.04, 0.06, 0.06]).allSatisfy { abs($0 - $1) < 1e-15 })
    #expect(SignificanceTest.holm([0.5, 0.9]) == [1, 1])
    #expect(SignificanceTest.holm([]) == [])
  }
}

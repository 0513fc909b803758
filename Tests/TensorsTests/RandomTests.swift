import Foundation
import TestSupport
import Tensors
import Testing

@Suite("Random streams")
struct RandomTests {
  @Test("numbers are those of an independent implementation of Philox (References/random_stream.py)")
  func vectors() {
    var random = RandomStream(seed: 0x0123_4567_89AB_CDEF, stream: 7, index: 3)
    random.rows = [0, 17]
    var again = random
    let uniform = [
      0.2301993547327249, 0.6742008287902393, 0.37346145736035796, 0.9416719298271282,
      0.7143458159213266, 0.9668133136188789, 0.7885372773393654, 0.4976077524060011,
    ]
    let normal = [
      -0.7857747423698803, -1.5232127972791554, 1.3103196083957218, -0.5029348562305933,
      0.8024621685058738, -0.16979594771103848, -0.6892342508171537, 0.01036061544440973,
    ]
    #expect(random.uniform([2, 4]).scalars == uniform.map { Scalar($0) })
    let roundoff = Double(Scalar.ulpOfOne)
    expectClose(
      again.normal([2, 4]), Tensor([2, 4], normal.map { Scalar($0) }), absolute: 8 * roundoff, relative: roundoff,
      because: "sine and cosine of a rounded angle")
    var bits = RandomStream(seed: 0x0123_4567_89AB_CDEF, stream: 7, index: 3)
    #expect(bits.next() == 0x3AEE_584C_2329_CA2F)
    #expect(bits.index == 4)
  }

  @Test("the same stream repeats itself; another seed, stream or index does not")
  func keys() {
    let draw = { (seed: UInt64, stream: UInt32, index: UInt32) in
      var random = RandomStream(seed: seed, stream: stream, index: index)
      return random.uniform([100]).scalars
    }
    #expect(draw(1, 2, 3) == draw(1, 2, 3))
    for other in [draw(2, 2, 3), draw(1, 3, 3), draw(1, 2, 4), draw(1 << 32 | 1, 2, 3)] {
      #expect(Set(draw(1, 2, 3)).isDisjoint(with: other))
    }
  }

  @Test("uniform numbers are uniform and never 0 or 1 (10⁶ draws, false alarm 10⁻⁶)")
  func uniformity() {
    var random = RandomStream(seed: 5)
    let draws = random.uniform([250_000, 4]).scalars
    #expect(draws.allSatisfy { $0 > 0 && $0 < 1 })
    #expect(kolmogorovDistance(draws.map { Double($0) }) < kolmogorovBound(draws.count))
  }

  @Test("normal numbers are normal, finite and uncorrelated within a pair (10⁶ draws, false alarm 10⁻⁶ each)")
  func normality() {
    var random = RandomStream(seed: 6)
    let draws = random.normal([500_000, 2]).scalars.map { Double($0) }
    #expect(kolmogorovDistance(draws.map { SpecialFunctions.normalCDF($0) }) < kolmogorovBound(draws.count))
    let products = stride(from: 0, to: draws.count, by: 2).map { draws[$0] * draws[$0 + 1] }
    let mean = products.reduce(0, +) / Double(products.count)
    #expect(abs(mean) < 4.9 / Double(products.count).squareRoot())
    #expect(draws.allSatisfy { abs($0) < 8.7 })
  }

  @Test("what is drawn for a row depends on its identity alone, not on the batch")
  func rowIdentity() {
    var whole = RandomStream(seed: 9, stream: 1)
    let (uniform, normal) = (whole.uniform([40, 5]), whole.normal([40, 2, 3]))
    var batch = RandomStream(seed: 9, stream: 1)
    batch.rows = [17, 5, 39]
    #expect(batch.uniform([3, 5]) == uniform.gatheringRows([17, 5, 39]))
    #expect(batch.normal([3, 2, 3]) == normal.gatheringRows([17, 5, 39]))
    // A wider row begins with the same numbers.
    var wide = RandomStream(seed: 9, stream: 1)
    #expect(wide.uniform([40, 8]).slice(along: 1, 0..<5) == uniform)
  }

  @Test("draws do not depend on the number of threads")
  func threads() {
    let draws = results(onThreads: [1, 2, 5]) {
      var random = RandomStream(seed: 10)
      return [random.uniform([3000, 3]), random.normal([3000, 3])]
    }
    #expect(draws[0] == draws[1] && draws[0] == draws[2])
  }

  @Test("a permutation holds every number once, and every order is equally probable (false alarm 10⁻⁶)")
  func permutations() {
    var random = RandomStream(seed: 12)
    #expect(random.permutation(1000).sorted() == Array(0..<1000))
    #expect(random.permutation(1000) != random.permutation(1000))
    #expect(random.permutation(0).isEmpty && random.permutation(1) == [0])
    var counts: [[Int]: Int] = [:]
    for _ in 0..<24_000 { counts[random.permutation(4), default: 0] += 1 }
    let chiSquared = counts.values.reduce(0.0) { $0 + pow(Double($1) - 1000, 2) / 1000 }
    #expect(counts.count == 24)
    // The upper 10⁻⁶ point of χ² with 23 degrees of freedom.
    #expect(chiSquared < 2 * SpecialFunctions.inverseRegularizedGammaP(a: 11.5, p: 1 - 1e-6))
  }

  @Test("numbers, vectors and empty shapes can be drawn, each consuming one index")
  func shapes() {
    var random = RandomStream(seed: 13)
    #expect(random.uniform([]).count == 1)
    #expect(random.normal([7]).count == 7)
    #expect(random.uniform([0, 3]).count == 0)
    #expect(random.normal([3, 0]).count == 0)
    #expect(random.index == 4)
    #expect(random == RandomStream(seed: 13, stream: 0, index: 4))
  }
}

/// The largest distance between the distribution of probabilities and the uniform one.
func kolmogorovDistance(_ probabilities: [Double]) -> Double {
  let count = Double(probabilities.count)
  return probabilities.sorted().enumerated().reduce(0) { distance, next in
    max(distance, Double(next.offset + 1) / count - next.element, next.element - Double(next.offset) / count)
  }
}

/// What that distance exceeds once in 10⁶ tests: 2 exp(−2 n d²) = 10⁻⁶.
func kolmogorovBound(_ count: Int) -> Double {
  (log(2e6) / (2 * Double(count))).squareRoot()
}

import Foundation
import Probability
import Tensors
import TestSupport
import Testing

struct NormalTests {
  static let family = KnownFamily(
    make: { Normal(mean: $0[0], standardDeviation: $0[1]) },
    logDensity: { parameters, value in
      var sum = 0.0
      for (component, x) in value.enumerated() {
        let deviation = parameters[1][component]
        let z = (x - parameters[0][component]) / deviation
        sum -= 0.5 * z * z + log(deviation) + 0.5 * log(2 * Double.pi)
      }
      return sum
    },
    cumulative: { 0.5 * erfc(($0[0][$1] - $2) / ($0[1][$1] * 2.0.squareRoot())) },
    moment: { parameters, component, power in
      let (m, s) = (parameters[0][component], parameters[1][component])
      return [m, m * m + s * s, m * m * m + 3 * m * s * s][power - 1]
    })

  @Test func isWhatItSays() {
    // Seed 11; each random check fails once in 10⁶ seeds.
    checkDistribution(
      Self.family, at: [[0.3, -2, 5], [0.1, 1, 3]], values: [[0.35, -1, 4], [0, 0, 0], [0.3, 40, -40]], seed: 11)
  }

  @Test func givesTheWorkedExample() {
    // z = (1 − 0)/2 = ½: −½ · ¼ − log 2 − ½ log 2π = −0.125 − 0.693147 − 0.918939
    let density = Normal(mean: Tensor([0]), standardDeviation: 2).logDensity(of: Tensor([1, 1], [1]))
    expectClose(Double(density.scalars[0]), -1.737085713764618, absolute: 2e-7, because: "rounded once to Scalar")
  }

  @Test func scoresALongRowWithoutLosingDigits() {
    // 10⁶ bands of z = 0 and σ = 1: a sum in Float would be off by hundreds of ulp.
    let bands = 1_000_000
    let density = Normal(mean: .zeros([bands]), standardDeviation: 1).logDensity(of: .zeros([1, bands]))
    let expected = -0.5 * log(2 * Double.pi) * Double(bands)
    expectClose(
      Double(density.scalars[0]), expected, relative: max(Double(Scalar.ulpOfOne), 1e-12),
      because: "10⁶ additions in Double, rounded once"
    )
  }

  @Test(arguments: [[], [1], [3], [2, 1], [2, 3]] as [Shape])
  func differentiatesByItsParametersInAnyShape(shape: Shape) {
    let value = Tensor([2, 3], [0.1, 0.7, -0.4, 1.2, -2, 0.3])
    checkGradient(
      of: { Normal(mean: $0[0], standardDeviation: $0[1]).logDensity(of: value) },
      at: [Tensor(repeating: 0.2, shape), Tensor(repeating: 1.5, shape)])
  }

  @Test func differentiatesByItsValue() {
    let normal = Normal(mean: Tensor([0.5, -0.5]), standardDeviation: Tensor([0.5, 2]))
    checkGradient(of: { normal.logDensity(of: $0) }, at: Tensor([2, 2], [0.1, 0.7, -0.4, 1.2]))
  }

  @Test func treatsFurtherAxesAsRows() {
    let value = Tensor([2, 2, 3], (0..<12).map { Scalar($0) / 7 })
    let normal = Normal(mean: Tensor([0.1, 0.2, 0.3]), standardDeviation: 0.7)
    let flat = normal.logDensity(of: value.reshaped(to: [4, 3]))
    #expect(normal.logDensity(of: value) == flat.reshaped(to: [2, 2]))
  }
}

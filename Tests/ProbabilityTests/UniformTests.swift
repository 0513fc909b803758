import Foundation
import Probability
import Tensors
import TestSupport
import Testing

struct UniformTests {
  static let family = KnownFamily(
    make: { Uniform(lower: $0[0], upper: $0[1]) },
    logDensity: { parameters, _ in -zip(parameters[0], parameters[1]).map { log($1 - $0) }.reduce(0, +) },
    cumulative: { parameters, component, value in
      let (l, u): (Double, Double) = (parameters[0][component], parameters[1][component])
      return Swift.min(1, Swift.max(0, (value - l) / (u - l)))
    },
    moment: { parameters, component, power in
      let (l, u): (Double, Double) = (parameters[0][component], parameters[1][component])
      let p = Double(power + 1)
      return (pow(u, p) - pow(l, p)) / (p * (u - l))
    })

  @Test func isWhatItSays() {
    // Seed 15.
    checkDistribution(
      Self.family, at: [[0, -2], [1, 3]], values: [[0.5, 0], [0, 3]], seed: 15)
  }

  @Test func excludesWhatLiesOutside() {
    let uniform = Uniform(lower: Tensor([0, 0]), upper: Tensor([1, 2]))
    let value = Tensor([3, 2], [0.5, 1, 0.5, 2.001, -0.001, 1])
    let density = uniform.logDensity(of: value).scalars
    #expect(density[1] == -.infinity && density[2] == -.infinity)
    expectClose(Double(density[0]), -log(2), absolute: 1e-7, because: "rounded to Scalar")
  }

  @Test func divergesWithoutBoundFromANarrowerOne() {
    let wide = Uniform(lower: Tensor([0]), upper: Tensor([2]))
    let narrow = Uniform(lower: Tensor([0.5]), upper: Tensor([1]))
    #expect(wide.closedFormDivergence(from: narrow)?.scalar == .infinity)
    let inside = narrow.closedFormDivergence(from: wide).map { Double($0.scalar) } ?? .nan
    expectClose(inside, log(4), absolute: 1e-6, because: "log(2/½), rounded to Scalar")
  }

  @Test func differentiatesByItsBounds() {
    checkGradient(
      of: { Uniform(lower: $0[0], upper: $0[1]).logDensity(of: Tensor([1, 2], [0.5, 0.7])) },
      at: [Tensor([0, -0.5]), Tensor([1, 2])])
  }
}

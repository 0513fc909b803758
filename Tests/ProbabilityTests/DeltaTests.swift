import Probability
import Tensors
import TestSupport
import Testing

struct DeltaTests {
  let point = Tensor([2, 3], [0.2, 0.3, 0.5, 1, 0, 0])

  @Test func scoresZeroAtItsPointAndMinusInfinityElsewhere() {
    let other = Tensor([2, 3], [0.2, 0.3, 0.5, 1, 0, 1e-6])
    #expect(Delta(point).logDensity(of: point) == Tensor([0, 0]))
    #expect(Delta(point).logDensity(of: other) == Tensor([0, -.infinity]))
  }

  @Test func aloneHasNoDensity() {
    #expect(!Delta(point).hasDensity)
    let others: [any ReparameterizedDistribution] = [
      Normal(mean: point, standardDeviation: 1), LogNormal(location: point, scale: Tensor(1)),
      Gamma(concentration: point, rate: Tensor(1)), Beta(point, point), Uniform(lower: point, upper: point + 1),
      Dirichlet(concentration: point), LogisticNormal(location: point, scale: .diagonal(point)),
    ]
    #expect(others.allSatisfy { $0.hasDensity })
  }

  @Test func scoresNaNWhereTheValueOrThePointIsNaN() {
    let spoiled = Tensor([2, 3], [0.2, .nan, 0.5, 1, 0, 0])
    #expect(Delta(point).logDensity(of: spoiled).scalars[0].isNaN)
    #expect(Delta(spoiled).logDensity(of: point).scalars[0].isNaN)
    #expect(Delta(point).logDensity(of: spoiled).scalars[1] == 0)
  }

  @Test func drawsItsPointWithoutUsingRandomNumbers() {
    var random = RandomStream(seed: 1)
    let before = random
    #expect(Delta(point).sample(using: &random) == point)
    #expect(random == before)
  }

  @Test func divergesFromAPriorByItsNegativeLogDensity() {
    let prior = Normal(mean: .zeros([3]), standardDeviation: 1)
    #expect(Delta(point).divergence(from: prior, at: point) == -prior.logDensity(of: point))
  }

  @Test func passesGradientsToItsPoint() {
    let prior = Normal(mean: .zeros([3]), standardDeviation: 2)
    checkGradient(of: { Delta($0).divergence(from: prior, at: $0) }, at: point + 0.3)
  }

  @Test func hasMomentsOfAConstant() {
    #expect(Delta(point).mean == point)
    #expect(Delta(point).variance == .zeros([2, 3]))
  }
}

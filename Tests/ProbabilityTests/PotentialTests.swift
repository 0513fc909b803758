import Probability
import Tensors
import TestSupport
import Testing

struct PotentialTests {
  let value = Tensor([2, 3], [1, 2, 3, -1, 0, 1])

  @Test func scoresRowsByTheirEnergy() {
    #expect(Potential { $0.squared().sum(along: -1) }.logDensity(of: value) == Tensor([-14, -2]))
  }

  @Test func spreadsOneEnergyEvenlyOverRows() {
    #expect(Potential { $0.squared().sum() }.logDensity(of: value) == Tensor([-8, -8]))
  }

  @Test func multiplies() {
    let product = Product([Potential { $0.sum(along: -1) }, Potential { 2 * $0.sum(along: -1) }])
    #expect(product.logDensity(of: value) == Tensor([-18, 0]))
  }

  @Test func differentiatesInAProduct() {
    let product = Product([
      Normal(mean: Tensor([0.1, 0.2, 0.3]), standardDeviation: 0.5), Potential { $0.squared().sum() },
    ])
    checkGradient(of: { product.logDensity(of: $0) }, at: value + 0.25)
  }
}

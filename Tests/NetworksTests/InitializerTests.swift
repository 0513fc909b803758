import Networks
import Tensors
import Testing

@Suite("Initializers")
struct InitializerTests {
  /// What a uniform or normal initializer promises for 200 inputs and 100 outputs: its variance, and its bound if it has one.
  static let promises: [(Initializer, variance: Double, bound: Double)] = [
    (.glorotUniform, 2.0 / 300, (6.0 / 300).squareRoot()),
    (.glorotNormal, 2.0 / 300, .infinity),
    (.heUniform, 2.0 / 200, (6.0 / 200).squareRoot()),
    (.heNormal, 2.0 / 200, .infinity),
    (.fanIn, 1.0 / 600, (1.0 / 200).squareRoot()),
  ]

  @Test("draws have mean 0, the variance of the formula, and its bound", arguments: promises.indices)
  func moments(_ index: Int) {
    let (initializer, variance, bound) = Self.promises[index]
    var random = RandomStream(seed: 1)
    let draws = initializer([200, 100], inputs: 200, outputs: 100, using: &random).scalars.map { Double($0) }
    let count = Double(draws.count)
    let mean = draws.reduce(0, +) / count
    let found = draws.reduce(0) { $0 + $1 * $1 } / count
    // Standard errors: √(variance / n) of the mean, at most √(2/n) relative of the variance; six are exceeded once in 5·10⁸.
    #expect(abs(mean) < 6 * (variance / count).squareRoot())
    #expect(abs(found / variance - 1) < 6 * (2 / count).squareRoot())
    #expect(draws.allSatisfy { abs($0) <= bound * (1 + Double(Scalar.ulpOfOne)) })
    if bound.isFinite { #expect((draws.map { abs($0) }.max() ?? 0) > 0.99 * bound) }
  }

  @Test("constants draw nothing")
  func constants() {
    var random = RandomStream(seed: 2)
    #expect(Initializer.zeros([2, 2], inputs: 2, outputs: 2, using: &random) == .zeros([2, 2]))
    #expect(Initializer.constant(3)([2], inputs: 2, outputs: 2, using: &random) == Tensor([3, 3]))
    #expect(random == RandomStream(seed: 2))
  }

  @Test("a layer's bias is random with the fan-in initializer and 0 with any other")
  func biases() {
    var random = RandomStream(seed: 3)
    let plain = Convolution2D(inputChannels: 4, outputChannels: 50, using: &random).bias?.scalars ?? []
    let bound = 1 / Scalar(36).squareRoot()
    #expect(plain.count == 50 && plain.allSatisfy { $0 != 0 && abs($0) <= bound })
    #expect(Dense(inputs: 4, outputs: 3, initializer: .heNormal, using: &random).bias == .zeros([3]))
  }
}

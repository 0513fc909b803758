import Foundation
import Networks
import TestSupport
import Tensors
import Testing

@Suite("Optimizers")
struct OptimizerTests {
  static let reason = "a few roundings of numbers of order 1"
  static let tolerance = 8 * Double(Scalar.ulpOfOne)

  /// Makes steps with the gradients (0.5, −1), (0.25, 2), … from (1, −2) and returns where they lead.
  private func path(_ optimizer: inout some Optimizer, steps: Int) -> [[Double]] {
    var model = [Tensor([1]), Tensor([1, 1], [-2])]
    let slopes: [(Scalar, Scalar)] = [(0.5, -1), (0.25, 2), (-1, 0.5)]
    return (0..<steps).map { step in
      optimizer.update(&model, along: [Tensor([slopes[step].0]), Tensor([1, 1], [slopes[step].1])])
      return model.map { Double($0.scalars[0]) }
    }
  }

  private func expectPath(_ actual: [[Double]], _ expected: [[Double]]) {
    for (a, b) in zip(actual, expected) {
      expectClose(a, b, absolute: Self.tolerance, because: Self.reason)
    }
    #expect(actual.count == expected.count)
  }

  @Test("plain descent subtracts rate · gradient, the rate taken from the schedule step by step")
  func descent() {
    var sgd = SGD(.step(from: 0.1, by: 0.5, every: 1))
    // 1 − 0.1·0.5, − 0.05·0.25, + 0.025·1;  −2 + 0.1, − 0.05·2, − 0.025·0.5
    expectPath(path(&sgd, steps: 3), [[0.95, -1.9], [0.9375, -2], [0.9625, -2.0125]])
    #expect(sgd.stepCount == 3)
    #expect(sgd.state.isEmpty)
  }

  @Test("momentum gathers v = 0.9 v + g")
  func momentum() {
    var sgd = SGD(.constant(0.1), momentum: 0.9)
    // v: 0.5, 0.7, −0.37;  −1, 1.1, 1.49
    expectPath(path(&sgd, steps: 3), [[0.95, -1.9], [0.88, -2.01], [0.917, -2.159]])
    #expect(sgd.state.map(\.name) == ["velocity.0", "velocity.1"])
  }

  @Test("Nesterov's step is g + 0.9 v")
  func nesterov() {
    var sgd = SGD(.constant(0.1), momentum: 0.9, nesterov: true)
    // g + 0.9 v: 0.95, 0.88;  −1.9, 2.99
    expectPath(path(&sgd, steps: 2), [[0.905, -1.81], [0.817, -2.109]])
  }

  @Test("coupled decay joins the gradient, decoupled decay shrinks the weight beside the step")
  func decay() {
    var coupled = SGD(.constant(0.1), momentum: 0.5, weightDecay: .coupled(0.2))
    // v: 0.5 + 0.2·1 = 0.7;  −1 − 0.4 = −1.4.  Then 0.35 + 0.25 + 0.2·0.93 = 0.786;  −0.7 + 2 − 0.2·1.86 = 0.928.
    expectPath(path(&coupled, steps: 2), [[0.93, -1.86], [0.8514, -1.9528]])
    var decoupled = SGD(.constant(0.1), momentum: 0.5, weightDecay: .decoupled(0.2))
    // 0.98·1 − 0.05, 0.98·0.93 − 0.1·0.5;  −1.96 + 0.1, 0.98·(−1.86) − 0.1·1.5
    expectPath(path(&decoupled, steps: 2), [[0.93, -1.86], [0.8614, -1.9728]])
  }

  @Test("Adam's steps are those of Algorithm 1", arguments: [WeightDecay.none, .coupled(0.3), .decoupled(0.3)])
  func adam(decay: WeightDecay) {
    var adam = Adam(.constant(0.1), beta1: 0.8, beta2: 0.9, epsilon: 1e-4, weightDecay: decay)
    let (coupled, kept) = decay == .coupled(0.3) ? (0.3, 1.0) : (0, decay == .none ? 1 : 0.97)
    var (p, m, v) = ([1.0, -2.0], [0.0, 0.0], [0.0, 0.0])
    let slopes = [[0.5, -1], [0.25, 2], [-1, 0.5]]
    let expected = (1...3).map { t -> [Double] in
      for i in 0..<2 {
        let g = slopes[t - 1][i] + coupled * p[i]
        m[i] = 0.8 * m[i] + 0.2 * g
        v[i] = 0.9 * v[i] + 0.1 * g * g
        let (mean, square) = (m[i] / (1 - pow(0.8, Double(t))), v[i] / (1 - pow(0.9, Double(t))))
        p[i] = kept * p[i] - 0.1 * mean / (square.squareRoot() + 1e-4)
      }
      return p
    }
    expectPath(path(&adam, steps: 3), expected)
    // The first step's length is the rate, whatever the gradient: 1 − 0.1·0.5/(0.5 + ε).
    if decay == .none { #expect(abs(expected[0][0] - 0.90002) < 1e-6) }
    #expect(adam.state.map(\.name) == ["mean.0", "mean.1", "square.0", "square.1"])
  }

  @Test("RMSProp divides by the root of the averaged square", arguments: [0, 0.5])
  func rmsProp(momentum: Double) {
    var rmsProp = RMSProp(.constant(0.1), decay: 0.9, epsilon: 1e-3, momentum: Scalar(momentum))
    var (p, s, b) = ([1.0, -2.0], [0.0, 0.0], [0.0, 0.0])
    let slopes = [[0.5, -1], [0.25, 2], [-1, 0.5]]
    let expected = (0..<3).map { step -> [Double] in
      for i in 0..<2 {
        let g = slopes[step][i]
        s[i] = 0.9 * s[i] + 0.1 * g * g
        b[i] = momentum * b[i] + g / (s[i].squareRoot() + 1e-3)
        p[i] -= 0.1 * b[i]
      }
      return p
    }
    expectPath(path(&rmsProp, steps: 3), expected)
    #expect(rmsProp.state.count == (momentum > 0 ? 4 : 2))
  }

  @Test("an optimizer restored from its state and step count goes on as if nothing had happened")
  func state() {
    func check(_ fresh: some Optimizer) {
      var random = RandomStream(seed: 1)
      let slopes = (0..<6).map { _ in [random.normal([3]), random.normal([40_000])] }
      var (model, optimizer) = ([random.normal([3]), random.normal([40_000])], fresh)
      for slope in slopes.prefix(3) { optimizer.update(&model, along: slope) }
      var (copy, restored) = (model, fresh)
      restored.state = optimizer.state.reversed()
      restored.stepCount = optimizer.stepCount
      for slope in slopes.suffix(3) {
        optimizer.update(&model, along: slope)
        restored.update(&copy, along: slope)
      }
      #expect(copy == model)
    }
    check(SGD(.constant(0.1), momentum: 0.9))
    check(Adam())
    check(RMSProp(.constant(0.01), momentum: 0.5))
  }

  @Test("the gradient and copies of the model and the optimizer stay what they were")
  func values() {
    var adam = Adam()
    var model = Tensor([1, 2])
    let gradient = Tensor([1, 1])
    adam.update(&model, along: gradient)
    let (oldModel, oldState) = (model, adam.state.map(\.tensor))
    let numbers = (oldModel.scalars, oldState.map(\.scalars))
    adam.update(&model, along: gradient)
    #expect(gradient == Tensor([1, 1]))
    #expect(oldModel.scalars == numbers.0 && oldState.map(\.scalars) == numbers.1)
    #expect(model != oldModel)
  }

  @Test("finds the minimum of a quadratic", arguments: [0, 1, 2])
  func converges(which: Int) {
    let target = Tensor([3, -1, 0.5])
    func distance(_ start: some Optimizer) -> Scalar {
      var (model, optimizer) = (Tensor.zeros([3]), start)
      for _ in 0..<600 {
        let gradient = valueAndGradient(at: &model) { (($0 - target).squared() * Tensor([1, 4, 0.5])).sum() }.gradient
        optimizer.update(&model, along: gradient)
      }
      return (model - target).absolute().maximum().scalar
    }
    let schedule = Schedule.cosine(from: 0.1, over: 600)
    switch which {
    case 0: #expect(distance(SGD(schedule, momentum: 0.5)) < 1e-3)
    case 1: #expect(distance(Adam(schedule)) < 1e-3)
    default: #expect(distance(RMSProp(schedule)) < 1e-2)
    }
  }
}

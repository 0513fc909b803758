import Tensors
import TestSupport
import Testing

@Suite struct GradientTests {
  struct Running: Module {
    var weight = Tensor([2, 3])
    var statistics = Tensor([0, 0])
    mutating func forEachParameter(_ body: (inout Tensor) -> Void) { body(&weight) }
  }

  struct Refusal: Error {}

  @Test func anExample() {
    var x = Tensor([1, 2, 3])
    let (value, gradient) = valueAndGradient(at: &x) { ($0.squared() * 2).sum() }
    #expect(value == 28 && gradient == Tensor([4, 8, 12]))
  }

  @Test func theGradientIsAModel() {
    var model: [[Tensor]] = [[Tensor([1, 2])], [Tensor(3), Tensor([4, 5])]]
    let (_, gradient) = valueAndGradient(at: &model) { ($0[0][0] * $0[1][1] * $0[1][0]).sum() }
    #expect(gradient == [[Tensor([12, 15])], [Tensor(14), Tensor([3, 6])]])
  }

  @Test func independentParametersHaveDerivativeZero() {
    var model = [Tensor([1, 2]), irregular([3, 4])]
    let (_, gradient) = valueAndGradient(at: &model) { $0[0].sum() }
    #expect(gradient[1] == Tensor.zeros([3, 4]))
    let (value, constant) = valueAndGradient(at: &model) { _ in Tensor(5) }
    #expect(value == 5 && constant == [Tensor.zeros([2]), Tensor.zeros([3, 4])])
  }

  @Test func aParameterItselfCanBeTheLoss() {
    var x = Tensor(3)
    let (value, gradient) = valueAndGradient(at: &x) { $0 }
    #expect(value == 3 && gradient == Tensor(1))
  }

  @Test func detachingStopsTheGradient() {
    var x = Tensor([2, 3])
    let (_, gradient) = valueAndGradient(at: &x) { ($0 * $0.detached).sum() }
    #expect(gradient == x)
  }

  @Test func pathsThatMeetAddUp() {
    checkGradient(
      of: { x in
        let y = x.exp()
        let z = y * x + y
        return z * y - z / x
      }, at: irregular([3], in: 0.5...1))
  }

  @Test func stateChangesAreKept() {
    var model = Running()
    let (_, gradient) = valueAndGradient(at: &model) { model in
      model.statistics = (model.weight * 2).detached
      return model.weight.sum()
    }
    #expect(model.statistics == Tensor([4, 6]))
    #expect(gradient.weight == Tensor([1, 1]))
  }

  @Test func parametersAreTrackedInsideOnly() {
    var model = Running()
    _ = valueAndGradient(at: &model) { model in
      #expect(model.weight.isTracked && (model.weight + 1).isTracked && !model.statistics.isTracked)
      return model.weight.sum()
    }
    #expect(!model.weight.isTracked && model.weight == Tensor([2, 3]))
    #expect(throws: Refusal.self) {
      try valueAndGradient(at: &model) { _ in throw Refusal() }
    }
    #expect(!model.weight.isTracked)
  }

  @Test func writingIntoATrackedTensorMakesItAConstant() {
    var x = Tensor([1, 2])
    let (_, gradient) = valueAndGradient(at: &x) { x in
      var copy = x * 1
      copy.withUnsafeMutableScalars { $0[0] = 10 }
      return (copy * x).sum()
    }
    #expect(gradient == Tensor([10, 2]))
  }

  @Test func historiesOfEarlierDifferentiationsAreConstants() {
    var model = Running()
    _ = valueAndGradient(at: &model) { model in
      model.statistics = model.weight * 2
      return model.weight.sum()
    }
    #expect(model.statistics.isTracked)
    let (_, gradient) = valueAndGradient(at: &model) { ($0.weight * $0.statistics).sum() }
    #expect(gradient.weight == Tensor([4, 6]))
  }

  @Test func repeatingGivesTheSameBits() {
    var model = [irregular([40, 30]), irregular([30, 20], salt: 1), irregular([20], salt: 2)]
    let run = { (model: inout [Tensor]) in
      valueAndGradient(at: &model) { ($0[0].matrixProduct($0[1]) + $0[2]).sigmoid().softmax().squared().sum() }
    }
    let (first, second) = (run(&model), run(&model))
    #expect(first.value == second.value && first.gradient == second.gradient)
  }

  @Test func aMillionStepsNeedNoStack() {
    var x = Tensor(1)
    let (value, gradient) = valueAndGradient(at: &x) { x in
      var y = x
      for _ in 0..<1_000_000 { y = y * 1 }
      return y
    }
    #expect(value == 1 && gradient == Tensor(1))
  }

  @Test func aMillionStepsOfForksNeedNoStack() {
    var x = Tensor(1)
    let (value, gradient) = valueAndGradient(at: &x) { x in
      var y = x
      for _ in 0..<500_000 { y = y.maximum(with: y) }
      return y
    }
    #expect(value == 1 && gradient == Tensor(1))
  }

  @Test func anUnusedChainIsReleasedToo() {
    var x = Tensor(1)
    let (_, gradient) = valueAndGradient(at: &x) { x in
      var y = x
      for _ in 0..<1_000_000 { y = y + 1 }
      return x
    }
    #expect(gradient == Tensor(1))
  }

  @Test func jointPullbacksMaySkipWhatIsNotNeeded() {
    var x = Tensor([2, 3])
    let (_, gradient) = valueAndGradient(at: &x) { x in
      Tensor.recording(x.detached.sum(), from: [Tensor(1), x, x]) { upstream, isNeeded in
        #expect(isNeeded == [false, true, true])
        return [nil, upstream.broadcast(to: [2]), nil]
      }
    }
    #expect(gradient == Tensor([1, 1]))
  }

  @Test func concurrentDifferentiationsDoNotMix() async {
    let results = await withTaskGroup(of: Tensor.self) { group in
      for seed in 0..<16 {
        group.addTask {
          var x = irregular([50], salt: seed)
          return valueAndGradient(at: &x) { ($0.squared() * $0).sum() }.gradient - 3 * x.squared()
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    for difference in results {
      expectClose(difference, .zeros([50]), absolute: 3e-6, because: "3x² up to 12 in Float")
    }
  }

  @Test func modulesCountWhatTheyLearn() {
    #expect(Running().parameterCount == 2)
    #expect([Tensor.zeros([2, 3]), Tensor(1)].parameterCount == 7)
    #expect(Optional<Tensor>.none.parameterCount == 0)
    checkModule([[Tensor.zeros([2])], [Tensor(1)]])
  }
}

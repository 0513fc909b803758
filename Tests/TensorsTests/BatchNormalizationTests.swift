import TestSupport
import Tensors
import Testing

@Suite("Batch normalization")
struct BatchNormalizationTests {
  /// Rows beyond one chunk of the sums, channels beyond one stripe, and few of both.
  static let shapes: [Shape] = [[300, 70], [7, 5, 5, 3], [2, 1], [129, 16]]

  @Test("is the formula, evaluated in Double", arguments: shapes)
  func formula(_ shape: Shape) {
    var random = RandomStream(seed: 1)
    let channels = shape[-1]
    let x = random.normal(shape) * 3 + 5 * random.normal([channels])
    let (scale, offset) = (random.normal([channels]), random.normal([channels]))
    // What the order of up to 300 additions in Double changes; it shows where Scalar is Double.
    let order = 1e-13
    for rectified in [false, true] {
      let (value, mean, variance) = x.batchNormalized(scale: scale, offset: offset, rectified: rectified)
      let expected = normalized(x, scale, offset, rectified)
      expectClose(
        value, expected.value, absolute: 40 * ulp + order, because: "(x − μ) of order 10, rounded, over σ of order 3")
      expectClose(mean, expected.mean, relative: ulp + order, because: "sums are in Double")
      expectClose(variance, expected.variance, relative: 2 * ulp + order, because: "sums are in Double")
      let frozen = x.normalized(mean: mean, variance: variance, scale: scale, offset: offset, rectified: rectified)
      expectClose(frozen, value, absolute: 40 * ulp, because: "the moments were rounded in between")
    }
  }

  @Test("has mean 0 and variance 1 before scaling")
  func standardizes() {
    var random = RandomStream(seed: 2)
    let x = random.normal([500, 8]) * 4 - 9
    let y = x.batchNormalized(scale: .ones([8]), offset: .zeros([8])).value
    expectClose(y.mean(along: 0), .zeros([8]), absolute: 20 * ulp, because: "500 rounded numbers of order 1")
    expectClose(y.variance(along: 0), .ones([8]), absolute: 1e-5, because: "ε / σ² is 6·10⁻⁷, the rest rounding")
  }

  @Test("a large mean costs no digits of the variance")
  func largeMean() {
    var random = RandomStream(seed: 3)
    // Steps of 1/64 around 4096 are exact in Float; the sum of squares in Float would have lost the variance altogether.
    let coarse = Tensor([400, 4], random.uniform([400, 4]).scalars.map { ($0 * 64).rounded(.down) / 64 })
    let shifted = coarse + 4096
    expectClose(
      shifted.batchNormalized(scale: .ones([4]), offset: .zeros([4])).variance,
      coarse.batchNormalized(scale: .ones([4]), offset: .zeros([4])).variance, relative: 2 * ulp,
      because: "both hold the same numbers but for the mean")
  }

  @Test("derivatives agree with finite differences, through the moments too", arguments: [false, true])
  func derivatives(rectified: Bool) {
    // x stays away from 0 after normalization, so that no difference crosses the rectifier's kink.
    var random = RandomStream(seed: 4)
    let signs = Tensor([40, 3], random.uniform([40, 3]).scalars.map { $0 < 0.4 ? -1 : 1 })
    let x = signs * (1 + 0.2 * random.uniform([40, 3]))
    let model = [x, Tensor([1, -0.7, 0.5]), Tensor([0.1, -0.05, 0])]
    checkGradient(
      of: { $0[0].batchNormalized(scale: $0[1], offset: $0[2], rectified: rectified).value }, at: model)
    let (mean, variance) = (Tensor([0.2, 0, -0.1]), Tensor([1, 2, 0.5]))
    checkGradient(
      of: { $0[0].normalized(mean: mean, variance: variance, scale: $0[1], offset: $0[2], rectified: rectified) },
      at: model)
  }

  @Test("values and derivatives are the same numbers on one thread and on three")
  func threads() {
    var random = RandomStream(seed: 5)
    let (x, upstream) = (random.normal([2000, 33]), random.normal([2000, 33]))
    let runs = results(onThreads: [1, 3]) {
      var model = [x, Tensor.ones([33]), Tensor.zeros([33])]
      let gradient = valueAndGradient(at: &model) { model in
        (model[0].batchNormalized(scale: model[1], offset: model[2], rectified: true).value * upstream).sum()
      }.gradient
      return gradient + [x.batchNormalized(scale: model[1], offset: model[2]).value]
    }
    #expect(runs[1] == runs[0])
  }

  @Test("one value per channel stops the program in training, as it has no variance")
  func oneValue() async {
    await #expect(processExitsWith: .failure) {
      _ = Tensor([1, 1, 1, 3], [1, 2, 3]).batchNormalized(scale: .ones([3]), offset: .zeros([3]))
    }
  }

  private var ulp: Double { Double(Scalar.ulpOfOne) }

  private func normalized(
    _ x: Tensor, _ scale: Tensor, _ offset: Tensor, _ rectified: Bool
  ) -> (value: Tensor, mean: Tensor, variance: Tensor) {
    let channels = scale.count
    let numbers = x.scalars.map { Double($0) }
    var (value, means, variances) = (numbers, [Double](), [Double]())
    for c in 0..<channels {
      let places = stride(from: c, to: numbers.count, by: channels)
      let rows = Double(numbers.count / channels)
      let mean = places.reduce(0.0) { $0 + numbers[$1] } / rows
      let variance = places.reduce(0.0) { $0 + (numbers[$1] - mean) * (numbers[$1] - mean) } / rows
      for place in places {
        let y = Double(scale.scalars[c]) * (numbers[place] - mean) / (variance + Double(Scalar(1e-5))).squareRoot()
        value[place] = rectified ? max(y + Double(offset.scalars[c]), 0) : y + Double(offset.scalars[c])
      }
      means.append(mean)
      variances.append(variance)
    }
    return (
      Tensor(x.shape, value.map { Scalar($0) }), Tensor(means.map { Scalar($0) }), Tensor(variances.map { Scalar($0) })
    )
  }
}

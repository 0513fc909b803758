import Networks
import TestSupport
import Tensors
import Testing

@Suite("Dense, convolution and activation layers")
struct LayerTests {
  private var pass: Pass { Pass(.training, random: RandomStream(seed: 9)) }

  @Test("a dense layer is x W + b on the last axis")
  func dense() {
    let layer = Dense(weight: Tensor([2, 3], [1, 2, 3, 4, 5, 6]), bias: Tensor([10, 20, 30]))
    var pass = pass
    // (1, 2)·W = (9, 12, 15), (−1, 1)·W = (3, 3, 3)
    let expected: [Scalar] = [19, 32, 45, 13, 23, 33]
    #expect(layer(Tensor([2, 2], [1, 2, -1, 1]), in: &pass) == Tensor([2, 3], expected))
    #expect(layer(Tensor([1, 2, 1, 2], [1, 2, -1, 1]), in: &pass) == Tensor([1, 2, 1, 3], expected))
    #expect(layer(Tensor([1, 2])) == Tensor([19, 32, 45]))
  }

  @Test("a convolution layer convolves with its kernel, bias and padding")
  func convolution() {
    var (pass, random) = (pass, RandomStream(seed: 1))
    let x = random.normal([2, 6, 5, 3])
    for padding in [Padding.zero, .reflect, .none] {
      let layer = Convolution2D(
        inputChannels: 3, outputChannels: 4, kernel: (3, 2), padding: padding, using: &random)
      #expect(layer(x, in: &pass) == x.convolved(with: layer.kernel, bias: layer.bias, padding: padding))
    }
  }

  @Test("a convolution along one axis sums its taps, with and without padding")
  func convolutionAlongOneAxis() {
    var pass = pass
    let x = Tensor([1, 4, 1], [1, 2, 3, 4])
    let layer = Convolution1D(kernel: Tensor([3, 1, 1], [1, 10, 100]), bias: Tensor([5]), padding: .none)
    // 1·1 + 10·2 + 100·3 + 5 and 1·2 + 10·3 + 100·4 + 5
    #expect(layer(x, in: &pass) == Tensor([1, 2, 1], [326, 437]))
    let padded = Convolution1D(kernel: Tensor([3, 1, 1], [1, 10, 100]))
    #expect(padded(x) == Tensor([1, 4, 1], [210, 321, 432, 43]))
    let mirrored = Convolution1D(kernel: Tensor([3, 1, 1], [1, 10, 100]), padding: .reflect)
    #expect(mirrored(x) == Tensor([1, 4, 1], [212, 321, 432, 343]))
    var random = RandomStream(seed: 4)
    let wide = Convolution1D(inputChannels: 5, outputChannels: 7, kernel: 4, using: &random)
    let sequences = random.normal([3, 9, 5])
    let images = sequences.reshaped(to: [3, 1, 9, 5]).convolved(
      with: wide.kernel.reshaped(to: [1, 4, 5, 7]), bias: wide.bias)
    #expect(wide(sequences) == images.reshaped(to: [3, 9, 7]))
  }

  @Test("activations are the functions they are named after")
  func activations() {
    let x = Tensor([-2, 0, 3])
    #expect(Activation.identity(x) == x)
    #expect(Activation.relu(x) == Tensor([0, 0, 3]))
    #expect(Activation.leakyReLU(slope: 0.25)(x) == Tensor([-0.5, 0, 3]))
    #expect(Activation.sigmoid(x) == x.sigmoid())
    #expect(Activation.tanh(x) == x.tanh())
    #expect(Activation.softplus(x) == x.softplus())
  }

  @Test("every parameter is visited, once")
  func visiting() {
    var random = RandomStream(seed: 2)
    checkModule(Dense(inputs: 3, outputs: 2, using: &random))
    checkModule(Dense(inputs: 3, outputs: 2, bias: false, using: &random))
    checkModule(Convolution2D(inputChannels: 3, outputChannels: 2, using: &random))
    checkModule(Convolution2D(inputChannels: 3, outputChannels: 2, bias: false, using: &random))
    checkModule(Convolution1D(inputChannels: 3, outputChannels: 2, using: &random))
    checkModule(Convolution1D(inputChannels: 3, outputChannels: 2, bias: false, using: &random))
    checkModule(BatchNorm(channels: 3), notLearned: ["runningMean", "runningVariance"])
    checkModule(SpatialAttention(using: &random))
    checkModule(SpatialAttention(batchNorm: true, using: &random), notLearned: ["runningMean", "runningVariance"])
    checkModule(Dropout(rate: 0.5))
    checkModule(Fixed(.ones([3])), notLearned: ["value"])
  }

  @Test("derivatives of the layers agree with finite differences")
  func derivatives() {
    var random = RandomStream(seed: 3)
    let (rows, images) = (random.normal([4, 3]), random.normal([2, 4, 4, 3]))
    checkGradient(of: { $0(rows) }, at: Dense(inputs: 3, outputs: 5, using: &random))
    checkGradient(of: { $0(images) }, at: Convolution2D(inputChannels: 3, outputChannels: 4, using: &random))
  }

  @Test("a fixed tensor has no derivative and keeps its value")
  func fixed() {
    struct Scaled: Module {
      var factor: Tensor
      var constant: Fixed
      mutating func forEachParameter(_ body: (inout Tensor) -> Void) {
        body(&factor)
        constant.forEachParameter(body)
      }
    }
    var model = Scaled(factor: Tensor([2, 3]), constant: Fixed(Tensor([5, 7])))
    let gradient = valueAndGradient(at: &model) { ($0.factor * $0.constant.value).sum() }.gradient
    #expect(gradient.factor == Tensor([5, 7]))
    #expect(gradient.constant.value == Tensor([5, 7]))
  }
}

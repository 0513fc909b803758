import Networks
import TestSupport
import Tensors
import Testing

@Suite("Spatial attention")
struct SpatialAttentionTests {
  @Test("weights every position by the sigmoid of a convolution of the mean and the maximum of its channels")
  func definition() {
    var random = RandomStream(seed: 1)
    var attention = SpatialAttention(using: &random)
    var pass = Pass(.training, random: random)
    let features = random.normal([3, 5, 5, 7])
    let maps = Tensor.concatenated(
      [features.mean(along: -1, keepingDimensions: true), features.maximum(along: -1, keepingDimensions: true)],
      along: 3)
    let weights = maps.convolved(with: attention.convolution.kernel, bias: attention.convolution.bias).sigmoid()
    let reason = "the mean is rounded once or twice"
    expectClose(attention.weights(of: features, in: &pass), weights, absolute: 1e-6, because: reason)
    expectClose(attention(features, in: &pass), features * weights, absolute: 1e-6, because: reason)
  }

  @Test("with a norm, the map has mean 0 and variance 1 before the sigmoid, and no bias")
  func normalized() {
    var random = RandomStream(seed: 2)
    var attention = SpatialAttention(kernel: 5, batchNorm: true, using: &random)
    var pass = Pass(.training, random: random)
    #expect(attention.convolution.kernel.shape == [5, 5, 2, 1])
    #expect(attention.convolution.bias == nil)
    let map = attention.weights(of: random.normal([20, 5, 5, 8]), in: &pass)
    let logits = (map / (1 - map)).log()
    #expect(abs(logits.mean().scalar) < 1e-4)
    // ε = 10⁻⁵ beside a variance of the order 0.05 takes away 2·10⁻⁴.
    #expect(abs(logits.squared().mean().scalar - 1) < 2e-3)
    #expect(attention.buffers.count == 2)
    #expect(attention.norm?.runningMean != Tensor.zeros([1]))
  }

  @Test("derivatives agree with finite differences")
  func derivatives() {
    var random = RandomStream(seed: 3)
    let stream = random
    // Channels half a unit apart: no difference makes another one the largest.
    let features = Tensor([2, 3, 3, 3], (0..<54).map { Scalar(($0 * 37) % 54) / 2 - 13 }) * 0.2
    struct Point: Module {
      var attention: SpatialAttention
      var features: Tensor
      mutating func forEachParameter(_ body: (inout Tensor) -> Void) {
        attention.forEachParameter(body)
        body(&features)
      }
    }
    for batchNorm in [false, true] {
      let point = Point(attention: SpatialAttention(batchNorm: batchNorm, using: &random), features: features)
      checkGradient(
        of: { point in
          var pass = Pass(.training, random: stream)
          return point.attention(point.features, in: &pass)
        }, at: point)
    }
  }
}

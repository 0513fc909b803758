import Networks
import TestSupport
import Tensors
import Testing

@Suite("Batch norm layer")
struct BatchNormTests {
  @Test("running statistics move by a tenth towards the batch's mean and unbiased variance")
  func runningStatistics() {
    var layer = BatchNorm(channels: 2)
    var pass = Pass(.training, random: RandomStream(seed: 1))
    // Channel 0: 1, 3, 5, 7: mean 4, squares 9 + 1 + 1 + 9 = 20, unbiased 20/3. Channel 1: constant 2.
    let x = Tensor([2, 1, 2, 2], [1, 2, 3, 2, 5, 2, 7, 2])
    _ = layer(x, in: &pass)
    let reason = "two rounded steps"
    expectClose(layer.runningMean, Tensor([0.4, 0.2]), relative: 4e-7, because: reason)
    expectClose(layer.runningVariance, Tensor([0.9 + 2.0 / 3, 0.9]), relative: 4e-7, because: reason)
    _ = layer(x, in: &pass)
    expectClose(layer.runningMean, Tensor([0.76, 0.38]), relative: 4e-7, because: reason)
    expectClose(layer.runningVariance, Tensor([0.81 + 0.6 + 2.0 / 3, 0.81]), relative: 4e-7, because: reason)
  }

  @Test("inference uses the running statistics and changes nothing")
  func inference() {
    var layer = BatchNorm(channels: 1, epsilon: 0.25)
    layer.runningMean = Tensor([3])
    layer.runningVariance = Tensor([2])  // √(2 + ¼) = 1.5
    layer.scale = Tensor([6])
    layer.offset = Tensor([-1])
    var pass = Pass(.inference, random: RandomStream(seed: 1))
    let before = layer.buffers
    expectClose(
      layer(Tensor([3, 1], [0, 3, 4.5]), in: &pass), Tensor([3, 1], [-13, -1, 5]), relative: 4e-7,
      because: "a rounded reciprocal root")
    expectClose(
      layer(Tensor([3, 1], [0, 3, 4.5]), rectified: true, in: &pass), Tensor([3, 1], [0, 0, 5]), relative: 4e-7,
      because: "a rounded reciprocal root")
    #expect(layer.buffers == before)
  }

  @Test("running statistics are buffers, visited in order through arrays and optionals")
  func buffers() {
    var layers: [BatchNorm?] = [BatchNorm(channels: 1), nil, BatchNorm(channels: 2)]
    #expect(layers.buffers.map(\.shape) == [[1], [1], [2], [2]])
    layers.forEachBuffer { $0 = $0 + 5 }
    #expect(layers[2]?.runningMean == Tensor([5, 5]))
    #expect(layers[0]?.runningVariance == Tensor([6]))
  }

  @Test("statistics changed inside valueAndGradient stay, untracked")
  func statisticsSurviveTheSweep() {
    var layer = BatchNorm(channels: 1)
    let x = Tensor([4, 1], [1, 3, 5, 7])
    var random = RandomStream(seed: 2)
    _ = valueAndGradient(at: &layer) { layer in
      var pass = Pass(.training, random: random)
      defer { random = pass.random }
      return layer(x, in: &pass).squared().sum()
    }
    #expect(layer.runningMean.scalars[0] > 0.39)
    #expect(!layer.runningMean.isTracked)
  }
}

import TestSupport
import Tensors
import Testing

@Suite("Pooling over channels")
struct PoolingTests {
  @Test("gives the mean and the maximum of every position", arguments: [1, 3, 15, 16, 17, 64, 100])
  func values(channels: Int) {
    var random = RandomStream(seed: 1)
    let x = random.normal([4, 5, 5, channels])
    let pooled = x.channelPooled()
    #expect(pooled.shape == [4, 5, 5, 2])
    let rows = x.scalars.count / channels
    let numbers = x.scalars
    let expected = (0..<rows).flatMap { row -> [Scalar] in
      let values = numbers[row * channels..<(row + 1) * channels]
      return [Scalar(values.reduce(0.0) { $0 + Double($1) } / Double(channels)), values.max() ?? .nan]
    }
    expectClose(
      pooled, Tensor([4, 5, 5, 2], expected), absolute: 2 * Double(Scalar.ulpOfOne),
      because: "the mean is summed in Double in another order; the maximum is exact")
    #expect(
      x.maximum(along: -1, keepingDimensions: true).scalars
        == stride(from: 1, to: 2 * rows, by: 2).map { pooled.scalars[$0] })
    expectClose(
      x.mean(along: -1, keepingDimensions: true).scalars,
      stride(from: 0, to: 2 * rows, by: 2).map { pooled.scalars[$0] },
      absolute: 2 * Double(Scalar.ulpOfOne), because: "as above")
  }

  @Test("derivatives agree with finite differences", arguments: [3, 20])
  func derivatives(channels: Int) {
    // Numbers 0.3 apart within ±3: moved by at most 0.27, none becomes the largest in place of another.
    let x = Tensor([2, 3, channels], (0..<6 * channels).map { Scalar(($0 % channels * 7) % channels) * 0.3 - 3 })
    checkGradient(of: { $0.channelPooled() }, at: x)
  }

  @Test("the derivative of the maximum goes to the first of equals")
  func ties() {
    var x = Tensor([1, 20], (0..<20).map { $0 == 4 || $0 == 17 ? 2 : 1 })
    let weights = Tensor([1, 2], [0, 1])
    let gradient = valueAndGradient(at: &x) { ($0.channelPooled() * weights).sum() }.gradient
    #expect(gradient.scalars == (0..<20).map { $0 == 4 ? 1 : 0 })
  }

  @Test("a NaN comes through, infinities are numbers", arguments: [2, 18])
  func notNumbers(channels: Int) {
    for place in 0..<channels {
      var row = [Scalar](repeating: 1, count: channels)
      row[place] = .nan
      #expect(Tensor([1, channels], row).channelPooled().scalars.allSatisfy { $0.isNaN })
      row[place] = .infinity
      row[(place + 1) % channels] = -.infinity
      #expect(Tensor([1, channels], row).channelPooled().scalars[1] == .infinity)
    }
  }
}

import TestSupport
import Tensors
import Testing

@Suite("Convolution")
struct ConvolutionTests {
  /// One problem: extents, kernel and what lies outside.
  struct Case: Sendable, CustomTestStringConvertible {
    let batch: Int
    let size: (Int, Int)
    let channels: (Int, Int)
    var kernel = (3, 3)
    var padding = Padding.zero

    var testDescription: String {
      "\(batch) images \(size.0)×\(size.1), \(channels.0)→\(channels.1), kernel \(kernel.0)×\(kernel.1), \(padding)"
    }
    var image: Shape { [batch, size.0, size.1, channels.0] }
    var weights: Shape { [kernel.0, kernel.1, channels.0, channels.1] }
  }

  /// Tiles of every length and reach, one or many to an image, full and partial lines and panels of channels; the plain
  /// sum, in runs of taps and tap by tap; 1×1.
  static let cases = [
    Case(batch: 7, size: (5, 5), channels: (64, 64)),
    Case(batch: 30, size: (5, 5), channels: (37, 29)),
    Case(batch: 2, size: (4, 5), channels: (70, 130)),
    Case(batch: 5, size: (3, 3), channels: (16, 16)),
    Case(batch: 5, size: (2, 3), channels: (32, 20)),
    Case(batch: 2, size: (7, 6), channels: (20, 33)),
    Case(batch: 2, size: (9, 13), channels: (32, 24)),
    Case(batch: 1, size: (14, 20), channels: (17, 40), padding: .none),
    Case(batch: 2, size: (5, 5), channels: (16, 24), padding: .reflect),
    Case(batch: 3, size: (5, 5), channels: (64, 3)),
    Case(batch: 3, size: (5, 5), channels: (3, 64)),
    Case(batch: 4, size: (5, 5), channels: (2, 1)),
    Case(batch: 3, size: (1, 1), channels: (16, 16)),
    Case(batch: 2, size: (9, 8), channels: (5, 7), kernel: (5, 5)),
    Case(batch: 3, size: (5, 6), channels: (40, 33), kernel: (5, 5)),
    Case(batch: 2, size: (10, 9), channels: (20, 70), kernel: (5, 5)),
    Case(batch: 1, size: (23, 19), channels: (156, 7), kernel: (5, 5)),
    Case(batch: 2, size: (17, 25), channels: (7, 156), kernel: (5, 5)),
    Case(batch: 1, size: (26, 13), channels: (33, 64), kernel: (5, 5), padding: .none),
    Case(batch: 1, size: (15, 30), channels: (64, 3), kernel: (5, 5)),
    Case(batch: 1, size: (15, 30), channels: (3, 156), kernel: (5, 5)),
    Case(batch: 1, size: (14, 11), channels: (3, 1), kernel: (5, 5)),
    Case(batch: 1, size: (12, 10), channels: (20, 16), kernel: (5, 5), padding: .reflect),
    Case(batch: 1, size: (31, 22), channels: (70, 20)),
    Case(batch: 1, size: (9, 8), channels: (30, 70), kernel: (4, 2)),
    Case(batch: 1, size: (8, 7), channels: (210, 9), kernel: (1, 5)),
    Case(batch: 1, size: (11, 6), channels: (6, 9), kernel: (5, 1), padding: .none),
    Case(batch: 1, size: (6, 7), channels: (6, 9), kernel: (5, 5), padding: .reflect),
    Case(batch: 2, size: (4, 3), channels: (9, 5), kernel: (1, 1)),
  ]

  /// Rounding of sums of up to 2000 products of order 1/√2000, and of the transforms: see `convolved(with:bias:padding:)`.
  #if DoublePrecision
    static let rounding = 3e-14
  #else
    static let rounding = 6e-6
  #endif

  @Test("is the sum over taps and channels", arguments: cases)
  func agreesWithTheSum(_ c: Case) {
    var random = RandomStream(seed: 1)
    let (x, kernel) = (random.normal(c.image), random.normal(c.weights) / fanIn(c))
    let bias = random.normal([c.channels.1])
    expectClose(
      x.convolved(with: kernel, bias: bias, padding: c.padding), slidingSum(x, kernel, bias, c.padding),
      absolute: Self.rounding, because: "the results are of order 1")
  }

  @Test("its derivatives are those of the sum", arguments: cases)
  func derivatives(_ c: Case) {
    var random = RandomStream(seed: 2)
    let (x, kernel) = (random.normal(c.image), random.normal(c.weights) / fanIn(c))
    let upstream = random.normal(x.convolved(with: kernel, padding: c.padding).shape)
    var model = [x, kernel, random.normal([c.channels.1])]
    let gradient = valueAndGradient(at: &model) { model in
      (model[0].convolved(with: model[1], bias: model[2], padding: c.padding) * upstream).sum()
    }.gradient
    let expected = slidingSumGradient(x, kernel, upstream, c.padding)
    for (actual, wanted) in zip(gradient, expected) {
      let scale = wanted.scalars.map { abs(Double($0)) }.max() ?? 0
      expectClose(actual, wanted, absolute: Self.rounding * scale, because: "relative to the largest derivative")
    }
  }

  @Test(
    "its derivatives agree with finite differences",
    arguments: [
      Case(batch: 2, size: (5, 5), channels: (8, 9)),
      Case(batch: 1, size: (9, 8), channels: (8, 8)),
      Case(batch: 1, size: (13, 12), channels: (8, 9), kernel: (5, 5)),
      Case(batch: 2, size: (5, 4), channels: (8, 8), kernel: (5, 5)),
      Case(batch: 2, size: (4, 4), channels: (3, 4), kernel: (3, 2), padding: .reflect),
      Case(batch: 2, size: (4, 4), channels: (3, 4), kernel: (2, 2), padding: .none),
    ])
  func finiteDifferences(_ c: Case) {
    var random = RandomStream(seed: 3)
    let model = [random.normal(c.image), random.normal(c.weights) / fanIn(c), random.normal([c.channels.1])]
    checkGradient(
      of: { $0[0].convolved(with: $0[1], bias: $0[2], padding: c.padding) }, at: model, components: 24)
  }

  @Test(
    "rounds as the plain sum does",
    arguments: [
      Case(batch: 32, size: (5, 5), channels: (64, 64)), Case(batch: 1, size: (24, 24), channels: (64, 64)),
      Case(batch: 1, size: (24, 24), channels: (64, 64), kernel: (5, 5)),
    ])
  func rounding(_ c: Case) {
    var random = RandomStream(seed: 4)
    let (x, kernel) = (random.normal(c.image), random.normal(c.weights) / fanIn(c))
    let found = x.convolved(with: kernel).scalars
    let expected: [Double] = slidingSum(x, kernel, .zeros([64]), .zero)
    let square = zip(found, expected).reduce(0.0) { $0 + (Double($1.0) - $1.1) * (Double($1.0) - $1.1) }
    let error = (square / Double(found.count)).squareRoot()
    // The result has standard deviation 0.9 to 1. A sum of 576 or 1600 products in Float, in any order, errs by 1 to
    // 4·10⁻⁷; in Double the sum that is compared with errs as much itself.
    let share: Double = Scalar.self == Double.self ? 3 : 1
    #expect(error < roundings(5 * share))
    let worst = zip(found, expected).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
    #expect(worst < roundings(30 * share), "six of the root mean square's")
  }

  @Test(
    "no image gives no result, and a derivative of zeros for the kernel", arguments: [(3, 64), (5, 64), (3, 2), (4, 9)])
  func emptyBatch(side: Int, channels: Int) {
    let shape: Shape = [side, side, channels, channels]
    // What was given back to the recycler must not come out again.
    for _ in 0..<8 { _ = Tensor(repeating: .nan, shape) }
    var model = [Tensor.zeros([0, 9, 9, channels]), Tensor.ones(shape)]
    let (_, gradient) = valueAndGradient(at: &model) { $0[0].convolved(with: $0[1]).sum() }
    #expect(gradient[0].shape == [0, 9, 9, channels])
    #expect(gradient[1] == .zeros(shape))
  }

  @Test("a kernel with a single 1 moves the image")
  func shift() {
    let x = Tensor([1, 5, 5, 1], (1...25).map { Scalar($0) }) * Tensor.ones([16])
    var identity = [Scalar](repeating: 0, count: 9 * 16 * 16)
    for channel in 0..<16 { identity[(5 * 16 + channel) * 16 + channel] = 1 }  // row 1, column 2: the right neighbour
    let expected = (1...25).map { $0 % 5 == 0 ? 0 : Scalar($0 + 1) }
    expectClose(
      x.convolved(with: Tensor([3, 3, 16, 16], identity)), Tensor([1, 5, 5, 1], expected) * Tensor.ones([16]),
      absolute: 25 * 16 * Double(Scalar.ulpOfOne), because: "numbers up to 25 pass through a transform of length 6")
  }

  @Test("the frame of a reflection does not repeat the border")
  func reflection() {
    let x = Tensor([1, 2, 3, 1], [1, 2, 3, 4, 5, 6])
    let expected: [Scalar] = [5, 4, 5, 6, 5, 4, 2, 1, 2, 3, 2, 1, 5, 4, 5, 6, 5, 4, 2, 1, 2, 3, 2, 1]
    #expect(x.reflectionPadded(top: 1, bottom: 1, left: 1, right: 2) == Tensor([1, 4, 6, 1], expected))
  }

  @Test(
    "values and derivatives are the same numbers on one thread, two and five", arguments: cases[..<10] + cases[14..<24])
  func threads(_ c: Case) {
    var random = RandomStream(seed: 5)
    let (image, bias) = (Shape([6 * c.batch] + c.image.dimensions.dropFirst()), random.normal([c.channels.1]))
    let start = [random.normal(image), random.normal(c.weights)]
    let runs = results(onThreads: [1, 2, 5]) {
      var model = start
      let gradient = valueAndGradient(at: &model) { model in
        model[0].convolved(with: model[1], bias: bias, padding: c.padding).squared().sum()
      }.gradient
      return [start[0].convolved(with: start[1], bias: bias, padding: c.padding)] + gradient
    }
    #expect(runs[1] == runs[0] && runs[2] == runs[0])
  }

  private func fanIn(_ c: Case) -> Scalar { Scalar(c.kernel.0 * c.kernel.1 * c.channels.0).squareRoot() }
}

import Networks
import Tensors

/// One stream of SSANU-Net's encoder: to 128, 64 and as many channels as endmembers.
///
///     w · norm(conv(relu(norm(conv(relu(dropout(norm(conv x))))))))
///
/// - Source: the paper's Table I.
struct EncoderStream: StatefulModule {
  /// The channels of the first and second block.
  static let widths = (128, 64)

  private(set) var weight: Tensor
  private var first: Convolution2D
  private var second: Convolution2D
  private var third: Dense
  private var norms: [BatchNorm]
  private let dropout: Dropout

  init(
    _ bands: Int, _ endmembers: Int, kernels: (Int, Int), weight: Double, dropout: Double,
    using random: inout RandomStream
  ) {
    let (wide, narrow) = Self.widths
    self.weight = Tensor(Scalar(weight))
    first = Convolution2D(
      inputChannels: bands, outputChannels: wide, kernel: (kernels.0, kernels.0), initializer: .heNormal,
      using: &random)
    second = Convolution2D(
      inputChannels: wide, outputChannels: narrow, kernel: (kernels.1, kernels.1), initializer: .heNormal,
      using: &random)
    third = Dense(inputs: narrow, outputs: endmembers, initializer: .heNormal, using: &random)
    norms = [wide, narrow, endmembers].map { BatchNorm(channels: $0) }
    self.dropout = Dropout(rate: Scalar(dropout))
  }

  mutating func forEachParameter(_ body: (inout Tensor) -> Void) {
    body(&weight)
    first.forEachParameter(body)
    second.forEachParameter(body)
    third.forEachParameter(body)
    norms.forEachParameter(body)
  }

  mutating func forEachBuffer(_ body: (inout Tensor) -> Void) { norms.forEachBuffer(body) }

  /// The weighted features of the valid pixels, `[pixels, endmembers]`.
  mutating func callAsFunction(_ image: Tensor, _ scene: SceneRows, in pass: inout Pass) -> Tensor {
    // Dropout and rectifier commute; in this order the rectifier costs no pass over memory of its own.
    var pixels = norms[0](scene.rows(of: first(image)), rectified: true, in: &pass)
    pixels = dropout(pixels, in: &pass)
    pixels = norms[1](scene.rows(of: second(scene.image(of: pixels))), rectified: true, in: &pass)
    return norms[2](third(pixels), in: &pass) * weight
  }

  mutating func finishStep() { weight = weight.clamped(from: 0, to: 1) }

  /// Puts the channels into the order in which each begins most like the abundances of its endmember: that of the
  /// largest sum of correlations. Their order is random otherwise, and a stream whose channels have to change places with
  /// a decoder that moves as fast can end where one endmember stands for two materials.
  ///
  /// - Parameters:
  ///   - abundances: `[pixels, endmembers]`, of the pixels of the image.
  ///   - random: What dropout draws from.
  mutating func orderChannels(by abundances: Tensor, on image: Tensor, _ scene: SceneRows, _ random: RandomStream) {
    var trial = self
    var pass = Pass(.training, random: random)
    let features = trial(image, scene, in: &pass).detached.standardizedColumns()
    let agreement = abundances.standardizedColumns().matrixProduct(features, transposingSelf: true)
    let count = abundances.shape[1]
    let costs = (0..<count).map { k in (0..<count).map { -Double(agreement.scalars[k * count + $0]) } }
    let order = Assignment(minimizing: costs).columnOfRow.compactMap { $0 }
    third.weight = third.weight.transposed().gatheringRows(order).transposed()
    third.bias = third.bias?.expandingDimension(at: 1).gatheringRows(order).reshaped(to: [count])
  }
}

extension Tensor {
  /// Columns of mean 0 and length 1; zeros where a column does not vary.
  fileprivate func standardizedColumns() -> Tensor {
    let centred = self - mean(along: 0)
    return centred / centred.norm(along: 0, keepingDimensions: true).maximum(with: Scalar.leastNormalMagnitude)
  }
}

/// w · a E.
struct LinearDecoder: Module {
  private(set) var weight: Tensor
  /// E divided by the decoder's share of a step, so that steps of Adam move E by that share.
  private var unscaled: Tensor
  private let share: Scalar

  init(_ endmembers: Tensor, weight: Double, share: Double) {
    self.share = Scalar(share)
    unscaled = endmembers / self.share
    self.weight = Tensor(Scalar(weight))
  }

  /// E, `[endmembers, bands]`.
  var endmembers: Tensor { unscaled * share }

  mutating func forEachParameter(_ body: (inout Tensor) -> Void) {
    body(&weight)
    body(&unscaled)
  }

  func callAsFunction(_ abundances: Tensor) -> Tensor {
    abundances.matrixProduct(unscaled * (weight * share))
  }

  mutating func finishStep() {
    weight = weight.clamped(from: 0, to: 1)
    unscaled = unscaled.maximum(with: 0)
  }
}

/// w · max(((a E′) W₁ + b₁) W₂ + b₂, 0), or with a rectifier after every product.
///
/// - Source: the paper's Table II, which lists one rectifier, at the end.
struct NonlinearDecoder: Module {
  private(set) var weight: Tensor
  /// E′ divided by the decoder's share of a step.
  private var unscaled: Tensor
  private var second: Dense
  private var third: Dense
  private let rectifiesBetween: Bool
  private let share: Scalar

  init(_ endmembers: Tensor, weight: Double, _ options: SSANUNetOptions, using random: inout RandomStream) {
    let bands = endmembers.shape[1]
    share = Scalar(options.decoderRate)
    unscaled = endmembers / share
    self.weight = Tensor(Scalar(weight))
    rectifiesBetween = options.reluBetween
    if options.identityStart {
      second = Dense(weight: .identity(bands), bias: .zeros([bands]))
      third = second
    } else {
      second = Dense(inputs: bands, outputs: bands, initializer: .heNormal, using: &random)
      third = Dense(inputs: bands, outputs: bands, initializer: .heNormal, using: &random)
    }
  }

  mutating func forEachParameter(_ body: (inout Tensor) -> Void) {
    body(&weight)
    body(&unscaled)
    second.forEachParameter(body)
    third.forEachParameter(body)
  }

  func callAsFunction(_ abundances: Tensor) -> Tensor {
    let endmembers = unscaled * share
    if rectifiesBetween {
      let hidden = second(abundances.matrixProduct(endmembers).relu()).relu()
      return third(hidden).relu() * weight
    }
    // Without rectifiers between them the layers are one affine map of a few abundances, not of many bands.
    let slope = endmembers.matrixProduct(second.weight).matrixProduct(third.weight)
    let offset = third((second.bias ?? .zeros([slope.shape[1]])).expandingDimension(at: 0))
    return (abundances.matrixProduct(slope) + offset).relu() * weight
  }

  mutating func finishStep() {
    weight = weight.clamped(from: 0, to: 1)
    unscaled = unscaled.maximum(with: 0)
  }
}

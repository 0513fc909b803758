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
}

/// w · a E.
struct LinearDecoder: Module {
  private(set) var weight: Tensor
  /// E, `[endmembers, bands]`.
  private(set) var endmembers: Tensor

  init(_ endmembers: Tensor, weight: Double) {
    self.endmembers = endmembers
    self.weight = Tensor(Scalar(weight))
  }

  mutating func forEachParameter(_ body: (inout Tensor) -> Void) {
    body(&weight)
    body(&endmembers)
  }

  func callAsFunction(_ abundances: Tensor) -> Tensor { abundances.matrixProduct(endmembers * weight) }

  mutating func finishStep() {
    weight = weight.clamped(from: 0, to: 1)
    endmembers = endmembers.maximum(with: 0)
  }
}

/// w · max(((a E′) W₁ + b₁) W₂ + b₂, 0), or with a rectifier after every product.
///
/// - Source: the paper's Table II, which lists one rectifier, at the end.
struct NonlinearDecoder: Module {
  private(set) var weight: Tensor
  private(set) var endmembers: Tensor
  private var second: Dense
  private var third: Dense
  private let rectifiesBetween: Bool

  init(_ endmembers: Tensor, weight: Double, _ options: SSANUNetOptions, using random: inout RandomStream) {
    let bands = endmembers.shape[1]
    self.endmembers = endmembers
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
    body(&endmembers)
    second.forEachParameter(body)
    third.forEachParameter(body)
  }

  func callAsFunction(_ abundances: Tensor) -> Tensor {
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
    endmembers = endmembers.maximum(with: 0)
  }
}

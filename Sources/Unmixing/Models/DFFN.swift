import Networks
import Probability
import Scenes
import Tensors

/// DFFN: a convolutional autoencoder of the whole scene whose endmembers are what a second network makes of its output.
///
///     Â  = [conv 5×5 → batch norm → ReLU] × 3 (Ỹ)                  bands → 128 → 64 → endmembers
///     Ŷ₁ =  conv 5×5 → batch norm → ReLU (Â)                       endmembers → bands
///     Ê  = [dense → sigmoid] × 3 (each band of Ŷ₁)                 pixels → 1000 → 30 → endmembers
///     Ŷ₂ = Â Ê
///
///     loss = mean over pixels of θ(y, Ŷ₂) + b ((Σa − 1)² + mean over endmembers of max(−a, 0)) + c θ(Ŷ₁, Ŷ₂)
///
/// Ỹ are the spectra after ``FeatureFusion``, y those before. As a probabilistic model: a point posterior at Â, the
/// likelihood exp(−θ(y, Ŷ₂)) times a potential of the two reconstructions, and a potential as prior. Abundances are reported
/// divided by their sum.
///
/// - Shapes: a scene `[1, rows, columns, bands]`; Â is `[n, endmembers]` and Ŷ₁, Ŷ₂ are `[n, bands]` for the n pixels that
///   are not masked, Ê is `[endmembers, bands]`.
/// - Edge cases: n inputs tie the network to its scene. A pixel without any abundance is reported as an even mixture.
///   Spectra can be made from abundances after training, with the endmembers of the last step's pass.
/// - Source: Tao, Koirala, Plaza & Scheunders, *A New Dual-Feature Fusion Network for Enhanced Hyperspectral Unmixing*, IEEE
///   TGRS 62, 2024, doi 10.1109/TGRS.2024.3505292, Eqs. 8–18, and the code released with it.
/// - Deviation: the released code holds the cosine of θ away from ±1; here θ is exact, and its slope held near 0 and π.
public struct DFFN: PublishedModel {
  private let options: DFFNOptions
  /// The number of endmembers.
  public let endmemberCount: Int
  private var encoder: [Block] = []
  private var decoder: Block
  private var extraction: [Dense] = []
  private var extracted: Tensor
  private var firstReconstruction: Tensor?

  /// The whole scene.
  public var view: View { .scene }

  /// A model with fresh weights.
  public init(_ options: DFFNOptions, _ facts: ModelFacts, using random: inout RandomStream) {
    self.options = options
    endmemberCount = facts.endmembers
    var channels = facts.bands
    for width in options.abundanceWidths + [facts.endmembers] {
      encoder.append(Block(channels, width, options.kernel, using: &random))
      channels = width
    }
    decoder = Block(channels, facts.bands, options.kernel, using: &random)
    var inputs = facts.pixels
    for width in options.endmemberWidths + [facts.endmembers] {
      extraction.append(Dense(inputs: inputs, outputs: width, using: &random))
      inputs = width
    }
    extracted = Tensor(repeating: 0.5, [facts.endmembers, facts.bands])
  }

  /// Visits the convolutions with their batch norms, then the network that makes endmembers.
  public mutating func forEachParameter(_ body: (inout Tensor) -> Void) {
    encoder.forEachParameter(body)
    decoder.forEachParameter(body)
    extraction.forEachParameter(body)
  }

  /// Visits the running statistics of the batch norms, then the endmembers.
  public mutating func forEachBuffer(_ body: (inout Tensor) -> Void) {
    encoder.forEachBuffer(body)
    decoder.forEachBuffer(body)
    body(&extracted)
  }

  /// b ((Σa − 1)² + mean max(−a, 0)), which the rectifier makes b (Σa − 1)².
  public var prior: any Density {
    let weight = Scalar(options.sumToOneWeight)
    return Potential { abundances in
      let sumToOne = (abundances.sum(along: -1) - 1).squared()
      return (sumToOne + (-abundances).relu().mean(along: -1)) * weight
    }
  }

  /// The point Â. Ŷ₁ and Ê are made on the way and kept for the reconstruction.
  public mutating func posterior(of sight: Sight, in pass: inout Pass) -> Delta {
    let scene = SceneRows(sight)
    var abundances = encoder[0](sight.spectra, scene, in: &pass)
    for layer in encoder.indices.dropFirst() {
      abundances = encoder[layer](scene.image(of: abundances), scene, in: &pass)
    }
    let reconstruction = decoder(scene.image(of: abundances), scene, in: &pass)
    var features = reconstruction.transposed()
    for layer in extraction { features = layer(features).sigmoid() }
    extracted = features.transposed()
    firstReconstruction = reconstruction
    return Delta(abundances)
  }

  /// A spectral angle around Ŷ₂, times the agreement with Ŷ₁ of the same pass.
  public mutating func reconstruction(from abundances: Tensor, in pass: inout Pass) -> Reconstruction {
    let spectra = abundances.matrixProduct(extracted)
    let angle = SpectralAngle(mean: spectra)
    let weight = Scalar(options.agreementWeight)
    guard weight > 0, let first = firstReconstruction, first.shape == spectra.shape else {
      return Reconstruction(spectra, density: angle)
    }
    let agreement = Potential { _ in first.angle(to: spectra) * weight }
    return Reconstruction(spectra, density: Product([angle, agreement]))
  }

  /// Â / Σ Â.
  public func readout(of abundances: Tensor) -> Tensor { abundances.sharesOfSum() }

  /// Ê of the last pass.
  public func endmembers(in pass: inout Pass) -> Tensor { extracted }

  /// Lets go of Ŷ₁.
  public mutating func finishStep() { firstReconstruction = nil }
}

/// conv → batch norm → ReLU, the latter two over the pixels that are not masked.
private struct Block: StatefulModule {
  private var convolution: Convolution2D
  private var norm: BatchNorm

  init(_ inputs: Int, _ outputs: Int, _ kernel: Int, using random: inout RandomStream) {
    convolution = Convolution2D(
      inputChannels: inputs, outputChannels: outputs, kernel: (kernel, kernel), using: &random)
    norm = BatchNorm(channels: outputs)
  }

  mutating func forEachParameter(_ body: (inout Tensor) -> Void) {
    convolution.forEachParameter(body)
    norm.forEachParameter(body)
  }

  mutating func forEachBuffer(_ body: (inout Tensor) -> Void) { norm.forEachBuffer(body) }

  /// `[1, rows, columns, inputs]` to `[n, outputs]`.
  mutating func callAsFunction(_ image: Tensor, _ scene: SceneRows, in pass: inout Pass) -> Tensor {
    norm(scene.rows(of: convolution(image)), rectified: true, in: &pass)
  }
}

import Networks
import Probability
import Scenes
import Tensors

/// MLP-LDVAE with the papers' Dirichlet posterior.
public typealias MLPLDVAE = PerceptronLDVAE<DirichletHead>

/// MLP-LDVAE: a perceptron that maps one pixel's spectrum to a posterior of its abundances.
///
///     x → [dense → batch norm → ReLU] × 3 → dense → head → α, or mean and covariance
///
/// - Shapes: patches `[n, bands]`.
/// - Source: Mantripragada & Qureshi, IEEE TGRS 62, 2024 (arXiv 2203.01327).
/// - Deviation: the paper gives neither widths nor depth; 256–128–64 with batch norm here.
public struct PerceptronLDVAE<Head: AbundanceHead>: LDVAE {
  let options: LDVAEOptions
  /// The number of endmembers.
  public let endmemberCount: Int
  private var layers: [Dense] = []
  private var norms: [BatchNorm] = []
  private var last: Dense
  var head: Head
  var decoder: SpectrumDecoder

  /// One pixel's spectrum.
  public var view: View { .pixel }

  /// A model with fresh weights.
  public init(_ options: LDVAEOptions, _ facts: ModelFacts, using random: inout RandomStream) {
    self.options = options
    endmemberCount = facts.endmembers
    var width = facts.bands
    for next in options.encoderHidden {
      layers.append(Dense(inputs: width, outputs: next, using: &random))
      norms.append(BatchNorm(channels: next))
      width = next
    }
    last = Dense(inputs: width, outputs: Head.inputs(for: facts.endmembers), using: &random)
    head = Head(options, endmembers: facts.endmembers)
    decoder = SpectrumDecoder(
      options, endmembers: facts.endmembers, bands: facts.bands, initial: facts.initialEndmembers, using: &random)
  }

  /// Visits encoder, head and decoder, in this order.
  public mutating func forEachParameter(_ body: (inout Tensor) -> Void) {
    layers.forEachParameter(body)
    norms.forEachParameter(body)
    last.forEachParameter(body)
    head.forEachParameter(body)
    decoder.forEachParameter(body)
  }

  /// Visits the running statistics of the batch norms.
  public mutating func forEachBuffer(_ body: (inout Tensor) -> Void) {
    norms.forEachBuffer(body)
  }

  mutating func features(of patches: Tensor, in pass: inout Pass) -> Tensor {
    var features = patches
    for position in layers.indices {
      features = norms[position](layers[position](features), rectified: true, in: &pass)
    }
    return last(features)
  }
}

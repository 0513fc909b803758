import Networks
import Probability
import Scenes
import Tensors

/// SpACNN-LDVAE with the paper's Dirichlet posterior.
public typealias SpACNNLDVAE = AttentionLDVAE<DirichletHead>

/// SpACNN-LDVAE: an isotropic convolutional encoder with spatial attention over a patch around the pixel.
///
///     F = [conv 3×3 → batch norm → ReLU] × (1 + depth) (patch)               width channels, resolution kept
///     F = conv 3×3 → batch norm → ReLU (F)                                   endmember channels (readout .endmemberChannels)
///     A = sigmoid(conv 3×3 [max over channels of F; mean over channels of F])
///     z = Σ over positions of A ⊙ F                                          Eq. 2
///     α = head (z, or dense z for readout .dense)                            Eq. 3
///
/// The decoder reconstructs the centre pixel.
///
/// - Shapes: patches `[n, side, side, bands]`.
/// - Source: Chitnis, Mantripragada & Qureshi, *SpACNN-LDVAE: Spatial Attention Convolutional Latent Dirichlet
///   Variational Autoencoder for Hyperspectral Pixel Unmixing*, IGARSS 2024, Eqs. 1–6 and Fig. 2.
/// - Deviation: features after the paper's last ReLU are non-negative, and so is their sum: with a softplus head no
///   abundance could come near 0. By default attention therefore gates all channels and a dense layer follows.
///   Width 64 instead of the figure's 512; patches of 3×3 and 1 + 3 convolutions instead of 5×5 and 1 + 6, which on
///   validation pixels do as well or better, and carry over better to tiles no pixel of which was trained on.
public struct AttentionLDVAE<Head: AbundanceHead>: LDVAE {
  let options: LDVAEOptions
  /// The number of endmembers.
  public let endmemberCount: Int
  private var convolutions: [Convolution2D] = []
  private var norms: [BatchNorm] = []
  private var attention: SpatialAttention
  private var last: Dense?
  var head: Head
  var decoder: SpectrumDecoder

  /// A square patch around the pixel.
  public var view: View { .window(side: options.patchSide, padding: options.padding.padding) }

  /// A model with fresh weights.
  public init(_ options: LDVAEOptions, _ facts: ModelFacts, using random: inout RandomStream) {
    self.options = options
    endmemberCount = facts.endmembers
    var widths = [Int](repeating: options.width, count: options.depth + 1)
    if options.readout == .endmemberChannels { widths.append(Head.inputs(for: facts.endmembers)) }
    var channels = facts.bands
    for width in widths {
      convolutions.append(
        Convolution2D(inputChannels: channels, outputChannels: width, kernel: (3, 3), bias: false, using: &random))
      norms.append(BatchNorm(channels: width))
      channels = width
    }
    attention = SpatialAttention(kernel: 3, batchNorm: options.attentionBatchNorm, using: &random)
    if options.readout == .dense {
      last = Dense(inputs: channels, outputs: Head.inputs(for: facts.endmembers), using: &random)
    }
    head = Head(options, endmembers: facts.endmembers)
    decoder = SpectrumDecoder(
      options, endmembers: facts.endmembers, bands: facts.bands, initial: facts.initialEndmembers, using: &random)
  }

  /// Visits encoder, head and decoder, in this order.
  public mutating func forEachParameter(_ body: (inout Tensor) -> Void) {
    convolutions.forEachParameter(body)
    norms.forEachParameter(body)
    attention.forEachParameter(body)
    last.forEachParameter(body)
    head.forEachParameter(body)
    decoder.forEachParameter(body)
  }

  /// Visits the running statistics of the batch norms.
  public mutating func forEachBuffer(_ body: (inout Tensor) -> Void) {
    norms.forEachBuffer(body)
    attention.forEachBuffer(body)
  }

  mutating func features(of patches: Tensor, in pass: inout Pass) -> Tensor {
    var features = patches
    for position in convolutions.indices {
      features = norms[position](convolutions[position](features), rectified: true, in: &pass)
    }
    let gated = attention(features, in: &pass).sum(along: 1, 2)
    return last.map { $0(gated) } ?? gated
  }
}

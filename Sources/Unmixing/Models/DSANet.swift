import Networks
import Probability
import Scenes
import Tensors

/// DSANet: a branch that sees a window and one that sees several views of the bands, fused by attention to each other.
///
///     spatial   h = relu(dropout(norm(D x)))  for every pixel of the window;  s₁ = relu(conv over the window's h)   Eqs. 1, 2
///     spectral  s₂ = Σ over views of relu(dropout(norm(Dᵥ xᵥ)))  of the pixel in the middle                         Eqs. 3, 4
///     fusion    s = s₁ · att(s₁ s₂ᵀ) + s₂ · att(s₂ s₁ᵀ),   a = s / Σ s                                              Eqs. 5–7
///     decoder   x̂ = a E, E ≥ 0                                                                                      Eq. 8
///     loss = λ₁ θ(x, x̂) + λ₂ Σ √a, the mean over the batch                                                          Eq. 9
///
/// As a probabilistic model: the posterior is a point, the likelihood exp(−λ₁θ), the prior exp(−λ₂ Σ √a).
///
/// - Shapes: the sight is `[n, side, side, bands]`, abundances `[n, endmembers]`.
/// - Source: Wang, Wu, Qi & Gao, *Dual-Stream Attention Network for Hyperspectral Image Unmixing*, 2024, arXiv
///   2406.01644, Eqs. 1–9.
/// - Deviation: the paper states neither window, widths, clusters, views, attention, the sum to one nor any weight. The
///   product of its Eqs. 5 and 6 is read as the outer one, without which the two would be the same; attention as the
///   softmax of every row over a learned temperature. √(a + 10⁻⁸) keeps the slope at 0 finite.
public struct DSANet: PublishedModel {
  private let options: DSANetOptions
  /// The number of endmembers.
  public let endmemberCount: Int
  /// The view of every band, `[bands]`: whole numbers, kept as a buffer so that a saved model deals bands as it learned.
  private var viewOfBand: Tensor
  private var shared: Dense
  private var sharedNorm: BatchNorm
  private var window: Dense
  private var viewLayers: [Dense]
  private var viewNorms: [BatchNorm]
  private var attention: CrossAttention
  /// E divided by the decoder's share of a step, so that steps of Adam move E by that share.
  private var decoder: Tensor
  private let dropout: Dropout

  /// A square window around the pixel.
  public var view: View { .window(side: options.patchSide, padding: options.padding.padding) }

  /// A model with fresh weights.
  ///
  /// - Throws: ``UnmixingError/configuration(field:expected:found:)`` for more views than bands.
  public init(_ options: DSANetOptions, _ facts: ModelFacts, using random: inout RandomStream) throws {
    let (bands, count) = (facts.bands, facts.endmembers)
    try options.require(options.views <= bands, "views", "at most \(bands), the number of bands", options.views)
    self.options = options
    endmemberCount = count
    let partition = BandPartition(
      bands: bands, views: options.views, clusters: options.clusters, spectra: facts.spectra)
    viewOfBand = Tensor(partition.viewOfBand.map { Scalar($0) })
    let width = options.width
    shared = Dense(inputs: bands, outputs: width, initializer: .heNormal, using: &random)
    sharedNorm = BatchNorm(channels: width)
    window = Dense(
      inputs: options.patchSide * options.patchSide * width, outputs: count, initializer: .heNormal, using: &random)
    let sizes = (0..<options.views).map { view in partition.viewOfBand.count { $0 == view } }
    viewLayers = []
    for size in sizes {
      viewLayers.append(Dense(inputs: size, outputs: count, initializer: .heNormal, using: &random))
    }
    viewNorms = sizes.map { _ in BatchNorm(channels: count) }
    attention = CrossAttention(options.attention, endmembers: count, using: &random)
    let start = facts.initialEndmembers ?? random.uniform([count, bands])
    decoder = start.maximum(with: 0) / Scalar(options.decoderRate)
    dropout = Dropout(rate: Scalar(options.dropout))
  }

  /// Visits spatial branch, spectral branch, attention and decoder, in this order.
  public mutating func forEachParameter(_ body: (inout Tensor) -> Void) {
    shared.forEachParameter(body)
    sharedNorm.forEachParameter(body)
    window.forEachParameter(body)
    viewLayers.forEachParameter(body)
    viewNorms.forEachParameter(body)
    attention.forEachParameter(body)
    body(&decoder)
  }

  /// Visits the bands' views and the running statistics of the batch norms.
  public mutating func forEachBuffer(_ body: (inout Tensor) -> Void) {
    body(&viewOfBand)
    sharedNorm.forEachBuffer(body)
    viewNorms.forEachBuffer(body)
  }

  /// exp(−λ₂ Σ √a), not normalised.
  public var prior: any Density {
    let weight = Scalar(options.sparsityWeight)
    return Potential { ($0 + 1e-8).sqrt().sum(along: -1) * weight }
  }

  /// All mass at the fused abundances, which lie on the simplex.
  public mutating func posterior(of sight: Sight, in pass: inout Pass) -> Delta {
    let fused = attention(
      spatialAbundances(of: sight.spectra, in: &pass), spectralAbundances(of: sight.spectra, in: &pass))
    if options.normalization == .softmax { return Delta(fused.softmax()) }
    // The guard makes equal shares of abundances that are all 0.
    let guarded = fused + 1e-6
    return Delta(guarded / guarded.sum(along: -1, keepingDimensions: true))
  }

  private mutating func spatialAbundances(of windows: Tensor, in pass: inout Pass) -> Tensor {
    let (count, places, bands) = (windows.shape[0], options.patchSide * options.patchSide, windows.shape[3])
    let pixels = shared(windows.reshaped(to: [count * places, bands]))
    // Dropout and rectifier commute; in this order the rectifier costs no pass over memory of its own.
    let hidden = sharedNorm(pixels, rectified: true, in: &pass).reshaped(to: [count, places * options.width])
    // A convolution over the window's pixels with a kernel as long as the window has one output: a dense layer.
    return window(dropout(hidden, in: &pass)).relu()
  }

  private mutating func spectralAbundances(of windows: Tensor, in pass: inout Pass) -> Tensor {
    let (count, places, bands) = (windows.shape[0], options.patchSide * options.patchSide, windows.shape[3])
    let middle = places / 2
    let centers = windows.reshaped(to: [count, places, bands]).slice(along: 1, middle..<middle + 1)
      .reshaped(to: [count, bands])
    let viewOfBand = self.viewOfBand.scalars.map { Int($0) }
    return viewLayers.indices.reduce(Tensor(0)) { sum, view in
      let seen = centers.gatheringColumns(viewOfBand.indices.filter { viewOfBand[$0] == view })
      let features = viewNorms[view](viewLayers[view](seen), rectified: true, in: &pass)
      return sum + dropout(features, in: &pass)
    }
  }

  /// Mixed endmembers, and a density of their direction.
  public mutating func reconstruction(from abundances: Tensor, in pass: inout Pass) -> Reconstruction {
    let mean = abundances.matrixProduct(decoder * Scalar(options.decoderRate))
    return Reconstruction(mean, density: SpectralAngle(mean: mean, sharpness: Scalar(options.angleWeight)))
  }

  /// Puts endmembers back above 0, and the attention's temperature above its least.
  public mutating func finishStep() {
    decoder = decoder.maximum(with: 0)
    attention.finishStep()
  }
}

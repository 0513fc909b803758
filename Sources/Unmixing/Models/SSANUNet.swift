import Networks
import Probability
import Scenes
import Tensors

/// SSANU-Net: a spatial and a spectral stream see the whole scene at once, a linear and a nonlinear decoder explain it.
///
///     a = max(w₁ spatial(X) + w₂ spectral(X), 0)                                          Eq. 11
///     x̂ = w₃ a E + w₄ max(((a E′) W₁ + b₁) W₂ + b₂, 0)                                    Eq. 12
///     loss = mean over pixels of ‖x − x̂‖² + λ Σ |1 − Σ a| + γ ‖A‖∗                         Eqs. 13–16
///
/// w are learned and kept in 0 … 1, E and E′ kept non-negative. As a probabilistic model: the posterior is a point, the
/// likelihood normal with the fixed deviation that makes −log p(x∣a) the squared error (its constant is left out), the
/// prior the two penalties. Pixels are averaged and penalties are not, so that the energy of the prior is as many times
/// the penalties as there are pixels.
///
/// - Shapes: the sight is `[1, rows, columns, bands]`, abundances `[pixels, endmembers]`.
/// - Edge cases: masked pixels are zeros to the convolutions and enter neither batch statistics nor loss.
/// - Source: Chen, Zhang, Ren, Zhou, Feng & Cheng, *An Improved Hyperspectral Unmixing Approach Based on a Spatial–Spectral
///   Adaptive Nonlinear Unmixing Network*, IEEE JSTARS 2023, doi 10.1109/JSTARS.2023.3323748, Eqs. 9–17, Tables I and II.
/// - Deviation: the paper states no rate of dropout, no start of the layers after the endmembers, and no scaling of
///   spectra. Its "stride strategy" would leave abundances smaller than the scene; the stride is 1. Reported abundances
///   are divided by their sum, which its loss enforces weakly; the network's own are kept beside them. The channels of both
///   streams begin in the order of the endmembers they are most like, where those of the paper begin in any order.
public struct SSANUNet: PublishedModel {
  private let options: SSANUNetOptions
  /// The number of endmembers.
  public let endmemberCount: Int
  private let bands: Int
  private var spatial: EncoderStream?
  private var spectral: EncoderStream?
  private var linear: LinearDecoder?
  private var nonlinear: NonlinearDecoder?

  /// The whole scene.
  public var view: View { .scene }

  /// A model with fresh weights.
  public init(_ options: SSANUNetOptions, _ facts: ModelFacts, using random: inout RandomStream) {
    self.options = options
    (endmemberCount, bands) = (facts.endmembers, facts.bands)
    let start = (facts.initialEndmembers ?? random.uniform([facts.endmembers, facts.bands])).maximum(with: 0)
    let isTwoStreams = options.spatial && options.spectral
    if options.spatial {
      spatial = EncoderStream(
        bands, endmemberCount, kernels: (5, 3), weight: isTwoStreams ? options.spatialWeight : 1,
        dropout: options.dropout, using: &random)
    }
    if options.spectral {
      spectral = EncoderStream(
        bands, endmemberCount, kernels: (1, 1), weight: isTwoStreams ? options.spectralWeight : 1,
        dropout: options.dropout, using: &random)
    }
    let isTwoDecoders = options.linear && options.nonlinear
    if options.linear {
      linear = LinearDecoder(
        start, weight: isTwoDecoders ? options.linearWeight : 1, share: options.decoderRate)
    }
    if options.nonlinear {
      nonlinear = NonlinearDecoder(
        start, weight: isTwoDecoders ? options.nonlinearWeight : 1, options, using: &random)
    }
    if let endmembers = facts.initialEndmembers, let spectra = facts.spectra {
      orderChannels(by: endmembers, spectra.detached, random)
    }
  }

  /// Lets every channel of the encoder begin as the endmember it is most like.
  ///
  /// Pixels stand below each other here: to the spatial stream the neighbours in a row of the scene are neighbours.
  private mutating func orderChannels(by endmembers: Tensor, _ spectra: Tensor, _ random: RandomStream) {
    if spectra.shape[0] < 2 || endmemberCount > SimplexLeastSquares.mostEndmembers { return }
    let abundances = SimplexLeastSquares(endmembers: endmembers, normalized: true).solve(spectra)
    let line = SceneRows(count: spectra.shape[0])
    let image = line.image(of: spectra)
    spatial?.orderChannels(by: abundances, on: image, line, random)
    spectral?.orderChannels(by: abundances, on: image, line, random)
  }

  /// Visits spatial and spectral stream, linear and nonlinear decoder, in this order.
  public mutating func forEachParameter(_ body: (inout Tensor) -> Void) {
    spatial.forEachParameter(body)
    spectral.forEachParameter(body)
    linear.forEachParameter(body)
    nonlinear.forEachParameter(body)
  }

  /// Visits the running statistics of the batch norms.
  public mutating func forEachBuffer(_ body: (inout Tensor) -> Void) {
    spatial.forEachBuffer(body)
    spectral.forEachBuffer(body)
  }

  /// λ Σ |1 − Σ a| + γ ‖A‖∗, times the number of pixels.
  public var prior: any Density {
    let (sum, nuclear) = (Scalar(options.sumToOneWeight), Scalar(options.nuclearWeight))
    return Potential { abundances in
      let missing = (1 - abundances.sum(along: -1)).absolute()
      return missing * (sum * Scalar(missing.count)) + abundances.nuclearNorm() * nuclear
    }
  }

  /// All mass at the abundances of the valid pixels, which are not negative; the loss alone draws their sums to 1.
  public mutating func posterior(of sight: Sight, in pass: inout Pass) -> Delta {
    let scene = SceneRows(sight)
    let pixels = scene.rows(of: sight.spectra)
    var sum: Tensor?
    if spatial != nil {
      // What a masked pixel holds must not reach its neighbours.
      let image = sight.validPixels == nil ? sight.spectra : scene.image(of: pixels)
      sum = spatial?(image, scene, in: &pass)
    }
    if spectral != nil {
      // Kernels of 1 × 1 see no neighbours: the valid pixels are an image of one column.
      let line = SceneRows(count: pixels.shape[0])
      let features = spectral?(line.image(of: pixels), line, in: &pass)
      sum = sum.flatMap { sum in features.map { sum + $0 } } ?? features
    }
    guard let sum else { preconditionFailure("an encoder without streams") }
    return Delta(sum.relu())
  }

  /// A spectrum, and a normal density of variance bands/2 (or ½) around it without its normalising constant, so that
  /// minus its logarithm is the squared error.
  public mutating func reconstruction(from abundances: Tensor, in pass: inout Pass) -> Reconstruction {
    let mean = decoded(abundances)
    let divisor = options.mseNormalization == .entries ? Scalar(bands) : 1
    // The constant of hundreds of nats would leave the loss, of the order of 10⁻³, few digits in Float.
    return Reconstruction(mean, density: Potential { ($0 - mean).squaredNorm(along: -1) / divisor })
  }

  private func decoded(_ abundances: Tensor) -> Tensor {
    switch (linear, nonlinear) {
    case (let linear?, let nonlinear?): linear(abundances) + nonlinear(abundances)
    case (let linear?, nil): linear(abundances)
    case (nil, let nonlinear?): nonlinear(abundances)
    case (nil, nil): preconditionFailure("a decoder without parts")
    }
  }

  /// Divided by their sum; equal shares where all are 0.
  public func readout(of abundances: Tensor) -> Tensor {
    let guarded = abundances + 1e-12
    return guarded / guarded.sum(along: -1, keepingDimensions: true)
  }

  /// The weights of the linear decoder; without one, what the nonlinear decoder makes of one-hot abundances.
  public func endmembers(in pass: inout Pass) -> Tensor {
    linear?.endmembers ?? decoded(.identity(endmemberCount))
  }

  /// Puts the weights of streams and decoders back into 0 … 1, and endmembers above 0.
  public mutating func finishStep() {
    spatial?.finishStep()
    spectral?.finishStep()
    linear?.finishStep()
    nonlinear?.finishStep()
  }
}

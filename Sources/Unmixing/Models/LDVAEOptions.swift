import Probability
import Scenes

/// The family of the network's posterior of abundances.
public enum AbundanceFamily: String, Codable, Sendable, CaseIterable {
  /// The papers' Dirichlet: with similar endmembers too narrow, however well it is trained.
  case dirichlet
  /// A logistic-normal distribution with a full covariance.
  case logisticNormal
}

/// How the encoder's last numbers become the concentration α of a Dirichlet.
public enum ConcentrationHead: String, Codable, Sendable, CaseIterable {
  /// α = softmax(z): the papers' head. The total concentration is 1 whatever the pixel, so a draw is close to a vertex.
  case softmax
  /// α = s · softmax(z), with one learned total s for all pixels.
  case scaledSoftmax
  /// α = log(1 + eᶻ) + 10⁻³: every pixel has a total of its own.
  case softplus
  /// α = eᶻ + 10⁻³ with z held in [−8, 8]: as `softplus`, with a total that grows faster.
  case exponential
}

/// How a Dirichlet is drawn from.
public enum AbundanceSampler: String, Codable, Sendable, CaseIterable {
  /// Exactly, with implicit reparameterisation gradients.
  case exact
  /// By the approximate inverse distribution function of the papers: good for α < 1, biased for α ≫ 1.
  case inverseCDF
}

/// Where the reconstruction's standard deviation comes from.
public enum DecoderDeviation: String, Codable, Sendable, CaseIterable {
  /// One learned number for each band.
  case perBand
  /// One learned number.
  case global
  /// `initialDeviation`, not learned.
  case fixed
}

/// What maps abundances to a spectrum.
public enum DecoderKind: String, Codable, Sendable, CaseIterable {
  /// Σₖ aₖ eₖ with learned non-negative endmembers eₖ.
  case linear
  /// A multilayer perceptron.
  case mlp
}

/// The last activation of an MLP decoder.
public enum DecoderOutput: String, Codable, Sendable, CaseIterable {
  /// None.
  case identity
  /// Into (0, 1), for reflectance.
  case sigmoid
  /// Positive, and without an upper bound.
  case softplus
}

/// How the convolutional encoder's features become one number per endmember.
public enum SpatialReadout: String, Codable, Sendable, CaseIterable {
  /// A last convolution to one channel per endmember, attention over those, and their sum: the paper's figure.
  case endmemberChannels
  /// Attention over all channels, their sum, and a dense layer.
  case dense
}

/// Everything that shapes an MLP-LDVAE or a SpACNN-LDVAE, apart from how it is trained.
public struct LDVAEOptions: ModelOptions {
  /// The number of endmembers; 0 takes it from the truth.
  public var endmembers = 0
  /// What is done to spectra first.
  public var spectra = SpectrumScaling.unitNorm
  /// What the encoder is shown in place of the spectra.
  public var fusion = FeatureFusion()
  /// The family of the network's posterior of abundances; the options of concentration and sampler are the Dirichlet's.
  public var posterior = AbundanceFamily.dirichlet
  /// The concentration head. Against `softplus`, whose total grows slowly, `exponential` halves the abundance error on
  /// validation pixels of labelled scenes.
  public var head = ConcentrationHead.exponential
  /// The total concentration that `scaledSoftmax` starts from.
  public var initialTotal = 30.0
  /// How abundances are drawn in training.
  public var sampler = AbundanceSampler.exact
  /// The concentration of the symmetric Dirichlet prior.
  public var priorConcentration = 1.0
  /// What maps abundances to a spectrum.
  public var decoder = DecoderKind.linear
  /// What the decoder starts from; an MLP decoder as the linear mixture of these endmembers.
  public var start = EndmemberStart.labelled
  /// The file of the start `library`.
  public var library = ""
  /// The hidden widths of an MLP decoder.
  public var decoderHidden = [64, 128]
  /// The last activation of an MLP decoder.
  public var decoderOutput = DecoderOutput.identity
  /// Where the reconstruction's standard deviation comes from.
  public var deviation = DecoderDeviation.perBand
  /// The standard deviation training starts from (or keeps, when fixed), in units of the scaled spectra.
  public var initialDeviation = 0.1
  /// The least standard deviation; a learned one is kept between this and 1.
  public var leastDeviation = 1e-3
  /// The hidden widths of the MLP encoder (MLP-LDVAE only).
  public var encoderHidden = [256, 128, 64]
  /// The side of the patch around a pixel, odd, 1 … 9 (SpACNN-LDVAE only; 5 in the papers, 3 is as good and faster).
  public var patchSide = 3
  /// What stands outside the scene's edge (SpACNN-LDVAE only).
  public var padding = PatchPadding.reflect
  /// The number of filters of every convolution (SpACNN-LDVAE only; 512 in the published figure).
  public var width = 64
  /// The number of convolutions after the first (SpACNN-LDVAE only; 6 in the papers, 3 carries over better to unseen tiles).
  public var depth = 3
  /// How features become one number per endmember (SpACNN-LDVAE only).
  public var readout = SpatialReadout.dense
  /// Whether attention is batch-normalised, as in the published figure (SpACNN-LDVAE only).
  public var attentionBatchNorm = false

  /// The defaults: what works best on labelled scenes.
  public init() {}

  /// The words of every option that has some.
  public static let choices = [
    "spectra": words(SpectrumScaling.self),
    "posterior": words(AbundanceFamily.self),
    "head": words(ConcentrationHead.self),
    "sampler": words(AbundanceSampler.self),
    "decoder": words(DecoderKind.self),
    "start": words(EndmemberStart.self),
    "decoderOutput": words(DecoderOutput.self),
    "deviation": words(DecoderDeviation.self),
    "padding": words(PatchPadding.self),
    "readout": words(SpatialReadout.self),
  ]

  /// Refuses what cannot be built.
  ///
  /// - Throws: ``UnmixingError/configuration(field:expected:found:)``.
  public func check() throws {
    try checkEndmemberCount()
    try require((1...9).contains(patchSide) && patchSide % 2 == 1, "patchSide", "1, 3, 5, 7 or 9", patchSide)
    try require((1...4096).contains(width), "width", "1 … 4096", width)
    try require((0...64).contains(depth), "depth", "0 … 64", depth)
    try require(priorConcentration > 0, "priorConcentration", "a positive number", priorConcentration)
    try require(initialTotal > 0, "initialTotal", "a positive number", initialTotal)
    try require(leastDeviation > 0 && leastDeviation < 1, "leastDeviation", "a number between 0 and 1", leastDeviation)
    if posterior == .logisticNormal {
      // Sums of rectified channels are not negative, and a mean of log-ratios has to be.
      try require(readout == .dense, "readout", "dense, since posterior is logisticNormal", readout)
      try require(sampler == .exact, "sampler", "exact, since posterior is logisticNormal", sampler)
    }
    let deviations = leastDeviation...1
    try require(deviations.contains(initialDeviation), "initialDeviation", "\(leastDeviation) … 1", initialDeviation)
    for (field, widths) in [("encoderHidden", encoderHidden), ("decoderHidden", decoderHidden)] {
      try require(widths.allSatisfy { (1...65536).contains($0) }, field, "widths from 1 to 65536", widths)
    }
  }
}

/// What stands outside the scene's edge in a patch.
public enum PatchPadding: String, Codable, Sendable, CaseIterable {
  /// The scene mirrored about its edge pixels.
  case reflect
  /// Zeros.
  case zero

  var padding: View.Padding { self == .reflect ? .reflect : .zero }
}

import Tensors

/// Over what the squared error of a reconstruction is averaged.
public enum MSENormalization: String, Codable, Sendable, CaseIterable {
  /// Over pixels and bands.
  case entries
  /// Over pixels, and summed over bands.
  case pixels
}

/// Everything that shapes an SSANU-Net, apart from how it is trained.
public struct SSANUNetOptions: ModelOptions {
  /// The number of endmembers; 0 takes it from the truth.
  public var endmembers = 0
  /// What is done to spectra first.
  public var spectra = SpectrumScaling.sceneMaximum
  /// What both streams are shown in place of the spectra.
  public var fusion = FeatureFusion()
  /// What the endmembers of both decoders start from. The paper does not say whether its experiments used extracted or
  /// reference spectra.
  public var start = EndmemberStart.extracted
  /// The file of the start `library`.
  public var library = ""
  /// The rate of dropout after the first block of each stream, which the paper does not state.
  public var dropout = 0.5
  /// Over what the squared error is averaged; the paper's Eq. 13 allows both readings.
  public var mseNormalization = MSENormalization.entries
  /// λ, the weight of Σ |1 − Σ a| over the scene.
  public var sumToOneWeight = 1e-7
  /// γ, the weight of the abundances' nuclear norm.
  public var nuclearWeight = 1e-5
  /// Whether there is a spatial stream in the encoder.
  public var spatial = true
  /// Whether there is a spectral stream in the encoder.
  public var spectral = true
  /// Whether there is a linear decoder.
  public var linear = true
  /// Whether there is a nonlinear decoder.
  public var nonlinear = true
  /// What the spatial stream is first weighted by, from 0 to 1; by 1 where it is alone.
  public var spatialWeight = 0.6
  /// What the spectral stream is first weighted by; by 1 where it is alone.
  public var spectralWeight = 0.4
  /// What the linear decoder is first weighted by; by 1 where it is alone.
  public var linearWeight = 0.9
  /// What the nonlinear decoder is first weighted by; by 1 where it is alone.
  public var nonlinearWeight = 0.1
  /// Whether a rectifier follows every layer of the nonlinear decoder, not just the last.
  public var reluBetween = false
  /// Whether the nonlinear decoder starts as a copy of the linear one, its last two layers as identities.
  public var identityStart = true

  /// The defaults: the paper's for Jasper Ridge.
  public init() {}

  /// Yes: the scene is one sample.
  public static let seesWholeScene = true

  /// The words of every option that has some.
  public static let choices = [
    "spectra": words(SpectrumScaling.self),
    "start": words(EndmemberStart.self),
    "mseNormalization": words(MSENormalization.self),
  ]

  /// Refuses what cannot be built.
  ///
  /// - Throws: ``UnmixingError/configuration(field:expected:found:)``.
  public func check() throws {
    try checkEndmemberCount()
    try require((0..<1).contains(dropout), "dropout", "a rate from 0 to less than 1", dropout)
    for (field, weight) in [("sumToOneWeight", sumToOneWeight), ("nuclearWeight", nuclearWeight)] {
      try require(weight >= 0 && weight.isFinite, field, "a number of at least 0", weight)
    }
    let shares = [
      ("spatialWeight", spatialWeight), ("spectralWeight", spectralWeight), ("linearWeight", linearWeight),
      ("nonlinearWeight", nonlinearWeight),
    ]
    for (field, share) in shares { try require((0...1).contains(share), field, "a number from 0 to 1", share) }
    try require(spatial || spectral, "spatial and spectral", "at least one stream", "none")
    try require(linear || nonlinear, "linear and nonlinear", "at least one decoder", "none")
  }

  /// Four times the first block's channels and twice the second's for each stream, and some ten spectra.
  public func bytes(of pass: ScenePass) -> Double? {
    let streams = (spatial ? 1 : 0) + (spectral ? 1 : 0)
    let numbers = streams * (4 * EncoderStream.widths.0 + 2 * EncoderStream.widths.1) + 10 * pass.bands
    return Double(numbers * pass.pixels * MemoryLayout<Scalar>.size)
  }
}

/// How the products of DSANet's two abundance maps are formed and turned into weights.
public enum AttentionKind: String, Codable, Sendable, CaseIterable {
  /// Outer products; every row's softmax is a matrix that mixes endmembers.
  case outer
  /// Products endmember by endmember; a dense layer and a sigmoid gate every endmember.
  case elementwise
}

/// How fused abundances are made to sum to one.
public enum AbundanceNormalization: String, Codable, Sendable, CaseIterable {
  /// By division.
  case sum
  /// By a softmax.
  case softmax
}

/// Everything that shapes a DSANet, apart from how it is trained. The paper states none of the numbers.
public struct DSANetOptions: ModelOptions {
  /// The number of endmembers; 0 takes it from the truth.
  public var endmembers = 0
  /// What is done to spectra first.
  public var spectra = SpectrumScaling.sceneMaximum
  /// What both branches are shown in place of the spectra.
  public var fusion = FeatureFusion()
  /// What the endmembers of the decoder start from.
  public var start = EndmemberStart.extracted
  /// The file of the start `library`.
  public var library = ""
  /// The side of the window around a pixel, odd, 1 … 9.
  public var patchSide = 3
  /// What stands outside the scene's edge.
  public var padding = PatchPadding.reflect
  /// The width that every pixel of the window is mapped to.
  public var width = 64
  /// The number of clusters of similar bands.
  public var clusters = 10
  /// The number of views the bands are dealt into, 1 … 8.
  public var views = 3
  /// The rate of dropout in both branches.
  public var dropout = 0.1
  /// How the branches attend to each other.
  public var attention = AttentionKind.outer
  /// How abundances are made to sum to one.
  public var normalization = AbundanceNormalization.sum
  /// λ₁, the weight of the angle between a spectrum and its reconstruction.
  public var angleWeight = 1.0
  /// λ₂, the weight of Σ √a.
  public var sparsityWeight = 1e-3
  /// The share of Adam's steps that the endmembers of the decoder take.
  public var decoderRate = 0.1

  /// The defaults.
  public init() {}

  /// The words of every option that has some.
  public static let choices = [
    "spectra": words(SpectrumScaling.self),
    "start": words(EndmemberStart.self),
    "padding": words(PatchPadding.self),
    "attention": words(AttentionKind.self),
    "normalization": words(AbundanceNormalization.self),
  ]

  /// Refuses what cannot be built.
  ///
  /// - Throws: ``UnmixingError/configuration(field:expected:found:)``.
  public func check() throws {
    try checkEndmemberCount()
    try require((1...9).contains(patchSide) && patchSide % 2 == 1, "patchSide", "1, 3, 5, 7 or 9", patchSide)
    try require((1...4096).contains(width), "width", "1 … 4096", width)
    try require((1...1000).contains(clusters), "clusters", "1 … 1000", clusters)
    try require((1...8).contains(views), "views", "1 … 8", views)
    try require((0..<1).contains(dropout), "dropout", "a rate from 0 to less than 1", dropout)
    for (field, weight) in [("angleWeight", angleWeight), ("sparsityWeight", sparsityWeight)] {
      try require(weight >= 0 && weight.isFinite, field, "a number of at least 0", weight)
    }
    try require(decoderRate > 0 && decoderRate <= 1, "decoderRate", "a number in (0, 1]", decoderRate)
  }
}

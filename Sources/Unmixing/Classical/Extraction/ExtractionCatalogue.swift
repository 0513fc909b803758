import Scenes

/// A way to find endmembers that one can ask for by name.
public struct ExtractionEntry: Sendable {
  /// The name on the command line.
  public let id: String
  /// What it is called in print.
  public let title: String
  /// One line on what it does.
  public let summary: String
  /// Where it was published.
  public let source: String
  private let build: @Sendable (_ count: Int, _ seed: UInt64) -> any EndmemberExtractor

  init(
    _ id: String, title: String, summary: String, source: String,
    build: @escaping @Sendable (_ count: Int, _ seed: UInt64) -> any EndmemberExtractor
  ) {
    (self.id, self.title, self.summary, self.source, self.build) = (id, title, summary, source, build)
  }

  /// The search for `count` endmembers; equal seeds find equal endmembers.
  public func extractor(count: Int, seed: UInt64) -> any EndmemberExtractor { build(count, seed) }

  /// Whether the endmembers are those of the truth, so that nothing is found.
  public var usesTruth: Bool { id == ExtractionCatalogue.oracle }
}

/// Every way to find endmembers, one a line.
public enum ExtractionCatalogue {
  /// The one that takes the endmembers of the truth.
  static let oracle = "oracle"

  /// The ways, in the order they are listed.
  public static let entries: [ExtractionEntry] = [
    ExtractionEntry(
      "extracted", title: "purified VCA",
      summary: "the VCA that explains the scene best, averaged over its purest pixels",
      source: "after Nascimento & Bioucas-Dias, IEEE TGRS 43, 2005"
    ) { PurifiedVCA(count: $0, seed: $1) },
    ExtractionEntry(
      "vca", title: "VCA", summary: "the furthest pixels along random directions, the largest simplex of ten",
      source: "Nascimento & Bioucas-Dias, IEEE TGRS 43, 2005"
    ) { VCA(count: $0, seed: $1) },
    ExtractionEntry(
      "nfindr", title: NFINDR.title, summary: "the largest simplex by replacing pixels, the best of ten starts",
      source: "Winter, SPIE 3753, 1999"
    ) { NFINDR(count: $0, seed: $1) },
    ExtractionEntry(
      "ppi", title: PPI.title, summary: "the outermost pixels along ten thousand directions, far apart in angle",
      source: "Boardman, Kruse & Green, JPL Airborne Earth Science Workshop, 1995"
    ) { PPI(count: $0, seed: $1) },
    ExtractionEntry(
      "smacc", title: SMACC.title, summary: "the pixel with the longest residual of the cone so far; nothing random",
      source: "Gruninger, Ratkowski & Hoke, SPIE 5425, 2004"
    ) { count, _ in SMACC(count: count) },
    ExtractionEntry(
      "atgp", title: ATGP.title, summary: "the pixel with most outside the span of those before; nothing random",
      source: "Ren & Chang, IEEE TAES 39, 2003"
    ) { count, _ in ATGP(count: count) },
    ExtractionEntry(
      oracle, title: "oracle", summary: "the endmembers of the truth: for comparisons, no extraction", source: ""
    ) { count, _ in TrueEndmembers(count: count) },
  ]

  /// Those that look into the scene alone.
  public static var searches: [ExtractionEntry] { entries.filter { !$0.usesTruth } }

  /// The way of this name.
  ///
  /// - Throws: ``UnmixingError/unknownName(kind:found:known:)`` listing the names there are.
  public static func entry(_ id: String) throws -> ExtractionEntry {
    guard let entry = entries.first(where: { $0.id == id }) else {
      throw UnmixingError.unknownName(kind: "extraction", found: id, known: entries.map(\.id))
    }
    return entry
  }
}

/// The endmembers of the scene's truth. What begins from them is no blind unmixing.
public struct TrueEndmembers: EndmemberExtractor {
  /// How many there have to be.
  public var count: Int

  /// The truth's endmembers, if they are this many.
  public init(count: Int) { self.count = count }

  /// The endmembers of the truth, over the scene's bands.
  ///
  /// - Throws: ``UnmixingError`` when the truth has none, others than asked for, or some over other bands.
  public func endmembers(of scene: Scene) throws -> SpectralLibrary {
    guard let library = scene.truth?.endmembers else {
      throw UnmixingError.missing(
        field: "reference endmembers", neededFor: "the extraction oracle", remedy: "give a truth that holds them")
    }
    if library.count != count {
      throw UnmixingError.sizeMismatch(field: "reference endmembers", expected: count, found: library.count)
    }
    return try library.endmembers(of: scene)
  }
}

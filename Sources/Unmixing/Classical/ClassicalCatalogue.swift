import Scenes

/// A classical method one can ask for by name.
public struct ClassicalEntry: Sendable {
  /// The name on the command line.
  public let id: String
  /// What it is called in print.
  public let title: String
  /// One line on what it does.
  public let summary: String
  /// Where it was published.
  public let source: String
  /// The options it begins with.
  public let options: any ClassicalOptions
  private let build: @Sendable (any ClassicalOptions, any EndmemberExtractor, UInt64) -> any ClassicalMethod

  init<Method: ClassicalMethod>(_ method: Method.Type, id: String, title: String, summary: String, source: String) {
    self.id = id
    self.title = title
    self.summary = summary
    self.source = source
    options = Method.Options()
    build = { options, endmembers, seed in
      guard let options = options as? Method.Options else {
        preconditionFailure("options of type \(type(of: options)) for \(Method.self)")
      }
      return Method(options, endmembers: endmembers, seed: seed)
    }
  }

  /// The method with these options.
  ///
  /// - Precondition: the options are of the method's own type, as ``options``.
  /// - Throws: ``UnmixingError/configuration(field:expected:found:)`` when they cannot be computed with.
  public func method(
    _ options: any ClassicalOptions, endmembers: any EndmemberExtractor, seed: UInt64
  ) throws -> any ClassicalMethod {
    try options.check()
    return build(options, endmembers, seed)
  }
}

/// Every classical method there is, one a line.
public enum ClassicalCatalogue {
  /// The methods, in the order they are listed.
  public static let entries: [ClassicalEntry] = [
    ClassicalEntry(
      FCLS.self, id: "fcls", title: "FCLS", summary: "least squares on the simplex, exact",
      source: "Heinz & Chang, IEEE TGRS 39, 2001"),
    ClassicalEntry(
      NNLS.self, id: "nnls", title: "NNLS", summary: "nonnegative least squares, exact",
      source: "Lawson & Hanson, Solving Least Squares Problems, 1974"),
    ClassicalEntry(
      LeastSquares.self, id: "ls", title: "LS", summary: "least squares without inequalities",
      source: "Keshava & Mustard, IEEE Signal Processing Magazine 19, 2002"),
    ClassicalEntry(
      SUnSAL.self, id: "sunsal", title: "SUnSAL", summary: "sparse nonnegative regression on a library",
      source: "Bioucas-Dias & Figueiredo, WHISPERS 2010"),
    ClassicalEntry(
      CollaborativeSUnSAL.self, id: "collaborative-sunsal", title: "collaborative SUnSAL",
      summary: "the same with few spectra for the whole scene",
      source: "Iordache, Bioucas-Dias & Plaza, IEEE TGRS 52, 2014"),
    ClassicalEntry(
      SUnSALTV.self, id: "sunsal-tv", title: "SUnSAL-TV", summary: "the same with maps that are smooth but for edges",
      source: "Iordache, Bioucas-Dias & Plaza, IEEE TGRS 50, 2012"),
    ClassicalEntry(
      NMF.self, id: "nmf", title: "NMF", summary: "non-negative factorization by multiplicative updates",
      source: "Lee & Seung, NIPS 2000"),
    ClassicalEntry(
      HalfNMF.self, id: "l12-nmf", title: "L½-NMF", summary: "factorization with abundances sparse in the L½ norm",
      source: "Qian et al., IEEE TGRS 49, 2011"),
    ClassicalEntry(
      GLNMF.self, id: "glnmf", title: "GLNMF", summary: "sparse, and smooth over the manifold of spectra",
      source: "Lu et al., IEEE TGRS 51, 2013"),
    ClassicalEntry(
      RSNMF.self, id: "rsnmf", title: "RSNMF", summary: "reweighted sparse factorization",
      source: "He et al., IEEE TGRS 55, 2017"),
    ClassicalEntry(
      TVRSNMF.self, id: "tv-rsnmf", title: "TV-RSNMF", summary: "reweighted sparse, with piecewise smooth maps",
      source: "He et al., IEEE TGRS 55, 2017"),
    ClassicalEntry(
      SGSNMF.self, id: "sgsnmf", title: "SGSNMF", summary: "superpixels share their endmembers",
      source: "Wang et al., IEEE TGRS 55, 2017"),
    ClassicalEntry(
      SSWNMF.self, id: "sswnmf", title: "SSWNMF", summary: "sparsity weighted by endmember and neighbourhood",
      source: "weights of Zhang et al., IEEE TGRS 56, 2018; reconstructed"),
    ClassicalEntry(
      ELMM.self, id: "elmm", title: "ELMM", summary: "endmembers scaled in every pixel",
      source: "Drumetz et al., IEEE TIP 25, 2016"),
    ClassicalEntry(
      GLMM.self, id: "glmm", title: "GLMM", summary: "endmembers scaled in every pixel and band",
      source: "Imbiriba et al., ICASSP 2018"),
    ClassicalEntry(
      PLMM.self, id: "plmm", title: "PLMM", summary: "endmembers perturbed in every pixel",
      source: "Thouvenin et al., IEEE TSP 64, 2016"),
    ClassicalEntry(
      GibbsUnmixing.self, id: "gibbs", title: "Gibbs", summary: "draws from the exact posterior on the simplex",
      source: "Dobigeon et al., IEEE TSP 57, 2009"),
  ]

  /// The method of this name.
  ///
  /// - Throws: ``UnmixingError/unknownName(kind:found:known:)`` listing the names there are.
  public static func entry(_ id: String) throws -> ClassicalEntry {
    guard let entry = entries.first(where: { $0.id == id }) else {
      throw UnmixingError.unknownName(kind: "method", found: id, known: entries.map(\.id))
    }
    return entry
  }
}

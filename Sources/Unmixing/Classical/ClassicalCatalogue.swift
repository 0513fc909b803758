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
      GibbsUnmixing.self, id: "gibbs", title: "Gibbs", summary: "draws from the exact posterior on the simplex",
      source: "Dobigeon et al., IEEE TSP 57, 2009"),
  ]

  /// The method of this name.
  ///
  /// - Throws: ``UnmixingError/configuration(field:expected:found:)`` listing the names there are.
  public static func entry(_ id: String) throws -> ClassicalEntry {
    guard let entry = entries.first(where: { $0.id == id }) else {
      throw UnmixingError.configuration(
        field: "method", expected: entries.map(\.id).joined(separator: " or "), found: "\"\(id)\"")
    }
    return entry
  }
}

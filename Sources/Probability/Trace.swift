import Tensors

/// The record of one run of a program: every named value, the density it was scored under, and the randomness used.
///
/// A program asks the trace for its values instead of drawing them itself, so the same program can be run forward, have
/// some of its values fixed, or be scored at the values another program drew. A value that is fixed (``condition(on:)``)
/// is so in any of these runs.
///
///     let scale = try trace.sample("scale", from: LogNormal(location: zeros, scale: tenth))
///     try trace.observe("spectrum", spectra, under: Normal(mean: scale * mixture, standardDeviation: 0.01))
///
/// Shapes follow ``Density``: the last axis is one event, the first counts rows, which are independent given what all
/// rows share. A site that is shared by all rows has one row, or none.
public struct Trace: Sendable {
  /// One named value.
  public struct Site: Sendable {
    /// The name, unique in its trace.
    public let name: String
    /// What the value was scored under.
    public let density: any Density
    /// The value, with the coordinate it was drawn in.
    public let draw: Draw
    /// What the site is to the program.
    public let role: Role

    /// The value.
    public var value: Tensor { draw.value }
    /// Whether the site is not latent: its value was given, or would be outside a predictive run.
    public var isObserved: Bool { role != .latent }
    /// log density of the value, by the coordinate it was drawn in.
    public var logDensity: Tensor { density.logDensity(of: draw) }
  }

  /// What a site is to its program.
  public enum Role: Sendable {
    /// A value that the program samples.
    case latent
    /// A value that the program samples and that is fixed from outside.
    case conditioned
    /// A value that the program observes, or a factor.
    case observed
  }

  /// The sites in the order in which the program named them.
  public private(set) var sites: [Site] = []
  /// Whether the run is a training or an inference pass, and its random numbers.
  public var pass: Pass

  private let replayed: [String: Site]?
  private var conditions: [String: Tensor]
  private let drawsObservations: Bool
  private var positions: [String: Int] = [:]

  /// A trace that draws what its program samples and takes observations as they are.
  ///
  /// - Parameter conditions: Values that sites of these names take, as by ``condition(on:)``.
  public init(_ pass: Pass, conditionedOn conditions: [String: Tensor] = [:]) {
    self.init(pass, replayed: nil, conditions: conditions, drawsObservations: false)
  }

  /// A trace that gives a program the values another one drew. A site that `guide` did not draw is an error.
  /// What `guide` was conditioned on, this trace is too.
  ///
  /// - Parameter drawsObservations: Draws new observations under their densities instead of taking those given:
  ///   a predictive run.
  public init(replaying guide: Trace, _ pass: Pass, drawsObservations: Bool = false) {
    let latent = guide.sites.filter { $0.role == .latent }.map { ($0.name, $0) }
    self.init(
      pass, replayed: Dictionary(uniqueKeysWithValues: latent), conditions: guide.conditions,
      drawsObservations: drawsObservations)
  }

  /// A trace that draws everything, observations included.
  public init(generating pass: Pass) {
    self.init(pass, replayed: nil, conditions: [:], drawsObservations: true)
  }

  private init(_ pass: Pass, replayed: [String: Site]?, conditions: [String: Tensor], drawsObservations: Bool) {
    self.pass = pass
    self.replayed = replayed
    self.conditions = conditions
    self.drawsObservations = drawsObservations
  }

  /// Fixes sites that are still to come: a site of one of these names takes the value given here, whether the program
  /// samples or observes it, and whether the run draws, replays or generates. A name that is fixed already stays as it is.
  ///
  /// What is drawn before a fixed site in a run does not know of it: this is how a program is asked for spectra from given
  /// abundances, not how abundances are inferred from spectra, which takes a guide.
  public mutating func condition(on values: [String: Tensor]) {
    for name in values.keys { precondition(positions[name] == nil, "site '\(name)' has a value already") }
    conditions.merge(values) { earlier, _ in earlier }
  }

  /// The value of a latent site: drawn, replayed or as conditioned on.
  ///
  /// - Throws: ``ProbabilityError`` for a name used twice, a site that a replayed trace lacks, a value whose shape is not
  ///   that of a draw, or a density that cannot be drawn from.
  @discardableResult
  public mutating func sample(_ name: String, from density: any Density) throws(ProbabilityError) -> Tensor {
    if let value = conditions[name] { return try record(name, density, Draw(value), .conditioned) }
    guard let replayed else { return try draw(name, from: density, .latent) }
    guard let site = replayed[name] else {
      throw .siteMissing(name, shape: (density as? any Distribution)?.shape, side: .guide)
    }
    return try record(name, density, site.draw, .latent)
  }

  /// The value of an observed site, scored under `density`. In a predictive run a draw from it. A value that the run is
  /// conditioned on comes before either.
  ///
  /// - Throws: ``ProbabilityError`` as ``sample(_:from:)`` does.
  @discardableResult
  public mutating func observe(
    _ name: String, _ value: Tensor, under density: any Density
  ) throws(ProbabilityError) -> Tensor {
    if let value = conditions[name] { return try record(name, density, Draw(value), .observed) }
    if drawsObservations { return try draw(name, from: density, .observed) }
    return try record(name, density, Draw(value), .observed)
  }

  /// Subtracts an energy from the log density of the run: a penalty without a value of its own.
  ///
  /// - Parameter energy: `[rows]`, or a single number for all rows together.
  /// - Throws: ``ProbabilityError`` for a name used twice.
  public mutating func factor(_ name: String, _ energy: Tensor) throws(ProbabilityError) {
    precondition(conditions[name] == nil, "'\(name)' is a factor, which has no value to be conditioned on")
    let value = energy.rank == 0 ? energy.reshaped(to: [1]) : energy
    _ = try record(name, Factor(), Draw(value.expandingDimension(at: -1)), .observed)
  }

  /// The value of a site, if there is one of that name.
  public subscript(name: String) -> Tensor? { positions[name].map { sites[$0].value } }

  /// The sum of the log densities of all sites, one number for each row. A site that all rows share is spread evenly
  /// over them, so that the sum over rows is the log density of the whole run.
  ///
  /// - Throws: ``ProbabilityError/rowsDisagree(_:expected:found:)`` if two sites differ in their number of rows.
  public func logDensity() throws(ProbabilityError) -> Tensor { try logDensity { _ in true } }

  /// The same of the sites that a predicate chooses.
  func logDensity(where isChosen: (Site) -> Bool) throws(ProbabilityError) -> Tensor {
    var terms = RowTerms()
    for site in sites where isChosen(site) { try terms.add(site.logDensity, named: site.name) }
    return terms.total()
  }

  private mutating func draw(
    _ name: String, from density: any Density, _ role: Role
  ) throws(ProbabilityError) -> Tensor {
    guard let distribution = density as? any Distribution else { throw .cannotDraw(name) }
    // A value that all rows share has no row identities.
    let identities = pass.random.rows
    if let identities, distribution.shape.rank < 2 || distribution.shape[0] != identities.count {
      pass.random.rows = nil
    }
    defer { pass.random.rows = identities }
    return try record(name, density, distribution.draw(using: &pass.random), role)
  }

  private mutating func record(
    _ name: String, _ density: any Density, _ draw: Draw, _ role: Role
  ) throws(ProbabilityError) -> Tensor {
    let value = draw.value
    guard positions[name] == nil else { throw .nameUsedTwice(name) }
    if let shape = (density as? any Distribution)?.shape, shape.broadcastIfPossible(with: value.shape) != value.shape {
      throw .shapesDisagree(name, expected: shape, found: value.shape)
    }
    positions[name] = sites.count
    sites.append(Site(name: name, density: density, draw: draw, role: role))
    return value
  }
}

/// Scores an energy kept as a value.
private struct Factor: Density {
  func logDensity(of value: Tensor) -> Tensor { -value.sum(along: -1) }
}

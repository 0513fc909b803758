import Tensors

/// The latent values of a program as one row of unconstrained coordinates.
///
/// - Shapes: every latent site has values `[rows, width]`; coordinates follow one another in the order of the sites.
public struct LatentCoordinates: Sendable {
  /// One latent site.
  public struct Site: Sendable {
    /// The site's name.
    public let name: String
    /// The number of components of its value.
    public let width: Int
    /// Where its values may be.
    public let bijector: Bijector

    /// A site of the program.
    public init(_ name: String, width: Int, _ bijector: Bijector) {
      precondition(bijector.dimensions(of: width) > 0, "site '\(name)' of width \(width) has no coordinate")
      (self.name, self.width, self.bijector) = (name, width, bijector)
    }
  }

  /// The sites, in order.
  public let sites: [Site]

  /// Coordinates of these sites.
  public init(_ sites: [Site]) { self.sites = sites }

  /// d.
  public var dimensions: Int { sites.reduce(0) { $0 + $1.bijector.dimensions(of: $1.width) } }

  /// Values by name, and the sum of the log determinants, at coordinates `[rows, d]`.
  public func values(at coordinates: Tensor) -> (values: [String: Tensor], logDeterminant: Tensor) {
    var (values, place) = ([String: Tensor](), 0)
    var determinant = Tensor.zeros([coordinates.shape[0]])
    for site in sites {
      let width = site.bijector.dimensions(of: site.width)
      let (value, own) = site.bijector.constrained(coordinates.slice(along: 1, place..<place + width))
      values[site.name] = value
      determinant = determinant + own
      place += width
    }
    return (values, determinant)
  }

  /// The coordinates of values.
  ///
  /// - Throws: ``ProbabilityError/siteMissing(_:shape:side:)`` for a site without a value.
  public func coordinates(of values: [String: Tensor]) throws -> Tensor {
    let parts = try sites.map { site -> Tensor in
      guard let value = values[site.name] else {
        throw ProbabilityError.siteMissing(site.name, shape: nil, side: .guide)
      }
      return site.bijector.unconstrained(value)
    }
    return .concatenated(parts, along: 1)
  }
}

extension TensorTarget {
  /// log p(latent values, observations) of a program's model over its latent sites, determinants included.
  ///
  /// The model is run with its latent sites conditioned on the coordinates' values. It has to have sites of `rows` rows
  /// whatever rows are asked for, so all rows are evaluated together: `HamiltonianMonteCarlo` with one tile.
  ///
  /// - Throws: what the model throws when it is run once at coordinates 0.
  public init<Model: Program & Sendable>(
    of program: Model, _ coordinates: LatentCoordinates, rows: Int, pass: Pass
  ) throws {
    @Sendable func score(_ positions: Tensor) throws -> Tensor {
      let (values, determinant) = coordinates.values(at: positions)
      var trace = Trace(pass, conditionedOn: values)
      var program = program
      try program.model(&trace)
      return try trace.logDensity() + determinant
    }
    _ = try score(.zeros([rows, coordinates.dimensions]))
    self.init(rows: rows, dimensions: coordinates.dimensions) { range, positions in
      precondition(range == 0..<rows, "a program is evaluated for all its \(rows) rows, not \(range)")
      // What does not depend on values was seen to run; a value it cannot take ends the trajectory.
      return (try? score(positions)) ?? (positions.sum(along: -1) * Scalar.nan)
    }
  }
}

import Networks
import Probability
import Tensors

/// What turns an encoder's last numbers into a posterior of abundances: the family of q(a∣x) and its parametrisation.
///
/// - Shapes: takes `[n, inputs(for: endmembers)]`.
public protocol AbundanceHead: Module {
  /// The family of q(a∣x).
  associatedtype Posterior: ReparameterizedDistribution

  /// A head with fresh weights, if it has any.
  init(_ options: LDVAEOptions, endmembers: Int)

  /// How many numbers a pixel's posterior takes.
  static func inputs(for endmembers: Int) -> Int

  /// q(a∣x) of n pixels.
  func posterior(_ features: Tensor) -> Posterior

  /// Σₖ αₖ of a Dirichlet, `[n]`; `nil` for other families.
  static func totalConcentration(of posterior: Posterior) -> Tensor?
}

/// Dirichlet(α(x)): the papers' posterior. One number an endmember; see ``ConcentrationHead`` for how it becomes α.
public struct DirichletHead: AbundanceHead {
  private let sampler: AbundanceSampler
  private var layer: ConcentrationLayer

  /// The head of these options.
  public init(_ options: LDVAEOptions, endmembers: Int) {
    sampler = options.sampler
    layer = ConcentrationLayer(options)
  }

  /// Visits the total concentration, where it is learned.
  public mutating func forEachParameter(_ body: (inout Tensor) -> Void) { layer.forEachParameter(body) }

  /// One for each endmember.
  public static func inputs(for endmembers: Int) -> Int { endmembers }

  /// Dirichlet(α).
  public func posterior(_ features: Tensor) -> Dirichlet {
    Dirichlet(concentration: layer(features), sampler: sampler == .exact ? .exact : .inverseCDF)
  }

  /// Σₖ αₖ.
  public static func totalConcentration(of posterior: Dirichlet) -> Tensor? { posterior.concentration.sum(along: -1) }
}

/// A logistic-normal posterior with a full covariance, which can hold what a Dirichlet cannot: that only the sum of two
/// similar endmembers is known.
///
///     μ = z₁ … z_d,   L_ii = log(1 + exp(z_{d+i})) + 10⁻³,   L_ij = the rest for i > j,   d = K − 1
///
/// - Edge cases: μ is held in ±15, which is as near to the edge of the simplex as single precision resolves.
/// - Source: Aitchison and Shen, *Logistic-normal distributions*, Biometrika 67, 1980, for the family.
public struct LogisticNormalHead: AbundanceHead {
  private let free: Int
  private static let least: Scalar = 1e-3
  private static let farthest: Scalar = 15

  /// The head for this many endmembers.
  public init(_ options: LDVAEOptions, endmembers: Int) { free = endmembers - 1 }

  /// Visits nothing.
  public mutating func forEachParameter(_ body: (inout Tensor) -> Void) {}

  /// K − 1 means and the K(K − 1)/2 entries of a triangle.
  public static func inputs(for endmembers: Int) -> Int { (endmembers - 1) * (endmembers + 2) / 2 }

  /// The logistic-normal distribution of n pixels.
  public func posterior(_ features: Tensor) -> LogisticNormal {
    let location = features.slice(along: 1, 0..<free).clamped(from: -Self.farthest, to: Self.farthest)
    let diagonal = features.slice(along: 1, free..<2 * free).softplus() + Self.least
    var factor = diagonal.matrixProduct(placing((0..<free).map { ($0, $0) }))
    let below = (0..<free).flatMap { row in (0..<row).map { (row, $0) } }
    if !below.isEmpty {
      factor = factor + features.slice(along: 1, 2 * free..<2 * free + below.count).matrixProduct(placing(below))
    }
    return LogisticNormal(
      location: location, scale: .triangular(factor.reshaped(to: [features.shape[0], free, free])))
  }

  /// No total concentration.
  public static func totalConcentration(of posterior: LogisticNormal) -> Tensor? { nil }

  /// The matrix that writes a row of numbers into places of a `[d, d]` one.
  private func placing(_ places: [(row: Int, column: Int)]) -> Tensor {
    var values = [Scalar](repeating: 0, count: places.count * free * free)
    for (index, place) in places.enumerated() { values[(index * free + place.row) * free + place.column] = 1 }
    return Tensor([places.count, free * free], values)
  }
}

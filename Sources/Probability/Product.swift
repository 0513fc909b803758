import Tensors

/// Several densities of one value, multiplied: a likelihood and its penalties, or a prior made of several.
///
///     log p(x) = Σ_i log p_i(x) + const
///
/// The product of normalised densities is in general not normalised.
public struct Product: Density {
  private let factors: [any Density]

  /// The product of densities of the same value.
  public init(_ factors: [any Density]) {
    precondition(!factors.isEmpty, "a product of no densities has no shape")
    self.factors = factors
  }

  /// The sum of the factors' log densities.
  public func logDensity(of value: Tensor) -> Tensor { logDensity(of: Draw(value)) }

  /// The sum of the factors' log densities, each by the coordinate it can use.
  public func logDensity(of draw: Draw) -> Tensor {
    factors.dropFirst().reduce(factors[0].logDensity(of: draw)) { $0 + $1.logDensity(of: draw) }
  }
}

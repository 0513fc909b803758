import Tensors

/// A spectrum whose direction is known and whose brightness is not.
///
///     log p(x) = −κ θ(x, m) + const,   θ(x, m) = arccos(⟨x, m⟩ / ‖x‖‖m‖)
///
/// On the unit sphere exp(−κθ) is a directional density in its own right. Its normalising constant depends on κ and on
/// the number of bands alone; it is left out here, so κ should be chosen rather than learned.
///
/// - Shapes: `mean` and the value are `[pixels, bands]`; the density is `[pixels]`. `sharpness` is a number or `[pixels]`.
/// - Units: θ in radians, κ (`sharpness`) in radians⁻¹. Spectra may have any unit.
/// - Edge cases: θ has no derivative at 0; within 10⁻³ rad of it the slope is held at its value there.
/// - Source: Wang et al., *DSANet*, Eq. 9, first term (κ = λ₁).
public struct SpectralAngle: Density {
  /// m, a spectrum for every pixel.
  public let mean: Tensor
  /// κ.
  public let sharpness: Tensor

  /// A density around the direction of `mean`.
  public init(mean: Tensor, sharpness: Tensor) {
    self.mean = mean
    self.sharpness = sharpness
  }

  /// A density around the direction of `mean`, equally sharp for every pixel.
  public init(mean: Tensor, sharpness: Scalar = 1) {
    self.init(mean: mean, sharpness: Tensor(sharpness))
  }

  /// −κ θ.
  public func logDensity(of value: Tensor) -> Tensor { -sharpness * value.angle(to: mean) }
}

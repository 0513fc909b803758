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
  public func logDensity(of value: Tensor) -> Tensor { -sharpness * value.separation(from: mean) }
}

extension Tensor {
  /// The angle between the last axes of two tensors, 2·atan2(‖û − v̂‖, ‖û + v̂‖): exactly 0 at equality.
  ///
  ///     ∂θ/∂x = (û cos θ − v̂) / (‖x‖ max(sin θ, 10⁻³))
  fileprivate func separation(from other: Tensor) -> Tensor {
    let (x, y) = (detached, other.detached)
    let (length, otherLength) = (x.norm(along: -1, keepingDimensions: true), y.norm(along: -1, keepingDimensions: true))
    let (u, v) = (x / length, y / otherLength)
    let across = (u - v).norm(along: -1, keepingDimensions: true)
    let along = (u + v).norm(along: -1, keepingDimensions: true)
    let angle = 2 * across.atan2(x: along)
    let cosine = (u * v).sum(along: -1, keepingDimensions: true)
    // ‖û − v̂‖ ‖û + v̂‖ / 2 is sin θ, with all its digits near 0.
    let sine = (across * along * 0.5).maximum(with: 1e-3)
    return .recording(
      angle.squeezed(at: -1),
      (self, { ($0.expandingDimension(at: -1) * (u * cosine - v) / (length * sine)).reduced(to: x.shape) }),
      (other, { ($0.expandingDimension(at: -1) * (v * cosine - u) / (otherLength * sine)).reduced(to: y.shape) }))
  }
}

import Tensors

/// A decoder that mixes endmembers linearly and adds independent normal noise.
///
///     x_b ~ Normal(Σₖ aₖ m_kb, σ_b²)
///
/// - Units: those of the spectra the model sees.
public struct LinearMixing: Sendable {
  /// m, `[endmembers, bands]`.
  public let endmembers: Tensor
  /// σ, `[bands]`.
  public let deviation: Tensor

  /// A decoder; a single deviation serves all bands.
  public init(endmembers: Tensor, deviation: Tensor) {
    self.endmembers = endmembers.detached
    self.deviation = deviation.detached.broadcast(to: [endmembers.shape[1]])
  }
}

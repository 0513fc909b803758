import Tensors

/// All mass at one point: what a deterministic network says about its latent values.
///
/// The log density is taken with respect to the point's own atom: 0 at the point and −∞ elsewhere. A draw is the point
/// itself with its history, and the divergence from a prior is −log prior(point). An evidence lower bound with a
/// `Delta` posterior is therefore the negative of an autoencoder's loss: reconstruction plus penalties.
///
/// - Shapes: `point` is `[rows, event]`.
public struct Delta: ReparameterizedDistribution {
  /// Where the mass is.
  public let point: Tensor

  /// A distribution that always gives `point`.
  public init(_ point: Tensor) {
    self.point = point
  }

  /// No: all mass is at one point.
  public var hasDensity: Bool { false }

  /// The shape of the point.
  public var shape: Shape { point.shape }

  /// The point.
  public var mean: Tensor { point }

  /// Zero.
  public var variance: Tensor { .zeros(shape) }

  /// 0 where the value is the point, −∞ where it is not, NaN where either is NaN. Its derivative is 0 everywhere.
  public func logDensity(of value: Tensor) -> Tensor {
    let distance = (value.detached - point.detached).absolute()
    return distance.maximum(along: -1).logarithmOfOneMinusSign()
  }

  /// The point. No random number is used.
  public func sample(using random: inout RandomStream) -> Tensor { point }

  /// −log prior(point).
  public func closedFormDivergence(from prior: any Density) -> Tensor? { -prior.logDensity(of: point) }
}

extension Tensor {
  /// 0 at 0, −∞ above, NaN at NaN.
  fileprivate func logarithmOfOneMinusSign() -> Tensor {
    Tensor(uninitialized: shape) { out in
      withUnsafeScalars { distance in
        for place in distance.indices {
          out[place] = distance[place].isNaN ? .nan : (distance[place] == 0 ? 0 : -.infinity)
        }
      }
    }
  }
}

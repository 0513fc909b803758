internal import CKernels

/// How weights are pulled towards 0 in a step: `coupled`·p is added to the gradient, and p keeps the share `kept`.
package struct DecayFactors: Sendable {
  package let coupled: Scalar
  package let kept: Scalar

  package init(coupled: Scalar, kept: Scalar) {
    self.coupled = coupled
    self.kept = kept
  }
}

/// The optimizers' inner loops: one parameter moved in place in one pass over memory. All tensors have one shape.
extension Tensor {
  /// v ← μ v + g (v = g at the first step),  p ← p − rate · v, or p ← p − rate · (g + μ v) where it looks ahead.
  package mutating func descend(
    along slope: Tensor, rate: Scalar, decay: DecayFactors, velocity: inout Tensor, momentum: Scalar,
    looksAhead: Bool, isFirst: Bool
  ) {
    var settings = alu_sgd(
      rate: rate, coupled: decay.coupled, kept: decay.kept, momentum: momentum, nesterov: looksAhead ? 1 : 0,
      first: isFirst ? 1 : 0)
    moved(along: slope) { p, g, count in
      velocity.withUnsafeMutableScalars { alu_sgd_step(&settings, p, g, $0.baseAddress, count) }
    }
  }

  /// p ← p − rate · g.
  package mutating func descend(along slope: Tensor, rate: Scalar, decay: DecayFactors) {
    var settings = alu_sgd(
      rate: rate, coupled: decay.coupled, kept: decay.kept, momentum: 0, nesterov: 0, first: 0)
    moved(along: slope) { p, g, count in alu_sgd_step(&settings, p, g, nil, count) }
  }

  /// m ← β₁ m + (1−β₁) g, v ← β₂ v + (1−β₂) g²,  p ← p − rate · (m/c₁) / (√(v/c₂) + ε),  cᵢ = 1 − βᵢᵗ.
  package mutating func descendAdaptively(
    along slope: Tensor, rate: Scalar, decay: DecayFactors, mean: inout Tensor, square: inout Tensor,
    betas: (Scalar, Scalar), corrections: (Scalar, Scalar), epsilon: Scalar
  ) {
    var settings = alu_adam(
      rate: rate, coupled: decay.coupled, kept: decay.kept, beta1: betas.0, beta2: betas.1, epsilon: epsilon,
      correction1: corrections.0, correction2: corrections.1)
    moved(along: slope) { p, g, count in
      mean.withUnsafeMutableScalars { m in
        square.withUnsafeMutableScalars { alu_adam_step(&settings, p, g, m.baseAddress, $0.baseAddress, count) }
      }
    }
  }

  /// s ← α s + (1−α) g²,  b ← μ b + g / (√s + ε),  p ← p − rate · b; without `velocity`, μ is 0.
  package mutating func descendByRootMeanSquare(
    along slope: Tensor, rate: Scalar, decay: DecayFactors, square: inout Tensor, velocity: inout Tensor?,
    share: Scalar, momentum: Scalar, epsilon: Scalar
  ) {
    var settings = alu_rmsprop(
      rate: rate, coupled: decay.coupled, kept: decay.kept, decay: share, epsilon: epsilon, momentum: momentum)
    moved(along: slope) { p, g, count in
      square.withUnsafeMutableScalars { s in
        let step = { (b: UnsafeMutablePointer<Scalar>?) in
          alu_rmsprop_step(&settings, p, g, s.baseAddress, b, count)
        }
        if velocity?.withUnsafeMutableScalars({ step($0.baseAddress) }) == nil { step(nil) }
      }
    }
  }

  private mutating func moved(
    along slope: Tensor, _ step: (UnsafeMutablePointer<Scalar>, UnsafePointer<Scalar>, Int) -> Void
  ) {
    precondition(slope.shape == shape, "a parameter of shape \(shape) and a derivative of shape \(slope.shape)")
    slope.withUnsafeScalars { slopes in
      withUnsafeMutableScalars { numbers in
        if let p = numbers.baseAddress, let g = slopes.baseAddress { step(p, g, numbers.count) }
      }
    }
  }
}

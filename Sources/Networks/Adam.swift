import Foundation
import Tensors

/// Steps scaled by running averages of the gradient and of its square.
///
///     m ← β₁ m + (1 − β₁) g,   v ← β₂ v + (1 − β₂) g²,   p ← p − rate · (m / (1 − β₁ᵗ)) / (√(v / (1 − β₂ᵗ)) + ε)
///
/// With ``WeightDecay/decoupled(_:)`` this is AdamW.
///
/// - Source: Kingma & Ba, *Adam*, ICLR 2015, Algorithm 1.
public struct Adam: Optimizer {
  /// The learning rate.
  public var schedule: Schedule
  /// β₁, in [0, 1).
  public let beta1: Scalar
  /// β₂, in [0, 1).
  public let beta2: Scalar
  /// ε.
  public let epsilon: Scalar
  /// The pull towards 0.
  public let weightDecay: WeightDecay
  /// How many steps were made.
  public var stepCount = 0
  private var mean = Memory(name: "mean")
  private var square = Memory(name: "square")

  /// The paper's constants unless told otherwise.
  public init(
    _ schedule: Schedule = .constant(1e-3), beta1: Scalar = 0.9, beta2: Scalar = 0.999, epsilon: Scalar = 1e-8,
    weightDecay: WeightDecay = .none
  ) {
    precondition(
      beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1 && epsilon > 0, "β₁ \(beta1), β₂ \(beta2), ε \(epsilon)")
    self.schedule = schedule
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.weightDecay = weightDecay
  }

  /// m and v, as `mean.0`, …, `square.0`, ….
  public var state: [(name: String, tensor: Tensor)] {
    get { mean.named + square.named }
    set {
      mean.restore(from: newValue)
      square.restore(from: newValue)
    }
  }

  /// Makes one step.
  public mutating func update<Model: Module>(_ model: inout Model, along gradient: Model) {
    let rate = schedule.rate(at: stepCount)
    let decay = weightDecay.factors(at: rate)
    let corrections = (correction(beta1), correction(beta2))
    let parameters = model.parameters
    mean.prepare(for: parameters)
    square.prepare(for: parameters)
    model.step(along: gradient) { position, parameter, derivative in
      parameter.descendAdaptively(
        along: derivative, rate: rate, decay: decay, mean: &mean.tensors[position], square: &square.tensors[position],
        betas: (beta1, beta2), corrections: corrections, epsilon: epsilon)
    }
    stepCount += 1
  }

  /// 1 − βᵗ for the coming step.
  private func correction(_ beta: Scalar) -> Scalar { Scalar(1 - pow(Double(beta), Double(stepCount + 1))) }
}

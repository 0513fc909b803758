import Tensors

/// Steps scaled by a running average of the gradient's square.
///
///     s ← α s + (1 − α) g²,   b ← μ b + g / (√s + ε),   p ← p − rate · b
///
/// - Source: Tieleman & Hinton, *Lecture 6.5: RMSProp*, 2012; ε stands outside the root, as in PyTorch.
public struct RMSProp: Optimizer {
  /// The learning rate.
  public var schedule: Schedule
  /// α, in [0, 1).
  public let decay: Scalar
  /// ε.
  public let epsilon: Scalar
  /// μ, in [0, 1).
  public let momentum: Scalar
  /// The pull towards 0.
  public let weightDecay: WeightDecay
  /// How many steps were made.
  public var stepCount = 0
  private var square = Memory(name: "square")
  private var velocity = Memory(name: "velocity")

  /// α = 0.99 and no momentum unless told otherwise.
  public init(
    _ schedule: Schedule, decay: Scalar = 0.99, epsilon: Scalar = 1e-8, momentum: Scalar = 0,
    weightDecay: WeightDecay = .none
  ) {
    precondition(
      decay >= 0 && decay < 1 && momentum >= 0 && momentum < 1 && epsilon > 0,
      "decay \(decay), momentum \(momentum), ε \(epsilon)")
    self.schedule = schedule
    self.decay = decay
    self.epsilon = epsilon
    self.momentum = momentum
    self.weightDecay = weightDecay
  }

  /// s and, with momentum, b, as `square.0`, …, `velocity.0`, ….
  public var state: [(name: String, tensor: Tensor)] {
    get { square.named + velocity.named }
    set {
      square.restore(from: newValue)
      velocity.restore(from: newValue)
    }
  }

  /// Makes one step.
  public mutating func update<Model: Module>(_ model: inout Model, along gradient: Model) {
    let rate = schedule.rate(at: stepCount)
    let decay = weightDecay.factors(at: rate)
    let parameters = model.parameters
    square.prepare(for: parameters)
    if momentum > 0 { velocity.prepare(for: parameters) }
    model.step(along: gradient) { position, parameter, derivative in
      var speed = momentum > 0 ? velocity.take(position) : nil
      parameter.descendByRootMeanSquare(
        along: derivative, rate: rate, decay: decay, square: &square.tensors[position], velocity: &speed,
        share: self.decay, momentum: momentum, epsilon: epsilon)
      if let speed { velocity.tensors[position] = speed }
    }
    stepCount += 1
  }
}

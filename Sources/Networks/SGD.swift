import Tensors

/// Gradient descent, with momentum if wanted.
///
///     v ← μ v + g,   p ← p − rate · v            (Nesterov: p ← p − rate · (g + μ v))
///
/// At the first step v = g.
///
/// - Source: Sutskever et al., *On the importance of initialization and momentum*, ICML 2013.
/// - Deviation: The rate multiplies v when it is used, not when it is gathered, as in PyTorch.
public struct SGD: Optimizer {
  /// The learning rate.
  public var schedule: Schedule
  /// μ, in [0, 1).
  public let momentum: Scalar
  /// Whether the step looks ahead along v.
  public let isNesterov: Bool
  /// The pull towards 0.
  public let weightDecay: WeightDecay
  /// How many steps were made.
  public var stepCount = 0
  private var velocity = Memory(name: "velocity")

  /// Plain descent unless told otherwise.
  public init(
    _ schedule: Schedule, momentum: Scalar = 0, nesterov: Bool = false, weightDecay: WeightDecay = .none
  ) {
    precondition(momentum >= 0 && momentum < 1, "momentum lies in [0, 1), not at \(momentum)")
    precondition(!nesterov || momentum > 0, "Nesterov's step needs momentum")
    self.schedule = schedule
    self.momentum = momentum
    self.isNesterov = nesterov
    self.weightDecay = weightDecay
  }

  /// v, as `velocity.0`, `velocity.1`, …; nothing without momentum.
  public var state: [(name: String, tensor: Tensor)] {
    get { velocity.named }
    set { velocity.restore(from: newValue) }
  }

  /// Makes one step.
  public mutating func update<Model: Module>(_ model: inout Model, along gradient: Model) {
    let rate = schedule.rate(at: stepCount)
    let decay = weightDecay.factors(at: rate)
    if momentum > 0 { velocity.prepare(for: model.parameters) }
    model.step(along: gradient) { position, parameter, derivative in
      guard momentum > 0 else { return parameter.descend(along: derivative, rate: rate, decay: decay) }
      parameter.descend(
        along: derivative, rate: rate, decay: decay, velocity: &velocity.tensors[position], momentum: momentum,
        looksAhead: isNesterov, isFirst: stepCount == 0)
    }
    stepCount += 1
  }
}

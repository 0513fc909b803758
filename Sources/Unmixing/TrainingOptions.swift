import Networks
import Tensors

/// How a model is trained.
public struct TrainingOptions: Codable, Sendable, Equatable {
  /// Which rule turns gradients into steps.
  public enum OptimizerKind: String, Codable, Sendable, CaseIterable {
    /// Adaptive moments.
    case adam
    /// Plain gradient steps with momentum 0.9.
    case sgd
    /// Steps scaled by the running root mean square.
    case rmsProp
  }

  /// How the learning rate changes.
  public enum ScheduleKind: String, Codable, Sendable, CaseIterable {
    /// Not at all.
    case constant
    /// Along half a cosine to 0 at the last step.
    case cosine
  }

  /// How often every pixel is seen.
  public var epochs = 100
  /// How many pixels one step sees.
  public var batchSize = 128
  /// The optimizer.
  public var optimizer = OptimizerKind.adam
  /// The learning rate of the first step.
  public var learningRate = 1e-3
  /// How the learning rate changes.
  public var schedule = ScheduleKind.cosine
  /// Decoupled weight decay (Adam) or an L2 penalty (others).
  public var weightDecay = 0.0
  /// The largest Euclidean norm of a gradient; 0 for no limit.
  public var clipping = 0.0
  /// The share of the training pixels kept back to watch training.
  public var validation = 0.0

  /// The defaults.
  public init() {}

  /// Refuses what cannot be run.
  ///
  /// - Throws: ``UnmixingError/configuration(field:expected:found:)``.
  public func check() throws {
    func require(_ holds: Bool, _ field: String, _ expected: String, _ found: Any) throws {
      if !holds { throw UnmixingError.configuration(field: "training.\(field)", expected: expected, found: "\(found)") }
    }
    try require((1...1_000_000).contains(epochs), "epochs", "1 … 1000000", epochs)
    try require((2...1_000_000).contains(batchSize), "batchSize", "2 … 1000000", batchSize)
    try require(learningRate > 0 && learningRate.isFinite, "learningRate", "a positive number", learningRate)
    try require(weightDecay >= 0 && weightDecay.isFinite, "weightDecay", "a number of at least 0", weightDecay)
    try require(clipping >= 0 && clipping.isFinite, "clipping", "a number of at least 0 (0: none)", clipping)
    try require((0..<1).contains(validation), "validation", "a share from 0 to less than 1", validation)
  }

  /// The optimizer before the first of `steps` steps.
  func makeOptimizer(steps: Int) -> any Optimizer {
    let rate = Scalar(learningRate)
    let schedule: Schedule = schedule == .constant ? .constant(rate) : .cosine(from: rate, over: steps)
    let decay = Scalar(weightDecay)
    switch optimizer {
    case .adam: return Adam(schedule, weightDecay: decay > 0 ? .decoupled(decay) : .none)
    case .sgd: return SGD(schedule, momentum: 0.9, weightDecay: decay > 0 ? .coupled(decay) : .none)
    case .rmsProp: return RMSProp(schedule, weightDecay: decay > 0 ? .coupled(decay) : .none)
    }
  }
}

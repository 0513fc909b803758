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
    /// By `scheduleFactor` after every `scheduleEpochs` epochs.
    case step
  }

  /// Which weights a run ends with.
  public enum Keep: String, Codable, Sendable, CaseIterable {
    /// Those after the last epoch.
    case last
    /// Those after the epoch with the lowest training loss.
    case lowestLoss
  }

  /// How often every pixel is seen.
  public var epochs = 100
  /// How many pixels one step sees; 0 for all of them.
  public var batchSize = 128
  /// The optimizer.
  public var optimizer = OptimizerKind.adam
  /// The learning rate of the first step.
  public var learningRate = 1e-3
  /// How the learning rate changes.
  public var schedule = ScheduleKind.cosine
  /// The epochs between two changes of the rate (schedule `step`).
  public var scheduleEpochs = 245
  /// What the rate is multiplied by (schedule `step`).
  public var scheduleFactor = 0.9
  /// Decoupled weight decay (Adam) or an L2 penalty (others).
  public var weightDecay = 0.0
  /// Whether Adam takes the weight decay as an L2 penalty too.
  public var coupledDecay = false
  /// The largest Euclidean norm of a gradient; 0 for no limit.
  public var clipping = 0.0
  /// The share of the training pixels kept back to watch training, one by one or in tiles as test pixels are.
  public var validation = 0.0
  /// Which weights a run ends with.
  public var keep = Keep.last
  /// From how many fresh starts to train; the one with the lowest training loss is kept.
  public var restarts = 1

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
    let isSize = batchSize == 0 || (2...1_000_000).contains(batchSize)
    try require(isSize, "batchSize", "0 (all pixels) or 2 … 1000000", batchSize)
    try require((1...1_000_000).contains(scheduleEpochs), "scheduleEpochs", "1 … 1000000", scheduleEpochs)
    try require(scheduleFactor > 0 && scheduleFactor <= 1, "scheduleFactor", "a number in (0, 1]", scheduleFactor)
    try require((1...1000).contains(restarts), "restarts", "1 … 1000", restarts)
    try require(learningRate > 0 && learningRate.isFinite, "learningRate", "a positive number", learningRate)
    try require(weightDecay >= 0 && weightDecay.isFinite, "weightDecay", "a number of at least 0", weightDecay)
    try require(clipping >= 0 && clipping.isFinite, "clipping", "a number of at least 0 (0: none)", clipping)
    try require((0..<1).contains(validation), "validation", "a share from 0 to less than 1", validation)
  }

  /// The optimizer before the first step of epochs of so many steps.
  func makeOptimizer(stepsPerEpoch: Int) -> any Optimizer {
    let rate = Scalar(learningRate)
    let schedule: Schedule =
      switch schedule {
      case .constant: .constant(rate)
      case .cosine: .cosine(from: rate, over: stepsPerEpoch * epochs)
      case .step: .step(from: rate, by: Scalar(scheduleFactor), every: scheduleEpochs * stepsPerEpoch)
      }
    let decay = Scalar(weightDecay)
    switch optimizer {
    case .adam:
      return Adam(schedule, weightDecay: decay == 0 ? .none : coupledDecay ? .coupled(decay) : .decoupled(decay))
    case .sgd: return SGD(schedule, momentum: 0.9, weightDecay: decay > 0 ? .coupled(decay) : .none)
    case .rmsProp: return RMSProp(schedule, weightDecay: decay > 0 ? .coupled(decay) : .none)
    }
  }
}

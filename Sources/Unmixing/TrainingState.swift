import Networks
import Tensors

/// Where training stands, apart from the model itself. Together they are a checkpoint.
public struct TrainingState: Sendable {
  /// The number of steps taken.
  public internal(set) var step = 0
  /// One record for each finished epoch.
  public internal(set) var history: [EpochRecord] = []
  /// The optimizer with its moments.
  public internal(set) var optimizer: any Optimizer
  /// Sums over the steps of the epoch that is running.
  var running = RunningRecord()

  init(optimizer: any Optimizer) {
    self.optimizer = optimizer
  }
}

/// The averages of one epoch: a row of the loss curve.
public struct EpochRecord: Sendable, Equatable, Codable {
  /// Counted from 1.
  public let epoch: Int
  /// The whole loss.
  public let loss: Double
  /// −log p(x∣a), summed over bands.
  public let fit: Double
  /// The divergence of the posterior from the prior, in nats.
  public let divergence: Double
  /// ‖â − a*‖², where labels exist.
  public let abundanceError: Double?
  /// Abundance RMSE on validation pixels, mean over endmembers, where some were kept back.
  public let validationRMSE: Double?
}

/// Sums over the steps of an epoch that is not finished.
struct RunningRecord: Sendable, Equatable, Codable {
  var steps = 0
  var loss = 0.0
  var fit = 0.0
  var divergence = 0.0
  var abundanceError: Double?

  mutating func add(_ parts: LossParts) {
    steps += 1
    loss += parts.loss
    fit += parts.fit
    divergence += parts.divergence
    if let error = parts.abundanceError { abundanceError = (abundanceError ?? 0) + error }
  }

  func record(epoch: Int, validationError: Double?) -> EpochRecord {
    let count = Double(steps)
    return EpochRecord(
      epoch: epoch, loss: loss / count, fit: fit / count, divergence: divergence / count,
      abundanceError: abundanceError.map { $0 / count }, validationRMSE: validationError)
  }
}

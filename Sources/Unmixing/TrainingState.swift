import Networks
import Tensors

/// Where training stands, apart from the model itself. Together they are a checkpoint.
public struct TrainingState: Sendable {
  /// The number of steps taken, over all restarts.
  public internal(set) var step = 0
  /// One record for each finished epoch, over all restarts.
  public internal(set) var history: [EpochRecord] = []
  /// The optimizer with its moments.
  public internal(set) var optimizer: any Optimizer
  /// Sums over the steps of the epoch that is running.
  var running = RunningRecord()
  /// The weights to end with, as far as they are known; `nil` where those are the model's own.
  var best: Snapshot?

  init(optimizer: any Optimizer) {
    self.optimizer = optimizer
  }
}

/// A model's weights and running statistics after some epoch.
struct Snapshot: Sendable, Equatable {
  /// The training loss of that epoch.
  var loss: Double
  /// The parameters, in the order they are visited.
  var parameters: [Tensor]
  /// The buffers, in the order they are visited.
  var buffers: [Tensor]
}

extension UnmixingModel {
  /// The model as it is.
  func snapshot(loss: Double) -> Snapshot { Snapshot(loss: loss, parameters: parameters, buffers: buffers) }

  /// Takes weights and running statistics from a snapshot of a model of the same shapes.
  mutating func restore(_ snapshot: Snapshot) {
    var next = snapshot.parameters.makeIterator()
    forEachParameter { $0 = next.next() ?? $0 }
    var nextBuffer = snapshot.buffers.makeIterator()
    forEachBuffer { $0 = nextBuffer.next() ?? $0 }
  }
}

/// The averages of one epoch: a row of the loss curve.
public struct EpochRecord: Sendable, Equatable, Codable {
  /// Counted from 1, over all restarts.
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

import Networks
import Probability
import Scenes
import Tensors

/// The one training loop: minibatches of pixels (or the whole scene at once), the objective, an optimizer.
///
/// What a step does depends only on the configuration, the seed and the step's number: the order of pixels is keyed by
/// the epoch, draws by step and pixel. Training resumed from a saved state therefore ends bit for bit where an
/// uninterrupted one does, and the number of threads changes nothing.
public struct Trainer: Sendable {
  /// How to train.
  public let options: TrainingOptions
  /// What to minimise.
  public let objective: NegativeELBO
  /// The key of every random number.
  public let seed: UInt64

  /// A trainer.
  public init(_ options: TrainingOptions, minimizing objective: NegativeELBO, seed: UInt64) {
    self.options = options
    self.objective = objective
    self.seed = seed
  }

  /// The state before the first step of training on so many pixels.
  public func initialState(pixels: Int) -> TrainingState {
    TrainingState(optimizer: options.makeOptimizer(stepsPerEpoch: stepsPerEpoch(pixels)))
  }

  /// Whether training goes on after a step.
  public enum Verdict: Sendable {
    /// Go on.
    case proceed
    /// Return now; the state can be saved and trained on later.
    case stop
  }

  /// Trains from `state` to the last epoch, or until `observe` says stop.
  ///
  /// - Parameters:
  ///   - renewed: The model with the fresh weights of a restart, counted from 0.
  ///   - observe: Called after every step with the state and the model as they are then.
  /// - Throws: ``UnmixingError/diverged(epoch:loss:)`` at a loss that is not finite, or at the end of an epoch with weights
  ///   that are not; what `observe` throws.
  public func fit<Model: UnmixingModel>(
    _ model: inout Model, from state: inout TrainingState, on data: TrainingData,
    renewed: (_ restart: Int) throws -> Model,
    observe: (_ state: TrainingState, _ model: Model) throws -> Verdict = { _, _ in .proceed }
  ) throws {
    let steps = stepsPerEpoch(data.pixels.count)
    let total = totalSteps(data.pixels.count)
    let most = Int(UInt32.max) / Self.drawsPerStep
    if total > most {
      throw UnmixingError.configuration(
        field: "training.epochs", expected: "at most \(most) steps in all, each with random numbers of its own",
        found: "\(total) steps")
    }
    let whole = options.batchSize == 0 ? data.batch(data.pixels) : nil
    var order: [Int] = []
    while state.step < total {
      let (epoch, position) = state.step.quotientAndRemainder(dividingBy: steps)
      if position == 0 && epoch > 0 && epoch % options.epochs == 0 {
        model = try renewed(epoch / options.epochs)
        state.optimizer = options.makeOptimizer(stepsPerEpoch: steps)
      }
      let parts: LossParts
      if let whole {
        parts = try step(&model, &state, whole, data.pixels)
      } else {
        if order.isEmpty || position == 0 { order = self.order(of: data.pixels, epoch: epoch) }
        let start = position * options.batchSize
        let pixels = Array(order[start..<min(order.count, start + options.batchSize)])
        parts = try step(&model, &state, data.batch(pixels), pixels)
      }
      guard parts.loss.isFinite else { throw UnmixingError.diverged(epoch: epoch + 1, loss: parts.loss) }
      state.step += 1
      state.running.add(parts)
      if position == steps - 1 {
        // The loss tells of the weights before the step.
        guard model.hasFiniteParameters else { throw UnmixingError.diverged(epoch: epoch + 1, loss: .nan) }
        let error = data.validation.isEmpty ? nil : validationError(of: model, on: data)
        state.history.append(state.running.record(epoch: epoch + 1, validationError: error))
        state.running = .init()
        remember(model, after: epoch, in: &state)
        if state.step == total, let best = state.best { model.restore(best) }
      }
      if try observe(state, model) == .stop { return }
    }
  }

  /// The number of steps of an epoch. A last batch of a single pixel is left out: it has no batch statistics.
  public func stepsPerEpoch(_ pixels: Int) -> Int {
    if options.batchSize == 0 { return 1 }
    let whole = pixels / options.batchSize
    return whole + (pixels % options.batchSize > 1 ? 1 : 0)
  }

  /// The number of steps of the whole training, with its restarts.
  public func totalSteps(_ pixels: Int) -> Int { stepsPerEpoch(pixels) * options.epochs * options.restarts }

  /// Keeps the weights of an epoch that may be the ones to end with.
  private func remember<Model: UnmixingModel>(_ model: Model, after epoch: Int, in state: inout TrainingState) {
    let isLast = (epoch + 1) % options.epochs == 0
    let isCandidate = options.keep == .lowestLoss || (options.restarts > 1 && isLast)
    guard isCandidate, let loss = state.history.last?.loss, loss < state.best?.loss ?? .infinity else { return }
    state.best = model.snapshot(loss: loss)
  }

  /// How many draws of one step have keys of their own.
  private static let drawsPerStep = 16

  private func order(of pixels: [Int], epoch: Int) -> [Int] {
    // A permutation takes as many numbers as there are pixels: every epoch has a key of its own.
    var random = RandomPurpose.order.stream(seed: seed &+ UInt64(epoch) &* 0x9E37_79B9_7F4A_7C15)
    return random.permutation(pixels.count).map { pixels[$0] }
  }

  private func step<Model: UnmixingModel>(
    _ model: inout Model, _ state: inout TrainingState, _ batch: Batch, _ pixels: [Int]
  ) throws -> LossParts {
    let index = UInt32(truncatingIfNeeded: state.step &* Self.drawsPerStep)
    var pass = Pass(.training, random: RandomPurpose.training.stream(seed: seed, index: index))
    pass.random.rows = pixels.map { UInt32($0) }
    var parts: LossParts?
    var (_, gradient) = try valueAndGradient(at: &model) { model in
      let (loss, lossParts) = try objective(of: &model, on: batch, in: &pass)
      parts = lossParts
      return loss
    }
    guard let parts else { preconditionFailure("the loss was not computed") }
    let draws = Int(pass.random.index &- index)
    precondition(draws <= Self.drawsPerStep, "\(draws) draws in one step, at most \(Self.drawsPerStep) are keyed")
    if options.clipping > 0 { GradientClipping.globalNorm(Scalar(options.clipping))(&gradient) }
    state.optimizer.update(&model, along: gradient)
    model.forEachBuffer { $0 = $0.detached }
    model.finishStep()
    return parts
  }

  /// The root mean square abundance error on the validation pixels, mean over endmembers.
  private func validationError<Model: UnmixingModel>(of model: Model, on data: TrainingData) -> Double? {
    guard let abundances = data.abundances else { return nil }
    var model = model
    var pass = Pass(.inference, random: RandomPurpose.inference.stream(seed: seed))
    var squares = Tensor.zeros([model.endmemberCount])
    for start in stride(from: 0, to: data.validation.count, by: 512) {
      let pixels = Array(data.validation[start..<min(start + 512, data.validation.count)])
      let mean = model.posterior(of: data.patches.sight(of: pixels), in: &pass).mean
      squares += (mean - abundances.gatheringRows(pixels)).squared().sum(along: 0)
    }
    return Double((squares / Scalar(data.validation.count)).sqrt().mean().scalar)
  }
}

extension UnmixingModel {
  /// Whether every weight is a number.
  var hasFiniteParameters: Bool {
    var (copy, isFinite) = (self, true)
    copy.forEachParameter { parameter in
      isFinite = isFinite && parameter.withUnsafeScalars { $0.allSatisfy(\.isFinite) }
    }
    return isFinite
  }
}

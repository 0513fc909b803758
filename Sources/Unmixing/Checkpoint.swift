import Foundation
import Networks
import Scenes
import Tensors

/// Everything a run is at one moment: description, weights, running statistics, optimizer, position.
///
/// Random numbers and the order of pixels are keyed by seed and step, which is therefore all of their state. The file
/// is written beside, synchronised and renamed: a run killed at any moment leaves a whole checkpoint, this or the last.
public struct Checkpoint: Sendable {
  /// What the run was made from.
  public var description: RunDescription
  /// The pixels trained on.
  public var trainingPixels: [Int]
  /// The pixels that watch training.
  public var validationPixels: [Int]
  /// The pixels held out for testing; empty without a split.
  public var testPixels: [Int]
  /// The records of finished epochs.
  public private(set) var history: [EpochRecord]
  /// The number of steps taken.
  public private(set) var step: Int
  /// Seconds of training so far, over all resumptions.
  public var seconds: Double
  private var running: RunningRecord
  package private(set) var parameters: [Tensor]
  package private(set) var buffers: [Tensor]
  private var optimizer: [(name: String, tensor: Tensor)]
  private var best: Snapshot?

  /// The checkpoint of a model and the state of its training.
  public init<Model: UnmixingModel>(
    _ description: RunDescription, model: Model, state: TrainingState, data: TrainingData, testPixels: [Int],
    seconds: Double
  ) {
    self.description = description
    trainingPixels = data.pixels
    validationPixels = data.validation
    self.testPixels = testPixels
    history = state.history
    step = state.step
    self.seconds = seconds
    running = state.running
    parameters = model.parameters
    buffers = model.buffers
    optimizer = state.optimizer.state
    best = state.best
  }

  /// The model and the training state this checkpoint holds.
  ///
  /// - Throws: ``UnmixingError/checkpoint(file:field:expected:found:)`` when it does not fit its own configuration.
  public func restored() throws -> (model: any UnmixingModel, state: TrainingState) {
    let entry = try Catalogue.entry(description.configuration.method)
    let facts = ModelFacts(
      bands: description.bands, endmembers: description.endmemberNames.count, pixels: trainingPixels.count)
    let configuration = description.configuration
    var random = RandomPurpose.initialization.stream(seed: description.seed)
    let model = try filled(entry.model(configuration.model, facts, using: &random))
    let trainer = Trainer(configuration.training, minimizing: configuration.objective, seed: description.seed)
    var state = trainer.initialState(pixels: trainingPixels.count)
    state.step = step
    state.history = history
    state.running = running
    state.optimizer.state = optimizer
    state.optimizer.stepCount = step % (trainer.totalSteps(trainingPixels.count) / configuration.training.restarts)
    state.best = best
    return (model, state)
  }

  private func filled<Model: UnmixingModel>(_ model: Model) throws -> any UnmixingModel {
    var model = model
    for weights in [parameters, best?.parameters].compactMap(\.self) {
      try Self.check(model.parameters, against: weights, "parameters")
    }
    for statistics in [buffers, best?.buffers].compactMap(\.self) {
      try Self.check(model.buffers, against: statistics, "running statistics")
    }
    model.restore(Snapshot(loss: 0, parameters: parameters, buffers: buffers))
    return model
  }

  private static func check(_ expected: [Tensor], against found: [Tensor], _ field: String) throws {
    let (expected, found) = (expected.map(\.shape), found.map(\.shape))
    if expected != found {
      throw UnmixingError.checkpoint(
        file: "checkpoint", field: field, expected: "shapes \(expected)", found: "\(found)")
    }
  }
}

extension Checkpoint {
  private static let format = "alunite-checkpoint-1"

  /// What is neither tensor nor description.
  private struct Position: Codable {
    var step: Int
    var seconds: Double
    var history: [EpochRecord]
    var running: RunningRecord
    var bestLoss: Double?
  }

  /// Writes the checkpoint in place of an older one.
  ///
  /// - Throws: ``SceneError`` naming the file, with the older checkpoint intact.
  public func write(to url: URL) throws {
    try writeAtomically(to: url, overwriting: true) { temporary in
      let file = try HDF5File(creating: temporary)
      try file.setAttribute("format", to: Self.format)
      try file.setAttribute("description", to: Self.json(description))
      let position = Position(step: step, seconds: seconds, history: history, running: running, bestLoss: best?.loss)
      try file.write(Array(Self.json(position).utf8), to: "position")
      var groups = [("parameters", parameters), ("buffers", buffers)]
      if let best { groups += [("bestParameters", best.parameters), ("bestBuffers", best.buffers)] }
      for (group, tensors) in groups {
        try file.makeGroup(group)
        for (index, tensor) in tensors.enumerated() { try file.write(tensor, to: "\(group)/\(index)") }
      }
      try file.makeGroup("optimizer")
      try file.write(optimizer.map(\.name), to: "optimizer/names")
      for (index, entry) in optimizer.enumerated() { try file.write(entry.tensor, to: "optimizer/\(index)") }
      try file.makeGroup("pixels")
      for (name, pixels) in [("training", trainingPixels), ("validation", validationPixels), ("test", testPixels)] {
        try file.write(pixels.map(Int64.init), to: "pixels/\(name)")
      }
      try file.close()
    }
  }

  /// Reads a checkpoint.
  ///
  /// - Throws: ``UnmixingError/checkpoint(file:field:expected:found:)`` or ``SceneError`` naming the file.
  public init(contentsOf url: URL) throws {
    let file = try HDF5File(reading: url)
    let format = try file.text(attribute: "format") ?? "no format"
    guard format == Self.format else {
      throw UnmixingError.checkpoint(file: url.path, field: "format", expected: Self.format, found: format)
    }
    let written = try file.text(attribute: "description") ?? ""
    description = try Self.decoded(
      (try? EarlierDescription(completing: written).text) ?? written, "description", url)
    if description.version != RunDescription.currentVersion {
      throw UnmixingError.checkpoint(
        file: url.path, field: "version", expected: RunDescription.currentVersion, found: description.version)
    }
    try description.configuration.check()
    let text = String(decoding: try file.bytes("position"), as: UTF8.self)
    let position: Position = try Self.decoded(text, "position", url)
    (step, seconds) = (position.step, position.seconds)
    (history, running) = (position.history, position.running)
    func tensors(_ group: String) throws -> [Tensor] {
      let count = try file.names(in: group).filter { Int($0) != nil }.count
      return try (0..<count).map { try file.tensor("\(group)/\($0)") }
    }
    parameters = try tensors("parameters")
    buffers = try tensors("buffers")
    best = try position.bestLoss.map {
      Snapshot(loss: $0, parameters: try tensors("bestParameters"), buffers: try tensors("bestBuffers"))
    }
    optimizer = Array(zip(try file.strings("optimizer/names"), try tensors("optimizer")).map { (name: $0, tensor: $1) })
    trainingPixels = try file.integers("pixels/training").map(Int.init)
    validationPixels = try file.integers("pixels/validation").map(Int.init)
    testPixels = try file.integers("pixels/test").map(Int.init)
    if let outside = (trainingPixels + validationPixels + testPixels).first(where: { $0 < 0 }) {
      throw UnmixingError.checkpoint(file: url.path, field: "pixels", expected: "at least 0", found: "\(outside)")
    }
    try file.close()
  }

  private static func json(_ value: some Encodable) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    return String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// What is wrong, in words.
  private static func reason(_ error: any Error) -> String {
    switch error {
    case DecodingError.keyNotFound(let key, _): "no \(key.stringValue)"
    case DecodingError.typeMismatch(_, let place), DecodingError.valueNotFound(_, let place):
      "another kind of value at \(place.codingPath.map(\.stringValue).joined(separator: "."))"
    case DecodingError.dataCorrupted(let place):
      place.codingPath.isEmpty
        ? "no JSON" : "an unknown value at \(place.codingPath.map(\.stringValue).joined(separator: "."))"
    default: "\(error)"
    }
  }

  private static func decoded<Value: Decodable>(_ text: String, _ field: String, _ url: URL) throws -> Value {
    do {
      return try JSONDecoder().decode(Value.self, from: Data(text.utf8))
    } catch {
      throw UnmixingError.checkpoint(
        file: url.path, field: field, expected: "what Alunite \(RunDescription.currentVersion) writes",
        found: Self.reason(error))
    }
  }
}

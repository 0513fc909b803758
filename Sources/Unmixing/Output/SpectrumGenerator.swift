import Foundation
import Scenes
import Tensors

/// Spectra from abundances: what a trained model expects to measure, and draws of it.
///
///     x ~ Normal(μ(a), diag σ²)
///
/// - Units: reflectance; for a model that scales every pixel by its norm, brightness is that of a typical pixel.
public struct SpectrumGenerator: Sendable {
  private let model: TrainedModel
  private let samples: Int
  private let seed: UInt64

  /// A generator that makes `samples` draws of every spectrum.
  ///
  /// - Precondition: `samples` is not negative.
  public init(_ model: TrainedModel, samples: Int, seed: UInt64) {
    precondition(samples >= 0, "\(samples) draws")
    self.model = model
    self.samples = samples
    self.seed = seed
  }

  /// Abundances spread evenly over the simplex, `[count, endmembers]`.
  public func uniformAbundances(count: Int) -> Tensor {
    var random = RandomPurpose.generation.stream(seed: seed)
    let weights = -random.uniform([count, model.description.endmemberNames.count]).log()
    return weights / weights.sum(along: -1, keepingDimensions: true)
  }

  /// Writes rows `spectrum, quantity, abundances…, bands…` where the quantity is mean, sd or draw n.
  ///
  /// Draws are written as they are made: memory does not depend on their number. A draw depends on the seed, its number
  /// and the number of its spectrum alone.
  ///
  /// - Shapes: `abundances` is `[spectra, endmembers]`.
  /// - Parameters:
  ///   - observe: is told now and then how many spectra are done; what it throws ends the writing.
  /// - Throws: ``SceneError/cannotWrite(path:reason:)``, also when the file exists; what `observe` throws.
  public func write(
    _ abundances: Tensor, to url: URL, observe: (_ done: Int) throws -> Void = { _ in }
  ) throws {
    let description = model.description
    precondition(
      abundances.rank == 2 && abundances.shape[1] == description.endmemberNames.count,
      "abundances of shape \(abundances.shape) for \(description.endmemberNames.count) endmembers")
    let bands = description.wavelengths?.map { "\($0)" } ?? (1...description.bands).map { "band \($0)" }
    var lines = BufferedLines(file: try OutputFile(url))
    try lines.add(["spectrum", "quantity"] + description.endmemberNames + bands)
    let count = abundances.shape[0]
    for start in stride(from: 0, to: count, by: 256) {
      let tile = abundances.slice(along: 0, start..<min(start + 256, count))
      let (mean, deviation) = model.reconstruction(of: tile)
      for row in 0..<tile.shape[0] {
        let range = row..<row + 1
        let (center, width) = (mean.slice(along: 0, range), deviation.slice(along: 0, range))
        let fractions = Self.fields(tile.slice(along: 0, range))
        try write(center, width, of: start + row, after: fractions, to: &lines) { try observe(start + row) }
        try observe(start + row + 1)
      }
    }
    try lines.close()
  }

  /// All rows of one spectrum; `pause` is called between some of them.
  private func write(
    _ mean: Tensor, _ deviation: Tensor, of spectrum: Int, after fractions: [String], to lines: inout BufferedLines,
    pause: () throws -> Void
  ) throws {
    let number = "\(spectrum + 1)"
    try lines.add([number, "mean"] + fractions + Self.fields(mean))
    try lines.add([number, "sd"] + fractions + Self.fields(deviation))
    for sample in 0..<samples {
      // One stream index for each draw, one row identity for each spectrum: a draw depends on nothing else.
      var random = RandomPurpose.generation.stream(seed: seed, index: UInt32(1 + sample))
      random.rows = [UInt32(spectrum)]
      let draw = mean + deviation * random.normal(mean.shape)
      try lines.add([number, "draw \(sample + 1)"] + fractions + Self.fields(draw))
      if sample % 1024 == 1023 { try pause() }
    }
  }

  private static func fields(_ values: Tensor) -> [String] {
    values.withUnsafeScalars { values in values.map { "\($0)" } }
  }
}

/// Lines of a file, written some at a time.
private struct BufferedLines {
  let file: OutputFile
  private var text = ""

  init(file: OutputFile) { self.file = file }

  mutating func add(_ fields: [String]) throws {
    text += CommaSeparated.line(fields)
    if text.utf8.count > 1 << 18 { try flush() }
  }

  mutating func close() throws {
    try flush()
    try file.close()
  }

  private mutating func flush() throws {
    try file.write(text)
    text.removeAll(keepingCapacity: true)
  }
}

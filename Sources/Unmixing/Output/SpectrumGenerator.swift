import Foundation
import Scenes
import Tensors

/// Spectra from abundances: what a trained model expects to measure, and draws of it.
///
///     x ~ Normal(μ(a), diag σ²)
///
/// - Units: reflectance; for a model that scales every pixel by its norm, brightness is that of a typical pixel.
package struct SpectrumGenerator {
  private let model: TrainedModel
  private let samples: Int
  private let seed: UInt64

  /// A generator that makes `samples` draws of every spectrum.
  package init(_ model: TrainedModel, samples: Int, seed: UInt64) {
    self.model = model
    self.samples = samples
    self.seed = seed
  }

  /// Abundances spread evenly over the simplex, `[count, endmembers]`.
  package func uniformAbundances(count: Int) -> Tensor {
    var random = RandomPurpose.generation.stream(seed: seed)
    let weights = -random.uniform([count, model.description.endmemberNames.count]).log()
    return weights / weights.sum(along: -1, keepingDimensions: true)
  }

  /// Writes rows `spectrum, quantity, abundances…, bands…` where the quantity is mean, sd or draw n.
  ///
  /// - Throws: ``SceneError/cannotWrite(path:reason:)``; what `observe` throws.
  package func write(_ abundances: Tensor, to url: URL, observe: (_ done: Int) throws -> Void) throws {
    let file = try OutputFile(url)
    let description = model.description
    let bands = description.wavelengths?.map { "\($0)" } ?? (1...description.bands).map { "band \($0)" }
    let head = CommaSeparated.line(["spectrum", "quantity"] + description.endmemberNames + bands)
    try file.write(head)
    let count = abundances.shape[0]
    for start in stride(from: 0, to: count, by: 256) {
      let rows = start..<min(start + 256, count)
      try file.write(text(abundances.slice(along: 0, rows), rows))
      try observe(rows.upperBound)
    }
    try file.close()
  }

  private func text(_ abundances: Tensor, _ rows: Range<Int>) -> String {
    let (mean, deviation) = model.reconstruction(of: abundances)
    // One stream index for each draw, one row identity for each spectrum: a draw depends on nothing else.
    let draws = (0..<samples).map { sample in
      var random = RandomPurpose.generation.stream(seed: seed, index: UInt32(1 + sample))
      random.rows = rows.map { UInt32($0) }
      return mean + deviation * random.normal(mean.shape)
    }
    let quantities = [("mean", mean), ("sd", deviation)] + draws.enumerated().map { ("draw \($0 + 1)", $1) }
    var text = ""
    for row in 0..<rows.count {
      let fractions = Self.fields(abundances, row)
      for (name, values) in quantities {
        text += CommaSeparated.line(["\(rows.lowerBound + row + 1)", name] + fractions + Self.fields(values, row))
      }
    }
    return text
  }

  private static func fields(_ matrix: Tensor, _ row: Int) -> [String] {
    let width = matrix.shape[1]
    return matrix.withUnsafeScalars { values in values[row * width..<(row + 1) * width].map { "\($0)" } }
  }
}

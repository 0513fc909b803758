import Foundation
import Tensors
import Yams

/// Replaces the ranges of a recipe by numbers: a distribution over recipes becomes one of them.
///
///     noise:
///       snr: {from: 20, to: 40}
///     illumination: {spread: {from: 0.01, to: 0.2, scale: log}}
///     purePixels: {from: 0, to: 5}           # both ends whole: a whole number, both included
///
/// Every number is uniform between its ends, or its logarithm is. It is drawn from the seed of the scene and its place in
/// the recipe, so that a range more at one place changes no number at another.
struct RandomizedNumbers {
  /// The seed of the scene; where it is absent, the recipe's own.
  let seed: UInt64?

  /// The tree with a number in place of every range.
  ///
  /// - Throws: ``RecipeError`` when a range is none.
  func drawn(_ root: Node) throws -> Node {
    let own = root.mapping?["seed"]?.int.map { UInt64(max(0, $0)) }
    return try drawn(root, at: "", seed: seed ?? own ?? 0)
  }

  private func drawn(_ node: Node, at path: String, seed: UInt64) throws -> Node {
    switch node {
    case .mapping(let mapping):
      if let range = try range(mapping, at: path) { return Node(range.text(seed: seed, path: path)) }
      var result = mapping
      for (key, value) in mapping {
        result[key] = try drawn(value, at: path + "." + (key.string ?? ""), seed: seed)
      }
      return .mapping(result)
    case .sequence(let sequence):
      var result = sequence
      for place in sequence.indices { result[place] = try drawn(sequence[place], at: "\(path)[\(place)]", seed: seed) }
      return .sequence(result)
    default: return node
    }
  }

  /// The ends of a number.
  private struct Range {
    let low: Double, high: Double
    let isLogarithmic: Bool
    let isWhole: Bool

    func text(seed: UInt64, path: String) -> String {
      var random = Purpose.parameter.stream(seed: seed, index: Self.number(of: path))
      let share = Double(random.uniform([1, 1]).scalars[0])
      if isWhole { return "\(Int(low) + min(Int(share * (high - low + 1)), Int(high - low)))" }
      return "\(isLogarithmic ? low * pow(high / low, share) : low + (high - low) * share)"
    }

    /// A number of the place, by the FNV-1a hash.
    private static func number(of path: String) -> UInt32 {
      path.utf8.reduce(2_166_136_261) { ($0 ^ UInt32($1)) &* 16_777_619 }
    }
  }

  private func range(_ mapping: Node.Mapping, at path: String) throws -> Range? {
    let keys = Set(mapping.keys.compactMap(\.string))
    // A sensor has no `from`, and nothing else of a recipe has either of them.
    guard keys.contains("from") || keys.contains("to") else { return nil }
    func fault(_ expected: String, _ found: String) -> RecipeError {
      .malformed(recipe: "recipe", field: String(path.drop { $0 == "." }), expected: expected, found: found)
    }
    guard keys.isSubset(of: ["from", "to", "scale"]), let low = mapping["from"]?.float, let high = mapping["to"]?.float
    else { throw fault("a range {from: number, to: number}", "fields \(keys.sorted().joined(separator: ", "))") }
    guard low < high, low.isFinite, high.isFinite else { throw fault("from below to", "\(low) to \(high)") }
    let scale = mapping["scale"]?.string ?? "linear"
    guard ["linear", "log"].contains(scale) else { throw fault("scale linear or log", "“\(scale)”") }
    guard scale == "linear" || low > 0 else { throw fault("ends above 0 on a logarithmic scale", "\(low)") }
    let isWhole = scale == "linear" && mapping["from"]?.int != nil && mapping["to"]?.int != nil
    return Range(low: low, high: high, isLogarithmic: scale == "log", isWhole: isWhole)
  }
}

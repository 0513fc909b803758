import Scenes
import Tensors

/// Labelled abundances that can be learned from: on the simplex, and known where they are missing.
///
/// - Edge cases: a pixel with a label that is not finite is not learned from. Labels are allowed to miss the simplex by
///   `tolerance`, as rounded ones do, and are then put on it.
struct Labels: Sendable {
  /// How far an abundance may be below 0, and a sum of abundances from 1.
  static let tolerance: Scalar = 0.01

  /// Abundances of every pixel, `[pixels, endmembers]`; rows without a label are zeros.
  let abundances: Tensor
  private let isLabelled: [Bool]

  /// The labels of a scene, if it has a truth.
  ///
  /// - Throws: ``UnmixingError/mismatch(field:expected:found:)`` naming the first pixel whose label is no mixture.
  init?(of scene: Scene) throws {
    guard let truth = scene.truth?.abundances else { return nil }
    let count = truth.shape[1]
    var (values, isLabelled) = (truth.scalars, [Bool](repeating: false, count: truth.shape[0]))
    for pixel in isLabelled.indices {
      let row = pixel * count..<(pixel + 1) * count
      guard scene.isValid[pixel], values[row].allSatisfy(\.isFinite) else {
        for place in row { values[place] = 0 }
        continue
      }
      let sum = values[row].reduce(0, +)
      if (values[row].min() ?? 0) < -Self.tolerance || abs(sum - 1) > Self.tolerance {
        throw UnmixingError.mismatch(
          field: "labelled abundances of row \(pixel / scene.columns), column \(pixel % scene.columns)",
          expected: "numbers of at least 0 that sum to 1", found: values[row].map { "\($0)" }.joined(separator: ", "))
      }
      for place in row { values[place] = max(values[place], 0) }
      let positive = values[row].reduce(0, +)
      for place in row { values[place] /= positive }
      isLabelled[pixel] = true
    }
    abundances = Tensor(truth.shape, values)
    self.isLabelled = isLabelled
  }

  /// Those of the pixels that have a label.
  func labelled(among pixels: [Int]) -> [Int] { pixels.filter { isLabelled[$0] } }
}

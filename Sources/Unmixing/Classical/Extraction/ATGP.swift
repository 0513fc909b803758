import Scenes
import Tensors

/// Automatic target generation: one after another, the pixel with most left outside the span of those before.
///
///     t₀ = argmax ‖x‖,   tₖ = argmax ‖P⊥ x‖,   P⊥ the projection onto the complement of t₀ … tₖ₋₁
///
/// Nothing is random. The first target is the brightest pixel, so illumination counts, and one odd pixel is a target.
///
/// - Shapes: spectra are `[pixels, bands]`.
/// - Edge cases: of equal pixels the first is taken. Ends with an error when the targets span all pixels.
/// - Complexity: O(pixels · bands · count).
/// - Source: Ren and Chang, *Automatic spectral target recognition in hyperspectral imagery*, IEEE Transactions on
///   Aerospace and Electronic Systems 39, 2003, §III.
public struct ATGP: PixelExtractor {
  /// What it is called in print.
  public static let title = "ATGP"
  /// The number of targets.
  public var count: Int

  /// A search for `count` targets. Whether `count` suits is said by the scene.
  public init(count: Int) { self.count = count }

  /// The targets.
  ///
  /// - Throws: as ``PixelExtractor/pixels(of:isValid:)``.
  public func pixels(of spectra: Tensor, isValid: [Bool]?) throws -> [Int] {
    let valid = try SignalSpace.checked(spectra, isValid, count)
    // The squared norms of what is left of every pixel.
    var left = spectra.squaredRowNorms()
    let power = valid.indices.reduce(0) { valid[$1] ? max($0, left[$1]) : $0 }
    var basis: [[Double]] = []
    var chosen: [Int] = []
    while true {
      guard let target = valid.indices.filter({ valid[$0] }).max(by: { left[$0] < left[$1] }),
        left[target] > 1e-12 * power
      else { throw UnmixingError.rankDeficient(requested: count, dimensions: max(chosen.count - 1, 0)) }
      chosen.append(target)
      if chosen.count == count { return chosen }
      basis.append(spectra[target].scalars.map { Double($0) })
      DominantEigenvectors.orthonormalize(&basis)
      let parts = Projection.coordinates(of: spectra, along: basis[basis.count - 1], offsets: [0])
      for pixel in left.indices { left[pixel] -= parts[pixel] * parts[pixel] }
    }
  }
}

extension Tensor {
  /// ‖x‖² of every row, in Double.
  func squaredRowNorms() -> [Double] {
    let (rows, width) = (shape[0], shape[1])
    return withUnsafeScalars { values in
      (0..<rows).map { row in
        var sum = 0.0
        for index in row * width..<(row + 1) * width { sum += Double(values[index]) * Double(values[index]) }
        return sum
      }
    }
  }
}

import Tensors

extension StoredScene {
  /// The numbers as reference abundances, one band an endmember.
  ///
  /// A row that states no abundances (not finite, at the ignore value, or 0 throughout) becomes a row of NaN, which is
  /// not compared and not trained on; as zeros it would be a claim about the pixel.
  ///
  /// - Throws: ``SceneError/noValidPixels(path:dead:notFinite:ignored:)`` when neither a row nor endmembers are known;
  ///   as `calibrate`.
  func groundTruth(
    _ options: ReadingOptions, names: [String]? = nil, endmembers: SpectralLibrary? = nil
  ) throws -> GroundTruth {
    var work = self
    let (mask, counts) = judged(rules(options))
    if mask.contains(true) {
      _ = try work.calibrate(mask, options)
    } else if endmembers == nil {
      throw noValidPixels(counts)
    }
    work.noteMasked(counts, "no abundances: not compared, not trained on")
    work.setUnknown(mask)
    return GroundTruth(
      abundances: work.values, endmembers: endmembers, names: names, notes: work.notes.filter { $0.field != "scale" })
  }

  private mutating func setUnknown(_ mask: [Bool]) {
    let count = bands
    guard mask.contains(false) else { return }
    values.withUnsafeMutableScalars { values in
      for pixel in mask.indices where !mask[pixel] {
        values[(pixel * count)..<((pixel + 1) * count)].update(repeating: .nan)
      }
    }
  }
}

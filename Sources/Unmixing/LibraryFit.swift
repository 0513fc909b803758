import Scenes

extension SpectralLibrary {
  /// The library over a scene's bands: as it is where it has the same ones; the scene's own of a library over all bands of
  /// the scene's file; else resampled by wavelength.
  ///
  /// - Edge cases: bands count as the same within half their usual spacing, and where either side tells no wavelengths.
  /// - Throws: ``UnmixingError/mismatch(field:expected:found:)`` when none of these can be done, or the library does not
  ///   reach over all bands.
  public func fitted(to scene: Scene) throws -> SpectralLibrary {
    try fitted(bands: scene.bands, axis: scene.axis, sourceBands: scene.sourceBands)
  }

  /// The same for `bands` bands at an axis, which had the numbers `sourceBands` in the file they were read from.
  func fitted(bands count: Int, axis: SpectralAxis?, sourceBands: [Int]?) throws -> SpectralLibrary {
    if bands == count, suits(axis) { return self }
    if let sourceBands, let last = sourceBands.max(), last < bands, sourceBands.count == count {
      let chosen = selecting(bands: sourceBands)
      if chosen.suits(axis) { return chosen }
    }
    guard let axis, let own = self.axis, own.count >= 2 else {
      throw UnmixingError.mismatch(
        field: "bands of \(source)", expected: "\(count), or wavelengths of both to resample by", found: "\(bands)")
    }
    let result = resampled(to: axis)
    if !completeBands.isEmpty && result.completeBands.isEmpty {
      throw UnmixingError.mismatch(
        field: "wavelengths of \(source)", expected: "\(Self.range(of: axis)), those of the scene",
        found: Self.range(of: own))
    }
    return result
  }

  /// Whether no wavelength of the library is further from that of an axis than half a band.
  private func suits(_ axis: SpectralAxis?) -> Bool {
    guard let own = self.axis, let axis else { return true }
    return axis.distance(to: own) <= axis.usualSpacing / 2
  }

  private static func range(of axis: SpectralAxis) -> String {
    "\(axis.wavelengths.min() ?? 0) to \(axis.wavelengths.max() ?? 0) nm"
  }
}

extension SpectralAxis {
  /// The median distance between neighbouring bands, in nanometres; 2 where there is none.
  var usualSpacing: Double {
    let distances = zip(wavelengths, wavelengths.dropFirst()).map { abs($1 - $0) }.filter { $0 > 0 }.sorted()
    return distances.isEmpty ? 2 : distances[distances.count / 2]
  }

  /// The largest distance between a band and that of another axis with its number, in nanometres.
  func distance(to other: SpectralAxis) -> Double {
    zip(wavelengths, other.wavelengths).map { abs($0 - $1) }.max() ?? 0
  }
}

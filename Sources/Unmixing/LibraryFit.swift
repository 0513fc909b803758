import Scenes

extension SpectralLibrary {
  /// The library over a scene's bands: as it is where it has as many; the scene's own of a library over all bands of the
  /// scene's file; else resampled by wavelength.
  ///
  /// - Throws: ``UnmixingError/mismatch(field:expected:found:)`` when none of these can be done.
  public func fitted(to scene: Scene) throws -> SpectralLibrary {
    try fitted(bands: scene.bands, axis: scene.axis, sourceBands: scene.sourceBands)
  }

  /// The same for `bands` bands at an axis, which had the numbers `sourceBands` in the file they were read from.
  func fitted(bands count: Int, axis: SpectralAxis?, sourceBands: [Int]?) throws -> SpectralLibrary {
    if bands == count { return self }
    if let sourceBands, let last = sourceBands.max(), last < bands, sourceBands.count == count {
      return selecting(bands: sourceBands)
    }
    guard let axis, let own = self.axis, own.count >= 2 else {
      throw UnmixingError.mismatch(
        field: "bands of \(source)", expected: "\(count), or wavelengths of both to resample by", found: "\(bands)")
    }
    return resampled(to: axis)
  }
}

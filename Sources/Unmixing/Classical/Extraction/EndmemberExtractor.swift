import Scenes

/// Where endmembers come from: an algorithm that finds them in the scene, or a library that already holds them.
public protocol EndmemberExtractor: Sendable {
  /// The endmembers of a scene, over the scene's bands.
  ///
  /// - Throws: ``UnmixingError`` when the scene does not allow it.
  func endmembers(of scene: Scene) throws -> SpectralLibrary
}

/// Known endmembers serve any scene with their bands.
extension SpectralLibrary: EndmemberExtractor {
  /// The library itself.
  ///
  /// - Throws: ``UnmixingError`` when it has other bands than the scene, or channels the laboratory deleted.
  public func endmembers(of scene: Scene) throws -> SpectralLibrary {
    if bands != scene.bands {
      throw UnmixingError.sizeMismatch(field: "bands of the endmembers", expected: scene.bands, found: bands)
    }
    let complete = completeBands
    if complete.count < bands {
      let first = (0..<bands).first { !complete.contains($0) } ?? 0
      throw UnmixingError.notFinite(field: "bands of the endmembers", count: bands - complete.count, first: first)
    }
    return self
  }
}

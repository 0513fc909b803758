import Scenes
import Tensors

/// An algorithm that takes pixels of a scene for endmembers, as measured.
public protocol PixelExtractor: EndmemberExtractor {
  /// What it is called in print.
  static var title: String { get }

  /// The chosen rows of spectra `[pixels, bands]`, in the order they were chosen.
  ///
  /// - Parameter isValid: Which rows may be chosen; all without it.
  /// - Throws: ``UnmixingError/endmemberCount(requested:allowed:reason:)`` for fewer than 2, or more than there are bands
  ///   or valid pixels; ``UnmixingError/constantScene(pixels:)``; ``UnmixingError/rankDeficient(requested:dimensions:)``;
  ///   ``UnmixingError/notFinite(field:count:first:)``.
  func pixels(of spectra: Tensor, isValid: [Bool]?) throws -> [Int]
}

extension PixelExtractor {
  /// The chosen pixels' spectra, named by number.
  public func endmembers(of scene: Scene) throws -> SpectralLibrary {
    let chosen = try pixels(of: scene.spectra.detached, isValid: scene.isValid)
    return SpectralLibrary(
      names: (1...chosen.count).map { "Endmember \($0)" }, spectra: scene.spectra.detached.gatheringRows(chosen),
      axis: scene.axis, source: Self.title)
  }
}

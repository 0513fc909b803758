import Foundation
import Scenes
import Tensors

/// Endmembers to start from that a file holds.
struct LibraryStart {
  /// Reflectance, `[endmembers, bands]`.
  let spectra: Tensor

  /// - Parameter path: A spectral library in a format ``SpectralLibrary`` reads.
  /// - Throws: ``UnmixingError`` when there is no file or the library does not fit the run; ``SceneError``.
  init(_ path: String, _ run: RunDescription) throws {
    if path.isEmpty {
      throw UnmixingError.missing(
        field: "spectra of a library", neededFor: "model.start: library", remedy: "name a file with model.library")
    }
    let library = try SpectralLibrary(contentsOf: URL(fileURLWithPath: path))
    let count = run.endmemberNames.count
    if library.count != count || library.bands != run.bands {
      throw UnmixingError.mismatch(
        field: path, expected: "\(count) spectra of \(run.bands) bands", found: "\(library.count) of \(library.bands)")
    }
    if library.completeBands.count != run.bands {
      throw UnmixingError.mismatch(
        field: path, expected: "spectra without deleted channels",
        found: "\(run.bands - library.completeBands.count) bands with some")
    }
    try run.checkWavelengths(library.axis, of: path)
    spectra = library.spectra
  }
}

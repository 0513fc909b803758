import Foundation
import Tensors

/// Named spectra over one set of bands: endmembers, or a laboratory's collection.
///
/// - Shapes: `spectra` is `[count, bands]`.
/// - Units: reflectance.
/// - Edge cases: a channel the laboratory deleted is NaN (see ``completeBands``).
public struct SpectralLibrary: Sendable {
  /// One name per spectrum.
  public var names: [String]
  /// Reflectance, `[count, bands]`.
  public var spectra: Tensor
  /// Where the bands lie; `nil` when unknown.
  public var axis: SpectralAxis?
  /// Where the spectra come from: a file's path, a method's name.
  public var source: String
  /// Every decision the reader took.
  public var notes: [Note]

  /// A library made in memory.
  ///
  /// - Precondition: one name per row of `spectra`, one wavelength per column.
  public init(
    names: [String], spectra: Tensor, axis: SpectralAxis? = nil, source: String = "", notes: [Note] = []
  ) {
    precondition(
      spectra.rank == 2 && spectra.shape[0] == names.count,
      "\(names.count) names for spectra of shape \(spectra.shape)")
    precondition(
      axis.map { $0.count == spectra.shape[1] } ?? true,
      "\(axis?.count ?? 0) wavelengths for spectra of shape \(spectra.shape)")
    self.names = names
    self.spectra = spectra
    self.axis = axis
    self.source = source
    self.notes = notes
  }

  /// Reads a library from an ENVI spectral library (`.sli`), a MATLAB file, an HDF5 file, text (`.csv`, `.txt`), or a folder of
  /// texts over the same bands (see ``SpectrumFolder``).
  ///
  /// - Throws: ``SceneError``.
  public init(contentsOf url: URL, options: ReadingOptions = .init()) throws {
    if SpectrumFolder.isFolder(url) {
      let folder = try SpectrumFolder(contentsOf: url)
      self = try folder.library(of: Array(folder.names.indices), options: options)
      return
    }
    let format = try SceneFormats.format(of: url)
    self = try format.library(at: url, options: options.checked(for: url))
  }

  /// The number of spectra.
  public var count: Int { names.count }

  /// The number of bands.
  public var bands: Int { spectra.shape[1] }

  /// The bands in which no spectrum has a deleted channel.
  public var completeBands: [Int] {
    spectra.withUnsafeScalars { values in
      (0..<bands).filter { band in (0..<count).allSatisfy { values[$0 * bands + band].isFinite } }
    }
  }

  /// The library of some of the spectra, in the order given.
  public func selecting(spectra chosen: [Int]) -> SpectralLibrary {
    SpectralLibrary(
      names: chosen.map { names[$0] }, spectra: spectra.gatheringRows(chosen), axis: axis, source: source,
      notes: notes)
  }

  /// The library over some of the bands, in the order given.
  public func selecting(bands chosen: [Int]) -> SpectralLibrary {
    SpectralLibrary(
      names: names, spectra: spectra.selectingColumns(chosen), axis: axis?.selecting(chosen), source: source,
      notes: notes)
  }
}

extension Tensor {
  /// Some of the columns of a matrix, in the order given.
  func selectingColumns(_ chosen: [Int]) -> Tensor {
    let (rows, columns) = (shape[0], shape[1])
    return withUnsafeScalars { source in
      Tensor(uninitialized: [rows, chosen.count]) { target in
        for row in 0..<rows {
          for (position, column) in chosen.enumerated() {
            target[row * chosen.count + position] = source[row * columns + column]
          }
        }
      }
    }
  }
}

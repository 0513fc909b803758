import Foundation
import Tensors

/// A hyperspectral image in reflectance: the one form in which every method meets every file.
///
/// Pixels are numbered row by row, `pixel = row × columns + column`, whatever the order in the file was.
///
/// - Shapes: `spectra` is `[pixels, bands]`, `isValid` has one entry per pixel.
/// - Units: reflectance (nominally 0…1; noise may leave it slightly), wavelengths in nanometres.
/// - Edge cases: a masked pixel (dead, not finite, or equal to the ignore value) has `isValid` false and a spectrum
///   of zeros, so it can stand in a window and must not be unmixed.
public struct Scene: Sendable {
  /// What to call the scene in reports; the file's name without extension.
  public var name: String
  /// The number of image rows (lines).
  public let rows: Int
  /// The number of image columns (samples).
  public let columns: Int
  /// Reflectance, `[pixels, bands]`.
  public var spectra: Tensor
  /// Which pixels hold a measurement.
  public var isValid: [Bool]
  /// Where the bands lie; `nil` when the file does not say.
  public var axis: SpectralAxis?
  /// Geographic header fields, carried to outputs unchanged.
  public var georeference: [HeaderField]
  /// Reference abundances and endmembers, when the file or a second one holds them.
  ///
  /// - Precondition: one row of abundances per pixel.
  public var truth: GroundTruth? { didSet { checkTruth() } }
  /// Every decision the reader took.
  public var notes: [Note]
  /// The container the scene came from, `made` for a scene that never was a file.
  public var format: String
  /// The 0-based numbers the bands had in the file, before bad or chosen bands were selected.
  public var sourceBands: [Int]

  /// A scene made in memory.
  ///
  /// - Precondition: `spectra` is `[rows × columns, bands]`; `isValid` (all true by default) has one entry per
  ///   pixel and `axis` one wavelength per band.
  public init(
    name: String, rows: Int, columns: Int, spectra: Tensor, isValid: [Bool]? = nil, axis: SpectralAxis? = nil,
    georeference: [HeaderField] = [], truth: GroundTruth? = nil, notes: [Note] = [], format: String = "made",
    sourceBands: [Int]? = nil
  ) {
    precondition(
      spectra.rank == 2 && spectra.shape[0] == rows * columns,
      "spectra of shape \(spectra.shape) for \(rows) rows × \(columns) columns")
    let bands = spectra.shape[1]
    let mask = isValid ?? [Bool](repeating: true, count: rows * columns)
    precondition(mask.count == rows * columns, "\(mask.count) flags for \(rows * columns) pixels")
    precondition(axis.map { $0.count == bands } ?? true, "\(axis?.count ?? 0) wavelengths for \(bands) bands")
    self.name = name
    self.rows = rows
    self.columns = columns
    self.spectra = spectra
    self.isValid = mask
    self.axis = axis
    self.georeference = georeference
    self.truth = truth
    self.notes = notes
    self.format = format
    self.sourceBands = sourceBands ?? Array(0..<bands)
    checkTruth()
  }

  /// Reads a scene from any format in ``SceneFormats``.
  ///
  /// - Throws: ``SceneError`` naming the file, the field, what was expected and what was found.
  public init(contentsOf url: URL, options: ReadingOptions = .init()) throws {
    let format = try SceneFormats.format(of: url)
    self = try format.scene(at: url, options: options.checked(for: url))
  }

  /// The number of bands.
  public var bands: Int { spectra.shape[1] }

  /// The number of pixels, valid or not.
  public var pixelCount: Int { rows * columns }

  /// The numbers of the pixels that hold a measurement, in order.
  public var validPixels: [Int] { isValid.indices.filter { isValid[$0] } }

  /// The number of the pixel at a place.
  public func pixel(row: Int, column: Int) -> Int {
    precondition(
      row >= 0 && row < rows && column >= 0 && column < columns,
      "pixel (\(row), \(column)) of a scene of \(rows) × \(columns)")
    return row * columns + column
  }

  private func checkTruth() {
    guard let truth else { return }
    precondition(
      truth.abundances.rank == 2 && truth.abundances.shape[0] == pixelCount,
      "true abundances of shape \(truth.abundances.shape) for \(pixelCount) pixels")
  }
}

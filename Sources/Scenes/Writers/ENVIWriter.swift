import Foundation
import Tensors

/// Writes ENVI files that every reader accepts: 32-bit floats, little endian, lists on one line each.
///
/// The data file and its header appear complete or not at all, the header last. `x.img` gets the header `x.hdr`; when
/// the header is named, the data file is `x.img`.
///
/// - Edge cases: masked pixels hold ``ignoreValue`` in every band, so reading the file masks them again.
/// - Throws: every method throws ``SceneError``: the output exists and overwriting was not asked for, another writer
///   is at it, or the system refuses.
public struct ENVIWriter: Sendable {
  /// The order of the numbers in the file.
  public enum Interleave: String, Sendable, CaseIterable {
    /// One band after the other.
    case bsq
    /// One line after the other, band by band: what ENVI recommends for cubes.
    case bil
    /// One pixel after the other: best for spectra.
    case bip
  }

  /// The order of the numbers.
  public var interleave: Interleave
  /// Whether existing files are replaced.
  public var overwriting: Bool
  /// The number that stands for "no measurement".
  public var ignoreValue: Double

  /// A writer; −9999 is what the field writes where nothing was measured.
  public init(interleave: Interleave = .bil, overwriting: Bool = false, ignoreValue: Double = -9_999) {
    self.interleave = interleave
    self.overwriting = overwriting
    self.ignoreValue = ignoreValue
  }

  /// Writes a scene's reflectance with its wavelengths, widths, bad-band list and georeference.
  public func write(_ scene: Scene, to url: URL) throws {
    var header = ENVIHeaderText(description: "Reflectance of \(scene.name), written by Alunite")
    header.layout(samples: scene.columns, lines: scene.rows, bands: scene.bands, interleave)
    header.axis(scene.axis)
    header.set("data ignore value", Numbers.text(ignoreValue))
    header.copy(scene.georeference)
    try write(
      scene.spectra, rows: scene.rows, columns: scene.columns, isValid: scene.isValid, header: header, to: url)
  }

  /// Writes named bands, such as abundances and their standard deviations.
  ///
  /// - Parameters:
  ///   - values: `[rows × columns, bands]`, pixels row by row.
  ///   - bandNames: one per band.
  ///   - isValid: which pixels have values; all, when `nil`.
  ///   - georeference: the scene's, to be copied.
  ///   - description: a sentence for the header.
  public func write(
    _ values: Tensor, bandNames: [String], rows: Int, columns: Int, isValid: [Bool]? = nil,
    georeference: [HeaderField] = [], description: String, to url: URL
  ) throws {
    precondition(
      values.rank == 2 && values.shape[0] == rows * columns && values.shape[1] == bandNames.count,
      "values of shape \(values.shape) for \(rows) × \(columns) pixels and \(bandNames.count) bands")
    let mask = isValid ?? [Bool](repeating: true, count: rows * columns)
    precondition(mask.count == rows * columns, "\(mask.count) flags for \(rows * columns) pixels")
    var header = ENVIHeaderText(description: description)
    header.layout(samples: columns, lines: rows, bands: bandNames.count, interleave)
    header.list("band names", bandNames)
    header.set("data ignore value", Numbers.text(ignoreValue))
    header.copy(georeference)
    try write(values, rows: rows, columns: columns, isValid: mask, header: header, to: url)
  }

  /// Writes a spectral library; a NaN (deleted channel) becomes the ignore value.
  public func write(_ library: SpectralLibrary, to url: URL) throws {
    let files = Self.files(url, usual: "sli")
    var header = ENVIHeaderText(description: "Spectral library, written by Alunite")
    header.set("samples", "\(library.bands)")
    header.set("lines", "\(library.count)")
    header.set("bands", "1")
    header.numbers(fileType: "ENVI Spectral Library", .bsq)
    header.list("spectra names", library.names)
    header.axis(library.axis)
    header.set("data ignore value", Numbers.text(ignoreValue))
    let ignored = Float(ignoreValue)
    try AtomicOutput.write([files.data, files.header], overwriting: overwriting) { partial in
      let file = try OutputFile(partial[0])
      let values = library.spectra.withUnsafeScalars { $0.map { $0.isFinite ? Float($0) : ignored } }
      try values.withUnsafeBytes { try file.write($0) }
      try file.close()
      try header.write(to: partial[1])
    }
  }

  /// The data file and the header that a name stands for.
  static func files(_ url: URL, usual: String = "img") -> (data: URL, header: URL) {
    let stem = url.deletingPathExtension()
    if url.pathExtension.lowercased() == "hdr" {
      return (stem.pathExtension.isEmpty ? stem.appendingPathExtension(usual) : stem, url)
    }
    return (url, stem.appendingPathExtension("hdr"))
  }

  private func write(
    _ values: Tensor, rows: Int, columns: Int, isValid: [Bool], header: ENVIHeaderText, to url: URL
  ) throws {
    let files = Self.files(url)
    let planes = PlaneWriter(
      values: values, rows: rows, columns: columns, isValid: isValid, ignoreValue: Float(ignoreValue))
    try AtomicOutput.write([files.data, files.header], overwriting: overwriting) { partial in
      let file = try OutputFile(partial[0])
      switch interleave {
      case .bsq: try planes.writeBands(to: file)
      case .bil: try planes.writeLines(to: file)
      case .bip: try planes.writePixels(to: file)
      }
      try file.close()
      try header.write(to: partial[1])
    }
  }
}

/// Turns `[pixels, bands]` into the orders of ENVI, a block at a time.
private struct PlaneWriter {
  let values: Tensor
  let rows: Int
  let columns: Int
  let isValid: [Bool]
  let ignoreValue: Float

  private var bands: Int { values.shape[1] }

  /// Sixteen bands at a time, so that the scene is gone through once for sixteen.
  func writeBands(to file: OutputFile) throws {
    for first in stride(from: 0, to: bands, by: 16) {
      try planes(0..<(rows * columns), first..<min(first + 16, bands)).withUnsafeBytes { try file.write($0) }
    }
  }

  func writeLines(to file: OutputFile) throws {
    for row in 0..<rows {
      let pixels = (row * columns)..<((row + 1) * columns)
      try planes(pixels, 0..<bands).withUnsafeBytes { try file.write($0) }
    }
  }

  func writePixels(to file: OutputFile) throws {
    let width = columns * bands
    for row in 0..<rows {
      let line = values.withUnsafeScalars { values in
        [Float](unsafeUninitializedCapacity: width) { line, count in
          for place in 0..<width {
            let isMeasured = isValid[row * columns + place / bands]
            line.initializeElement(at: place, to: isMeasured ? Float(values[row * width + place]) : ignoreValue)
          }
          count = width
        }
      }
      try line.withUnsafeBytes { try file.write($0) }
    }
  }

  /// The samples of some pixels, band by band.
  private func planes(_ pixels: Range<Int>, _ chosen: Range<Int>) -> [Float] {
    let bands = self.bands
    var planes = [Float](repeating: ignoreValue, count: pixels.count * chosen.count)
    values.withUnsafeScalars { values in
      for (place, pixel) in pixels.enumerated() where isValid[pixel] {
        for (plane, band) in chosen.enumerated() {
          planes[plane * pixels.count + place] = Float(values[pixel * bands + band])
        }
      }
    }
    return planes
  }
}

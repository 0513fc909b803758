import Foundation
import Tensors

/// ENVI cubes and spectral libraries: a text header and a file of numbers, either of which may be named.
struct ENVIFormat: SceneFormat {
  let name = "ENVI"
  let extensions = ["hdr", "img", "dat", "sli", "bsq", "bil", "bip", "raw", "hyspex"]

  func recognizes(_ start: [UInt8]) -> Bool {
    let text = start.starts(with: [0xEF, 0xBB, 0xBF]) ? start.dropFirst(3) : start[...]
    return String(decoding: text.prefix(4), as: UTF8.self).uppercased() == "ENVI"
  }

  func scene(at url: URL, options: ReadingOptions) throws -> Scene {
    var source = try ENVISource(url, options)
    guard !source.layout.isLibrary else {
      throw SceneError.unsupported(
        path: source.header.path, field: "file type", found: "a spectral library", remedy: "read it as a library")
    }
    return try source.storedScene(options).scene(options)
  }

  func truth(at url: URL, options: ReadingOptions, for scene: Scene?) throws -> GroundTruth {
    var source = try ENVISource(url, options)
    var options = options
    // What is said about wavelengths is said about the scene's bands, not about endmembers.
    options.wavelengthFile = nil
    options.scale = source.layout.type == .float32 || source.layout.type == .float64 ? .factor(1) : options.scale
    let raster = try source.storedScene(options)
    let names = source.header.texts("band names")
    let truth = try raster.groundTruth(options, names: names?.count == raster.bands ? names : nil)
    return try truth.checked(rows: raster.rows, columns: raster.columns, against: scene, path: source.header.path)
  }

  func library(at url: URL, options: ReadingOptions) throws -> SpectralLibrary {
    var source = try ENVISource(url, options)
    return try source.library(options)
  }
}

/// An ENVI header with the data file it describes.
struct ENVISource {
  var header: ENVIHeader
  let layout: ENVILayout
  let cube: ENVICube

  init(_ url: URL, _ options: ReadingOptions) throws {
    let pair = try ENVIPair(url)
    header = try ENVIHeader(contentsOf: pair.header)
    layout = try ENVILayout(&header, memoryLimit: options.memoryLimit)
    let needed = layout.offset + layout.byteCount
    let files = try pair.candidates.map { try InputFile($0) }
    let exact = files.first { $0.size == needed }
    guard let file = exact ?? files.first(where: { $0.size > needed }) ?? files.first else {
      throw SceneError.missing(path: url.path, field: "the data file", remedy: "put it beside the header")
    }
    cube = try ENVICube(file, layout)
    if files.count > 1 {
      header.note(
        .warning, "data file", "\(files.count) files could be it", "\(file.path) is read", remedy: "name it instead")
    }
    if cube.excess > 0 {
      header.note(.information, "data file", "\(cube.excess) bytes more than the header says", "not read")
    }
  }

  mutating func storedScene(_ options: ReadingOptions) throws -> StoredScene {
    let whole = ReadingOptions.Window(rows: 0..<layout.lines, columns: 0..<layout.samples)
    let window = options.window ?? whole
    guard whole.rows.contains(window.rows), whole.columns.contains(window.columns), !window.rows.isEmpty,
      !window.columns.isEmpty
    else {
      throw SceneError.malformed(
        path: header.path, field: "window", expected: "a part of \(layout.lines) rows × \(layout.samples) columns",
        found: "rows \(window.rows), columns \(window.columns)")
    }
    let axis = try self.axis(options, bands: layout.bands)
    var scene = StoredScene(
      path: header.path, name: cube.file.name, format: "ENVI", rows: window.rows.count, columns: window.columns.count,
      values: try cube.stored(rows: window.rows, columns: window.columns), axis: axis)
    scene.isGood = try badBands(count: layout.bands)
    scene.axis = scene.axis?.marking(scene.isGood)
    scene.ignoreValue = try header.double("data ignore value")
    scene.calibration = try ENVICalibration.read(&header, bands: layout.bands)
    scene.georeference = try header.georeference(window)
    scene.notes = header.notes
    return scene
  }

  mutating func axis(_ options: ReadingOptions, bands: Int) throws -> SpectralAxis? {
    var statement = AxisStatement(
      path: header.path, field: "wavelength", centers: try header.doubles("wavelength"),
      widths: try header.doubles("fwhm"), unit: header.word("wavelength units"), bands: bands)
    if let file = options.wavelengthFile {
      let table = try WavelengthTable.read(file, bands: bands)
      statement = AxisStatement(
        path: file.path, field: "wavelengths", centers: table.centers, widths: table.widths, unit: nil, bands: bands)
    }
    var notes: [Note] = []
    let axis = try statement.axis(options, notes: &notes)
    for note in notes { header.note(note.severity, note.field, note.found, note.action, remedy: note.remedy) }
    if axis == nil && statement.centers == nil {
      header.note(.information, "wavelength", "missing", "the bands have no wavelengths")
    }
    return axis
  }

  /// The bad-band list: 0, 0.0, false or bad; 1, 1.0, true or good.
  private func badBands(count: Int) throws -> [Bool]? {
    guard let words = header.texts("bbl") else { return nil }
    let items = words.flatMap { $0.split(whereSeparator: \.isWhitespace) }
    guard items.count == count else {
      throw SceneError.malformed(
        path: header.path, field: "bbl", expected: "\(count) flags, one per band", found: "\(items.count)")
    }
    return try items.map { item in
      switch item.lowercased() {
      case "true", "t", "yes", "good": return true
      case "false", "f", "no", "bad": return false
      default:
        guard let value = Numbers.double(item), value.isFinite else {
          throw SceneError.malformed(
            path: header.path, field: "bbl", expected: "0 or 1", found: "`\(item.prefix(40))`")
        }
        return value != 0
      }
    }
  }
}

extension Range<Int> {
  fileprivate func contains(_ other: Range<Int>) -> Bool {
    other.lowerBound >= lowerBound && other.upperBound <= upperBound
  }
}

extension SpectralAxis {
  /// The axis with a bad-band list.
  func marking(_ isGood: [Bool]?) -> SpectralAxis {
    SpectralAxis(wavelengths: wavelengths, fwhm: fwhm, isGood: isGood ?? self.isGood, sourceUnit: sourceUnit)
  }
}

extension InputFile {
  /// The file's name without folder and extension.
  var name: String { URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent }
}

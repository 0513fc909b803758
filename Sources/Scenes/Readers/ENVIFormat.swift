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
    try source.refuseVariables(options)
    return try source.storedScene(options).scene(options)
  }

  func truth(at url: URL, options: ReadingOptions, for scene: Scene?) throws -> GroundTruth {
    var source = try ENVISource(url, options)
    var options = try options.forRaster(at: url)
    options.scale = source.layout.type == .float32 || source.layout.type == .float64 ? .factor(1) : options.scale
    let raster = try source.storedScene(options)
    let names = source.header.texts("band names")
    let truth = try raster.groundTruth(options, names: names?.count == raster.bands ? names : nil)
    return try truth.checked(rows: raster.rows, columns: raster.columns, against: scene, path: source.header.path)
  }

  func library(at url: URL, options: ReadingOptions) throws -> SpectralLibrary {
    try options.refuse(
      [("endmember variable", options.endmemberVariable), ("name variable", options.nameVariable)], at: url)
    var source = try ENVISource(url, options)
    return try source.library(options)
  }
}

/// An ENVI header with the data file it describes.
struct ENVISource {
  var header: ENVIHeader
  let layout: ENVILayout
  let cube: ENVICube
  private let allowedMemory: Int

  init(_ url: URL, _ options: ReadingOptions) throws {
    allowedMemory = options.allowedMemory
    let pair = try ENVIPair(url)
    header = try ENVIHeader(contentsOf: pair.header)
    layout = try ENVILayout(&header)
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

  /// The stored numbers of a rectangle, if there is memory for them and for some of their bands.
  func stored(rows: Range<Int>, columns: Range<Int>) throws -> Tensor {
    let count = rows.count * columns.count * layout.bands
    try MemoryNeed(path: header.path, field: "size", declared: layout.declared, count: count)
      .check(tensors: 2, limit: allowedMemory)
    return try cube.stored(rows: rows, columns: columns)
  }

  mutating func storedScene(_ options: ReadingOptions) throws -> StoredScene {
    let whole = ReadingOptions.Window(rows: 0..<layout.lines, columns: 0..<layout.samples)
    let window = try (options.window ?? whole).checked(rows: layout.lines, columns: layout.samples, path: header.path)
    let axis = try self.axis(options, bands: layout.bands)
    var scene = StoredScene(
      path: header.path, name: cube.file.name, format: "ENVI", rows: window.rows.count, columns: window.columns.count,
      values: try stored(rows: window.rows, columns: window.columns), axis: axis)
    scene.isGood = try badBands(count: layout.bands)
    scene.axis = scene.axis?.marking(scene.isGood)
    scene.ignoreValue = try header.double("data ignore value")
    scene.calibration = try ENVICalibration.read(&header, bands: layout.bands)
    scene.georeference = header.georeference.moved(to: window)
    scene.isInteger = layout.type.isInteger
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

  /// A header states its extents, and there are no variables beside the one cube.
  func refuseVariables(_ options: ReadingOptions) throws {
    try options.refuse(
      [
        ("variable", options.variable), ("wavelength variable", options.wavelengthVariable),
        ("abundance variable", options.abundanceVariable), ("endmember variable", options.endmemberVariable),
        ("name variable", options.nameVariable),
      ], at: URL(fileURLWithPath: header.path))
    for (field, asked, found) in [("rows", options.rows, layout.lines), ("columns", options.columns, layout.samples)] {
      if let asked, asked != found {
        throw SceneError.malformed(
          path: header.path, field: "\(field) asked for", expected: "\(found), as the header states",
          found: "\(asked)")
      }
    }
    guard options.pixelOrder != .columnMajor else {
      throw SceneError.unsupported(
        path: header.path, field: "the order of pixels asked for", found: "by columns",
        remedy: "the interleave states it")
    }
  }

  /// The bad-band list: 0, 0.0, false or bad; 1, 1.0, true or good.
  func badBands(count: Int) throws -> [Bool]? {
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

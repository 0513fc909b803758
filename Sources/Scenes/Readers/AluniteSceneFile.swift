import Foundation
import Tensors

/// Alunite's own scene file being read under some options.
struct AluniteSceneFile {
  let file: HDF5File
  let options: ReadingOptions
  private let rows: Int
  private let columns: Int
  private let bands: Int

  /// `nil` when the file is some other HDF5 file.
  init?(_ file: HDF5File, _ options: ReadingOptions) throws {
    guard try file.text(attribute: SceneHDF5.formatAttribute) == "scene" else { return nil }
    let version = try file.integer(attribute: SceneHDF5.versionAttribute) ?? 0
    guard version >= 1 && version <= SceneHDF5.version else {
      throw SceneError.unsupported(
        path: file.path, field: "version of the scene file", found: "\(version)",
        remedy: "version \(SceneHDF5.version) and older are")
    }
    let extents = try file.description(of: "spectra").dimensions
    guard extents.count == 3, !extents.contains(0) else {
      throw SceneError.malformed(
        path: file.path, field: "spectra", expected: "rows × columns × bands", found: "\(extents)")
    }
    (rows, columns, bands) = (extents[0], extents[1], extents[2])
    self.file = file
    self.options = options
  }

  private var pixels: Int { rows * columns }

  func scene() throws -> Scene {
    try refuseOtherExtents()
    // The values, and some of their bands.
    try MemoryNeed(
      path: file.path, field: "spectra", declared: "\(rows) × \(columns) × \(bands) values", count: pixels * bands
    ).check(tensors: 2, limit: options.allowedMemory)
    var stored = StoredScene(
      path: file.path, name: try file.text(attribute: "name") ?? "",
      format: try file.text(attribute: "source_format") ?? "HDF5", rows: rows, columns: columns,
      values: try file.tensor("spectra").reshaped(to: [pixels, bands]))
    stored.isValid = try flags()
    stored.notes = try notes()
    stored.axis = try axis(&stored.notes)
    stored.georeference = try georeference()
    stored.truth = try storedTruth()
    let sources = try sourceBands()
    let told = stored.notes.count
    var options = options
    // What the file holds is reflectance, whatever its numbers are.
    let isStated = options.scale == .stated
    if isStated { options.scale = .factor(1) }
    var scene = try stored.cropped(options.window).scene(options)
    if isStated { scene.notes = scene.notes.prefix(told) + scene.notes.dropFirst(told).filter { $0.field != "scale" } }
    scene.sourceBands = scene.sourceBands.map { sources[$0] }
    return scene
  }

  /// The truth, for the bands and the window of a scene.
  func truth(for scene: Scene?) throws -> GroundTruth {
    guard var truth = try storedTruth() else {
      throw SceneError.missing(path: file.path, field: "truth", remedy: "the scene was written without")
    }
    let window = try options.window?.checked(rows: rows, columns: columns, path: file.path)
    if let window {
      let inside = window.rows.flatMap { row in window.columns.map { row * columns + $0 } }
      truth.abundances = truth.abundances.gatheringRows(inside)
    }
    if let scene, let endmembers = truth.endmembers, endmembers.bands == bands {
      // A scene counts bands as its first file did; so does this one.
      let places = Dictionary(uniqueKeysWithValues: zip(try sourceBands(), 0..<bands))
      let kept = scene.sourceBands.compactMap { places[$0] }
      if kept.count == scene.bands && kept != Array(0..<bands) {
        truth.endmembers = endmembers.selecting(bands: kept)
      }
    }
    return try truth.checked(
      rows: window?.rows.count ?? rows, columns: window?.columns.count ?? columns, against: scene, path: file.path)
  }

  func library() throws -> SpectralLibrary {
    let names = try options.nameVariable ?? (file.contains("truth/names") ? "truth/names" : nil)
    guard let library = try endmembers(names.map(file.strings) ?? []) else {
      throw SceneError.missing(path: file.path, field: "endmembers", remedy: "the scene was written without")
    }
    return library
  }

  /// The file states its extents and the order of its pixels.
  private func refuseOtherExtents() throws {
    for (field, asked, found) in [("rows", options.rows, rows), ("columns", options.columns, columns)] {
      if let asked, asked != found {
        throw SceneError.malformed(
          path: file.path, field: "\(field) asked for", expected: "\(found), as the file states", found: "\(asked)")
      }
    }
    guard options.pixelOrder != .columnMajor else {
      throw SceneError.unsupported(
        path: file.path, field: "the order of pixels asked for", found: "by columns", remedy: "the file is by rows")
    }
  }

  private func flags() throws -> [Bool] {
    let valid = try file.bytes("valid")
    guard valid.count == pixels else { throw malformed("valid", "\(pixels) flags", [valid.count]) }
    return valid.map { $0 != 0 }
  }

  private func sourceBands() throws -> [Int] {
    let sources = try file.integers("source_bands").compactMap { Int(exactly: $0) }
    guard sources.count == bands, Set(sources).count == bands, sources.allSatisfy({ (0..<(1 << 31)).contains($0) })
    else { throw malformed("source_bands", "\(bands) different numbers from 0", Array(sources.prefix(20))) }
    return sources
  }

  private func axis(_ notes: inout [Note]) throws -> SpectralAxis? {
    if let asked = try AxisStatement.asked(for: options, in: file, bands: bands) {
      return try asked.axis(options, notes: &notes)
    }
    let stored = try storedAxis()
    guard let unit = options.wavelengthUnit, unit != stored?.sourceUnit else { return stored }
    guard let stored else {
      throw SceneError.missing(
        path: file.path, field: "wavelength", remedy: "without wavelengths their unit cannot be stated")
    }
    notes.append(
      Note(
        .information, field: "wavelength", found: "from \(stored.sourceUnit.rawValue)",
        action: "read as \(unit.rawValue), as asked"))
    return SpectralAxis(
      centers: stored.sourceCenters, widths: stored.sourceWidths, in: unit, isGood: stored.isGood)
  }

  private func storedAxis() throws -> SpectralAxis? {
    guard try file.contains("wavelength") else { return nil }
    let wavelengths = try file.doubles("wavelength")
    let widths = try file.contains("fwhm") ? try file.doubles("fwhm") : nil
    let good = try file.contains("good") ? try file.bytes("good").map { $0 != 0 } : nil
    guard wavelengths.count == bands, (widths?.count ?? bands) == bands, (good?.count ?? bands) == bands else {
      throw malformed("wavelength, fwhm or good", "\(bands) numbers", [wavelengths.count])
    }
    let unit = try file.text(attribute: "source_unit", of: "wavelength").flatMap(SpectralAxis.Unit.init(rawValue:))
    return SpectralAxis(wavelengths: wavelengths, fwhm: widths, isGood: good, sourceUnit: unit ?? .nanometers)
  }

  private func georeference() throws -> [HeaderField] {
    guard try file.contains("georeference") else { return [] }
    let keys = try file.strings("georeference/keys")
    let values = try file.strings("georeference/values")
    guard keys.count == values.count else {
      throw malformed("georeference", "\(keys.count) values", [values.count])
    }
    return zip(keys, values).map { HeaderField($0, $1) }
  }

  /// The dataset that was named, or the usual one if the file has it.
  private func dataset(_ asked: String?, usual: String, _ option: String) throws -> String? {
    guard let asked else { return try file.contains(usual) ? usual : nil }
    guard try file.contains(asked) else {
      throw SceneError.missing(
        path: file.path, field: "the \(option) asked for, `\(asked)`,", remedy: "the file keeps its own in \(usual)")
    }
    return asked
  }

  private func storedTruth() throws -> GroundTruth? {
    let place = try dataset(options.abundanceVariable, usual: "truth/abundances", "abundance variable")
    let namePlace = try dataset(options.nameVariable, usual: "truth/names", "name variable")
    guard let place else {
      _ = try dataset(options.endmemberVariable, usual: "truth/endmembers", "endmember variable")
      return nil
    }
    let extents = try file.description(of: place).dimensions
    let names = try namePlace.map(file.strings) ?? []
    guard extents.count == 3, Array(extents.prefix(2)) == [rows, columns], extents[2] == names.count else {
      throw malformed(place, "\(rows) × \(columns) × \(names.count)", extents)
    }
    let abundances = try file.tensor(place).reshaped(to: [pixels, names.count])
    return GroundTruth(abundances: abundances, endmembers: try endmembers(names), names: names)
  }

  private func endmembers(_ names: [String]) throws -> SpectralLibrary? {
    guard let place = try dataset(options.endmemberVariable, usual: "truth/endmembers", "endmember variable") else {
      return nil
    }
    let spectra = try file.tensor(place)
    guard spectra.rank == 2, spectra.shape[0] == names.count else {
      throw malformed(place, "\(names.count) spectra", spectra.shape.dimensions)
    }
    var unheard: [Note] = []
    let axis = try axis(&unheard)
    return SpectralLibrary(
      names: names, spectra: spectra, axis: axis?.count == spectra.shape[1] ? axis : nil,
      source: try file.text(attribute: "source", of: place) ?? file.path)
  }

  private func notes() throws -> [Note] {
    guard try file.contains("notes") else { return [] }
    let texts = try file.strings("notes")
    return stride(from: 0, to: texts.count, by: 5).compactMap {
      Note(texts: texts[$0..<min($0 + 5, texts.count)])
    }
  }

  private func malformed(_ field: String, _ expected: String, _ found: [Int]) -> SceneError {
    .malformed(path: file.path, field: field, expected: expected, found: "\(found)")
  }
}

import Foundation
import Tensors

/// Alunite's own scene file: everything a ``Scene`` holds, in HDF5.
///
///     /                    attributes alunite_format = "scene", alunite_version = 1, name, source_format
///     /spectra             [rows, columns, bands] reflectance
///     /valid               [rows, columns] 1 or 0
///     /source_bands        [bands]
///     /wavelength          [bands] nm, a dimension scale of spectra; attribute source_unit
///     /fwhm, /good         [bands], where known
///     /georeference/keys, /georeference/values
///     /truth/abundances    [rows, columns, endmembers];  /truth/names
///     /truth/endmembers    [endmembers, bands]
///     /notes               [notes, 5] texts
///
/// Readers refuse a newer version than they know.
public enum SceneHDF5 {
  static let formatAttribute = "alunite_format"
  static let versionAttribute = "alunite_version"
  static let version: Int64 = 1

  /// Writes a scene; it appears complete or not at all.
  ///
  /// - Parameter compression: 1 (fast) to 9 (small), or `nil` for none.
  /// - Throws: ``SceneError``.
  public static func write(
    _ scene: Scene, to url: URL, overwriting: Bool = false, compression: Int? = 4
  ) throws {
    precondition(compression.map { (1...9).contains($0) } ?? true, "compression \(compression ?? 0) is not 1…9")
    try writeAtomically(to: url, overwriting: overwriting) { partial in
      let file = try HDF5File(creating: partial)
      try write(scene, to: file, compression)
      try file.close()
    }
  }

  private static func write(_ scene: Scene, to file: HDF5File, _ compression: Int?) throws {
    try file.setAttribute(formatAttribute, to: "scene")
    try file.setAttribute(versionAttribute, to: version)
    try file.setAttribute("name", to: scene.name)
    try file.setAttribute("source_format", to: scene.format)
    let (rows, columns) = (scene.rows, scene.columns)
    try file.write(
      scene.spectra.reshaped(to: [rows, columns, scene.bands]), to: "spectra", compression: compression)
    try file.write(scene.isValid.map { $0 ? 1 : 0 } as [UInt8], dimensions: [rows, columns], to: "valid")
    try file.write(scene.sourceBands.map { Int64($0) }, to: "source_bands")
    if let axis = scene.axis { try write(axis, to: file) }
    if !scene.georeference.isEmpty {
      try file.write(scene.georeference.map(\.key), to: "georeference/keys")
      try file.write(scene.georeference.map(\.value), to: "georeference/values")
    }
    if let truth = scene.truth { try write(truth, rows, columns, to: file, compression) }
    if !scene.notes.isEmpty { try file.write(scene.notes.flatMap(\.texts), to: "notes") }
  }

  private static func write(_ axis: SpectralAxis, to file: HDF5File) throws {
    try file.write(axis.wavelengths, to: "wavelength")
    try file.setAttribute("units", of: "wavelength", to: "nm")
    try file.setAttribute("source_unit", of: "wavelength", to: axis.sourceUnit.rawValue)
    if let widths = axis.fwhm { try file.write(widths, to: "fwhm") }
    if let good = axis.isGood { try file.write(good.map { $0 ? 1 : 0 } as [UInt8], to: "good") }
    try file.attachScale("wavelength", named: "wavelength", toAxis: 2, of: "spectra")
  }

  private static func write(
    _ truth: GroundTruth, _ rows: Int, _ columns: Int, to file: HDF5File, _ compression: Int?
  ) throws {
    try file.write(
      truth.abundances.reshaped(to: [rows, columns, truth.count]), to: "truth/abundances", compression: compression)
    try file.write(truth.names, to: "truth/names")
    if let endmembers = truth.endmembers {
      try file.write(endmembers.spectra, to: "truth/endmembers")
      try file.setAttribute("source", of: "truth/endmembers", to: endmembers.source)
    }
  }
}

extension Note {
  fileprivate var texts: [String] {
    [severity == .warning ? "warning" : "information", field, found, action, remedy ?? ""]
  }

  fileprivate init?(texts: ArraySlice<String>) {
    guard texts.count == 5 else { return nil }
    let start = texts.startIndex
    self.init(
      texts[start] == "warning" ? .warning : .information, field: texts[start + 1], found: texts[start + 2],
      action: texts[start + 3], remedy: texts[start + 4].isEmpty ? nil : texts[start + 4])
  }
}

/// Reading Alunite's own scene file.
struct AluniteSceneFile {
  let file: HDF5File

  /// `nil` when the file is some other HDF5 file.
  init?(_ file: HDF5File) throws {
    guard try file.text(attribute: SceneHDF5.formatAttribute) == "scene" else { return nil }
    let version = try file.integer(attribute: SceneHDF5.versionAttribute) ?? 0
    guard version >= 1 && version <= SceneHDF5.version else {
      throw SceneError.unsupported(
        path: file.path, field: "version of the scene file", found: "\(version)",
        remedy: "version \(SceneHDF5.version) and older are")
    }
    self.file = file
  }

  func scene(_ options: ReadingOptions) throws -> Scene {
    let extents = try file.description(of: "spectra").dimensions
    guard extents.count == 3, !extents.contains(0) else {
      throw malformed("spectra", "rows × columns × bands", extents)
    }
    let (rows, columns, bands) = (extents[0], extents[1], extents[2])
    let pixels = rows * columns
    var stored = StoredScene(
      path: file.path, name: try file.text(attribute: "name") ?? "",
      format: try file.text(attribute: "source_format") ?? "HDF5", rows: rows, columns: columns,
      values: try file.tensor("spectra").reshaped(to: [pixels, bands]))
    let valid = try file.bytes("valid")
    guard valid.count == pixels else { throw malformed("valid", "\(pixels) flags", [valid.count]) }
    stored.isValid = valid.map { $0 != 0 }
    stored.axis = try axis(bands)
    stored.georeference = try georeference()
    stored.truth = try truth(pixels)
    stored.notes = try notes()
    // What was read once was checked once; chosen bands and windows still apply.
    var options = options
    options.scale = .factor(1)
    options.constantBands = .keep
    var scene = try stored.cropped(options.window).scene(options)
    scene.notes = stored.notes + scene.notes.dropFirst(stored.notes.count).filter { $0.field != "scale" }
    let sources = try sourceBands(bands)
    if let library = scene.truth?.endmembers, library.bands == bands {
      let kept = library.selecting(bands: scene.sourceBands)
      scene.truth?.endmembers = kept
    }
    scene.sourceBands = scene.sourceBands.map { sources[$0] }
    return scene
  }

  private func sourceBands(_ bands: Int) throws -> [Int] {
    let sources = try file.integers("source_bands").map { Int($0) }
    guard sources.count == bands else { throw malformed("source_bands", "\(bands) numbers", [sources.count]) }
    return sources
  }

  /// The true endmembers over the bands that a scene keeps, where it keeps only some of this file's.
  func endmembers(of truth: GroundTruth, inBandsOf scene: Scene) throws -> SpectralLibrary? {
    guard let library = truth.endmembers, library.bands != scene.bands else { return truth.endmembers }
    let sources = try sourceBands(library.bands)
    let places = scene.sourceBands.compactMap { sources.firstIndex(of: $0) }
    return places.count == scene.bands ? library.selecting(bands: places) : library
  }

  private func axis(_ bands: Int) throws -> SpectralAxis? {
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

  func truth(_ pixels: Int) throws -> GroundTruth? {
    guard try file.contains("truth/abundances") else { return nil }
    let extents = try file.description(of: "truth/abundances").dimensions
    let names = try file.strings("truth/names")
    guard extents.count == 3, extents[0] * extents[1] == pixels, extents[2] == names.count else {
      throw malformed("truth/abundances", "rows × columns × \(names.count)", extents)
    }
    let abundances = try file.tensor("truth/abundances").reshaped(to: [pixels, names.count])
    return GroundTruth(abundances: abundances, endmembers: try endmembers(names), names: names)
  }

  func endmembers(_ names: [String]) throws -> SpectralLibrary? {
    guard try file.contains("truth/endmembers") else { return nil }
    let spectra = try file.tensor("truth/endmembers")
    guard spectra.rank == 2, spectra.shape[0] == names.count else {
      throw malformed("truth/endmembers", "\(names.count) spectra", spectra.shape.dimensions)
    }
    let axis = try axis(try file.description(of: "spectra").dimensions.last ?? 0)
    return SpectralLibrary(
      names: names, spectra: spectra, axis: axis?.count == spectra.shape[1] ? axis : nil,
      source: try file.text(attribute: "source", of: "truth/endmembers") ?? file.path)
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

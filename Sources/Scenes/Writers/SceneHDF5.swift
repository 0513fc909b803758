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

  init?(texts: ArraySlice<String>) {
    guard texts.count == 5 else { return nil }
    let start = texts.startIndex
    self.init(
      texts[start] == "warning" ? .warning : .information, field: texts[start + 1], found: texts[start + 2],
      action: texts[start + 3], remedy: texts[start + 4].isEmpty ? nil : texts[start + 4])
  }
}

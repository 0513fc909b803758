import Foundation
import Tensors

/// What a file holds and what is doubtful about it, as data for a report.
public struct Inspection: Sendable {
  /// Notes about one field, which one correction settles.
  public struct Finding: Equatable, Sendable {
    /// The header key, variable or attribute.
    public var field: String
    /// How much it matters: the gravest of its notes.
    public var severity: Note.Severity
    /// What was found and what was done about it, in the order of reading.
    public var remarks: [String]
    /// What the user can do, each once.
    public var remedies: [String]
  }

  /// Numbers about the reflectance of the valid pixels.
  public struct Values: Equatable, Sendable {
    /// The smallest sample.
    public var minimum: Double
    /// The middle sample, of at most 65 536 evenly spaced ones.
    public var median: Double
    /// The largest sample.
    public var maximum: Double
  }

  /// The container's name.
  public var format: String
  /// The number of image rows, columns and bands.
  public var rows: Int
  /// The number of image columns.
  public var columns: Int
  /// The number of bands that are kept.
  public var bands: Int
  /// The number of pixels that hold a measurement.
  public var validPixels: Int
  /// The shortest and longest wavelength in nanometres.
  public var wavelengths: ClosedRange<Double>?
  /// The unit of wavelengths in the file.
  public var wavelengthUnit: SpectralAxis.Unit?
  /// The reflectance of the valid pixels.
  public var values: Values
  /// The names of reference endmembers, when the file has them.
  public var truth: [String]
  /// The georeference's keys.
  public var georeference: [String]
  /// Everything doubtful or applied, grouped by field, the gravest first.
  public var findings: [Finding]

  /// What can be said about a scene.
  public init(of scene: Scene) {
    format = scene.format
    rows = scene.rows
    columns = scene.columns
    bands = scene.bands
    validPixels = scene.isValid.count { $0 }
    let centers = scene.axis?.wavelengths ?? []
    wavelengths = centers.min().flatMap { least in centers.max().map { least...$0 } }
    wavelengthUnit = scene.axis?.sourceUnit
    values = Values(scene)
    truth = scene.truth?.names ?? []
    georeference = scene.georeference.map(\.key)
    findings = Self.findings(scene.notes + (scene.truth?.notes ?? []))
  }

  /// Groups notes by field, warnings before information, otherwise in the order of reading.
  public static func findings(_ notes: [Note]) -> [Finding] {
    var fields: [String] = []
    for note in notes where !fields.contains(note.field) { fields.append(note.field) }
    let findings = fields.map { field in
      let own = notes.filter { $0.field == field }
      var remedies: [String] = []
      for remedy in own.compactMap(\.remedy) where !remedies.contains(remedy) { remedies.append(remedy) }
      return Finding(
        field: field, severity: own.map(\.severity).max() ?? .information,
        remarks: own.map { "\($0.found); \($0.action)" }, remedies: remedies)
    }
    return findings.filter { $0.severity == .warning } + findings.filter { $0.severity != .warning }
  }
}

extension Inspection.Values {
  fileprivate init(_ scene: Scene) {
    let bands = scene.bands
    var (least, most) = (Scalar.infinity, -Scalar.infinity)
    scene.spectra.withUnsafeScalars { values in
      for pixel in scene.isValid.indices where scene.isValid[pixel] {
        for value in values[(pixel * bands)..<((pixel + 1) * bands)] {
          (least, most) = (min(least, value), max(most, value))
        }
      }
    }
    let sample = EvenSample(of: scene.spectra) { scene.isValid[$0] }
    self.init(minimum: Double(least), median: sample.median, maximum: Double(most))
  }
}

extension Scene {
  /// What can be said about the scene, as data.
  public var summary: Inspection { Inspection(of: self) }
}

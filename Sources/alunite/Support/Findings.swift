import Foundation
import Scenes
import Tensors
import Unmixing

/// What `inspect` tells: facts, and notes grouped by how much they matter.
struct Findings: Encodable {
  /// One fact.
  struct Fact: Encodable {
    let name: String
    let value: String
  }

  /// One decision a reader took.
  struct Remark: Encodable {
    let field: String
    let found: String
    let action: String
    let remedy: String?

    init(_ note: Note) {
      (field, found, action, remedy) = (note.field, note.found, note.action, note.remedy)
    }

    var line: String { "\(field): \(found); \(action)" + (remedy.map { " (\($0))" } ?? "") }
  }

  let kind: String
  let path: String
  let facts: [Fact]
  let guessed: [Remark]
  let stated: [Remark]

  init(_ kind: String, _ url: URL, _ facts: [(String, String?)], notes: [Note] = []) {
    self.kind = kind
    path = url.path
    self.facts = facts.compactMap { name, value in value.map { Fact(name: name, value: $0) } }
    guessed = notes.filter { $0.severity == .warning }.map(Remark.init)
    stated = notes.filter { $0.severity != .warning }.map(Remark.init)
  }

  /// The findings for people.
  var text: String {
    var lines = ["\(path): \(kind)"]
    let width = facts.map(\.name.count).max() ?? 0
    lines += facts.map { "  \($0.name.padding(toLength: width, withPad: " ", startingAt: 0))  \($0.value)" }
    for (title, remarks) in [("guessed, or suspicious", guessed), ("noted", stated)] where !remarks.isEmpty {
      lines += ["", "\(title):"] + remarks.map { "  \($0.line)" }
    }
    if !guessed.isEmpty {
      lines += ["", "Options that decide otherwise, such as --rows, --scale and --variable: alunite inspect --help"]
    }
    return lines.joined(separator: "\n")
  }
}

extension Findings {
  /// A scene.
  ///
  /// - Parameter truth: What the file is when it is read as true abundances.
  static func of(_ scene: Scene, _ url: URL, truth: GroundTruth?) -> Findings {
    let masked = scene.pixelCount - scene.validPixels.count
    return Findings(
      "scene (\(scene.format))", url,
      [
        ("size", "\(scene.rows) rows × \(scene.columns) columns × \(scene.bands) bands"),
        ("masked pixels", masked == 0 ? "none" : "\(masked) of \(scene.pixelCount)"),
        ("reflectance", range(of: scene)), ("wavelengths", scene.axis.map(span) ?? "unknown"),
        ("band widths", scene.axis.map { $0.fwhm == nil ? "unknown" : "known" }),
        ("georeference", scene.georeference.isEmpty ? "none" : scene.georeference.map(\.key).joined(separator: ", ")),
        ("true abundances", scene.truth.map { "\($0.count): \($0.names.joined(separator: ", "))" } ?? "none"),
        ("true endmembers", scene.truth.map { $0.endmembers == nil ? "none" : "\($0.count)" }),
        ("read as a truth", truth.map { "abundances of \($0.count) endmembers: \(shortened($0.names))" }),
      ], notes: scene.notes + (scene.truth?.notes ?? []))
  }

  /// A spectral library.
  static func of(_ library: SpectralLibrary, _ url: URL) -> Findings {
    Findings(
      "spectral library", url,
      [
        ("spectra", "\(library.count): \(shortened(library.names))"), ("bands", "\(library.bands)"),
        ("complete bands", "\(library.completeBands.count)"), ("wavelengths", library.axis.map(span) ?? "unknown"),
      ], notes: library.notes)
  }

  /// True abundances.
  static func of(_ truth: GroundTruth, _ url: URL) -> Findings {
    let unknown = truth.abundances.sum(along: -1).scalars.count { !$0.isFinite }
    return Findings(
      "true abundances", url,
      [
        ("pixels", "\(truth.abundances.shape[0])" + (unknown > 0 ? ", \(unknown) of them unknown" : "")),
        ("endmembers", "\(truth.count): \(shortened(truth.names))"),
        ("spectra", truth.endmembers.map { "\($0.bands) bands each" } ?? "none"),
      ], notes: truth.notes)
  }

  /// A training run.
  static func ofRun(_ folder: RunFolder) throws -> Findings {
    let checkpoint = try folder.readCheckpoint()
    let run = checkpoint.description
    let epochs = run.configuration.training.epochs * run.configuration.training.restarts
    return Findings(
      "run of \(run.configuration.method)", folder.url,
      [
        ("scene", run.scene), ("truth", run.truth), ("split", run.split), ("seed", "\(run.seed)"),
        ("epochs", "\(checkpoint.history.count) of \(epochs), \(checkpoint.step) steps"),
        ("time", Numeral.duration(checkpoint.seconds)),
        ("loss", checkpoint.history.last.map { Numeral.short($0.loss) }),
        ("endmembers", "\(run.endmemberNames.count): \(shortened(run.endmemberNames))"), ("bands", "\(run.bands)"),
        ("pixels", "\(checkpoint.trainingPixels.count) train, \(checkpoint.testPixels.count) held out"),
        ("written by", "Alunite \(run.version)"),
      ])
  }

  /// A result of unmixing.
  static func ofEstimate(_ url: URL) throws -> Findings {
    let file = try EstimateFile(contentsOf: url)
    let estimate = file.estimate
    return Findings(
      "result of \(file.method)", url.deletingLastPathComponent(),
      [
        ("scene", file.sceneName), ("size", "\(estimate.rows) rows × \(estimate.columns) columns"),
        ("unmixed pixels", "\(estimate.validPixels.count) of \(estimate.isValid.count)"),
        ("endmembers", "\(estimate.endmemberCount): \(shortened(estimate.names))"),
        ("their order", file.isLabelled ? "that of the labels" : nil),
      ])
  }

  private static func shortened(_ names: [String]) -> String {
    names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : "")
  }

  private static func span(_ axis: SpectralAxis) -> String {
    let (least, most) = (axis.wavelengths.min() ?? 0, axis.wavelengths.max() ?? 0)
    let order = axis.isIncreasing ? "" : ", not in order"
    return "\(Numeral.short(least)) – \(Numeral.short(most)) nm (in the file: \(axis.sourceUnit.rawValue))\(order)"
  }

  private static func range(of scene: Scene) -> String? {
    let valid = scene.spectra.gatheringRows(scene.validPixels)
    guard valid.count > 0 else { return nil }
    let (least, most) = valid.withUnsafeScalars { ($0.min() ?? 0, $0.max() ?? 0) }
    return "\(Numeral.short(Double(least))) – \(Numeral.short(Double(most)))"
  }
}

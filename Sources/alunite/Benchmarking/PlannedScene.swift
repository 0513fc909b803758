import ArgumentParser
import Foundation
import Scenes

/// A scene of a plan with the truth it is judged by. The same file under two names may have two truths.
struct PlannedScene {
  static let keys = ["name", "scene", "truth", "endmembers", "reading", "published"]
  private static let publishedKeys = ["as", "but"]

  /// What the plan calls it.
  let name: String
  /// The scene's file.
  let scene: URL
  /// The true abundances' file, where it is another one.
  let truth: URL?
  /// The true endmembers' file, where that of the abundances holds none.
  let endmembers: URL?
  /// How the files are read.
  let reading: ReadingOptions
  /// What published figures call the scene.
  let publishedName: String
  /// Why they are of something else, if they are.
  let publishedCaution: String?

  init(_ fields: PlanFields, base: URL) throws {
    func file(_ key: String) throws -> URL? {
      try fields.text(key).map { URL(fileURLWithPath: $0, relativeTo: base).absoluteURL }
    }
    name = try fields.required("name")
    guard let scene = try file("scene") else { throw fields.fault("scene", "a file", "nothing") }
    self.scene = scene
    truth = try file("truth")
    endmembers = try file("endmembers")
    let published = try fields.fields("published", known: Self.publishedKeys)
    publishedName = try published?.text("as") ?? name
    publishedCaution = try published?.text("but")
    reading = try Self.reading(fields, base: base)
  }

  /// `{wavelength-file: x.txt, keep-bad-bands: true}` as `--wavelength-file x.txt --keep-bad-bands`.
  private static func reading(_ fields: PlanFields, base: URL) throws -> ReadingOptions {
    let arguments = try fields.mapping("reading").flatMap { key, value -> [String] in
      switch value {
      case .truth(true): return ["--\(key)"]
      case .truth(false): return []
      case .mapping, .list: throw fields.fault("reading.\(key)", "one word", "\"\(value.shown)\"")
      default: return ["--\(key)", value.shown]
      }
    }
    do {
      var options = try ReadingArguments.parse(arguments).options
      options.wavelengthFile = options.wavelengthFile.map { URL(fileURLWithPath: $0.relativePath, relativeTo: base) }
      return options
    } catch let error where !(error is WorldFault) {
      throw fields.fault("reading", "options of alunite inspect", ReadingArguments.message(for: error))
    }
  }

  /// Reads the scene with its truth.
  func read(quiet: Bool) throws -> Scene {
    let input = InputScene(reading: reading, quiet: quiet)
    var scene = try input.scene(self.scene.path, truth: truth?.path)
    scene.name = name
    guard let endmembers else { return scene }
    guard var known = scene.truth else {
      throw WorldFault.conflict(
        option: "scene \(name)", expected: "true abundances to go with the endmembers", found: "none")
    }
    let library = try SpectralLibrary(contentsOf: endmembers, options: ReadingOptions())
    guard library.count == known.count, library.bands == scene.bands else {
      throw WorldFault.malformed(
        path: endmembers.path, field: "endmembers", expected: "\(known.count) spectra of \(scene.bands) bands",
        found: "\(library.count) of \(library.bands)")
    }
    known.endmembers = SpectralLibrary(
      names: known.names, spectra: library.spectra, axis: scene.axis, source: endmembers.path)
    scene.truth = known
    return scene
  }
}

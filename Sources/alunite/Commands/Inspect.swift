import ArgumentParser
import Foundation
import Scenes
import Tensors
import Unmixing

/// `alunite inspect`: what is in a file, and every guess explained.
struct Inspect: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Say what is in a file or a run, and what a reader has to guess.",
    discussion: """
      Reads scenes, spectral libraries and true abundances (\(SceneFormats.names.joined(separator: "; "))), runs and \
      results. Guesses come first, with the option that decides otherwise.

      Examples:
        alunite inspect scene.hdr
        alunite inspect cube.mat --variable V --rows 95 --columns 95
      """)

  @Argument(help: ArgumentHelp("A file, a run or a result.", valueName: "path"))
  var path: String

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup(title: "Reading") var reading: ReadingArguments

  func run() throws {
    let url = URL(fileURLWithPath: path)
    let findings: Findings
    if FileManager.default.fileExists(atPath: url.appendingPathComponent(RunFolder.marker).path) {
      findings = try .ofRun(RunFolder(url))
    } else if FileManager.default.fileExists(atPath: url.appendingPathComponent(EstimateFolder.marker).path) {
      findings = try .ofEstimate(url.appendingPathComponent(EstimateFolder.marker))
    } else {
      findings = try Self.ofFile(url, reading.options)
    }
    Console.print(json ? try JSONText.text(findings) : findings.text)
  }

  /// A scene; failing that a library; failing that true abundances. When nothing fits, or the scene fails for the bands
  /// that were asked for, the scene's error counts.
  private static func ofFile(_ url: URL, _ options: ReadingOptions) throws -> Findings {
    do {
      let scene = try openScene(url, options)
      let truth = scene.truth == nil ? try? GroundTruth.read(url, options: options) : nil
      return .of(scene, url, truth: truth.flatMap { Self.looksLikeFractions($0) ? $0 : nil })
    } catch let error as SceneError {
      switch error {
      case .cannotOpen, .unrecognizedFormat, .cannotRead, .malformed(_, "chosen bands", _, _): throw error
      default: break
      }
      let library = Result { try SpectralLibrary(contentsOf: url, options: options) }
      if case .success(let library) = library { return .of(Self.noting(error, in: library), url) }
      // Of texts only libraries are read: why this one is none is what matters.
      if case .failure(let fault) = library, case .unsupported(_, _, "text", _) = error { throw fault }
      if let truth = try? GroundTruth.read(url, options: options) { return .of(truth, url) }
      throw error
    }
  }

  /// The library, and that a matrix of as many pixels may be a scene whose sides nobody stated.
  private static func noting(_ error: SceneError, in library: SpectralLibrary) -> SpectralLibrary {
    guard case .missing(_, let field, _) = error, field.hasPrefix("the number of rows and columns") else {
      return library
    }
    var library = library
    library.notes.append(
      Note(
        .warning, field: "the file", found: "\(field) not stated", action: "read as a library",
        remedy: "--rows reads it as a scene"))
    return library
  }

  /// A scene as it would be read, or, where something has to be decided first, as it is stored, with a note of that.
  private static func openScene(_ url: URL, _ options: ReadingOptions) throws -> Scene {
    do {
      return try Scene(contentsOf: url, options: options)
    } catch SceneError.unstatedScale(_, let median, let maximum) {
      var options = options
      options.scale = .factor(1)
      var scene = try openScene(url, options)
      scene.notes.removeAll { $0.field == "scale" }
      scene.notes.append(
        Note(
          .warning, field: "scale",
          found: "not stated, and values up to \(Numeral.short(maximum)) (median \(Numeral.short(median)))",
          action: "shown as stored; no method reads the scene like this",
          remedy: "--scale 10000, for instance, or --scale maximum"))
      return scene
    } catch let error as SceneError {
      let fault: (bands: [Int], text: String)
      switch error {
      case .constantBands(_, let bands): fault = (bands, "do not vary")
      case .emptyBands(_, let bands): fault = (bands, "hold no measurement in any pixel")
      default: throw error
      }
      var options = options
      options.constantBands = .keep
      var scene = try openScene(url, options)
      scene.notes.removeAll { $0.field == "bands" && $0.action.hasSuffix("as asked") }
      let numbers = fault.bands.prefix(12).map { "\($0 + 1)" }.joined(separator: ", ")
      scene.notes.append(
        Note(
          .warning, field: "bands",
          found: "\(numbers)\(fault.bands.count > 12 ? ", …" : "") (1-based) \(fault.text)",
          action: "shown; no method reads the scene like this", remedy: "--constant-bands drop or keep"))
      return scene
    }
  }

  /// Whether numbers lie between 0 and 1 and those of nearly every known pixel sum to one.
  private static func looksLikeFractions(_ truth: GroundTruth) -> Bool {
    let sums = truth.abundances.sum(along: -1).scalars.filter { $0.isFinite }
    let whole = sums.count { abs($0 - 1) < 0.01 }
    return truth.count > 1 && !sums.isEmpty && Double(whole) > 0.99 * Double(sums.count)
  }
}

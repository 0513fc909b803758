import ArgumentParser
import Foundation
import Scenes
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

  /// A scene; failing that a library; failing that true abundances. When nothing fits, the scene's error counts.
  private static func ofFile(_ url: URL, _ options: ReadingOptions) throws -> Findings {
    do {
      return .of(try Scene(contentsOf: url, options: options), url)
    } catch let error as SceneError {
      switch error {
      case .cannotOpen, .unrecognizedFormat, .cannotRead: throw error
      default: break
      }
      if let library = try? SpectralLibrary(contentsOf: url, options: options) { return .of(library, url) }
      if let truth = try? GroundTruth.read(url, options: options) { return .of(truth, url) }
      throw error
    }
  }
}

import Foundation

/// A container that scenes, libraries and reference abundances are read from.
package protocol SceneFormat: Sendable {
  /// What messages call it.
  var name: String { get }
  /// The usual file extensions, in lower case.
  var extensions: [String] { get }
  /// Whether the first bytes of a file (up to 2 kB) are this format's.
  func recognizes(_ start: [UInt8]) -> Bool

  func scene(at url: URL, options: ReadingOptions) throws -> Scene
  func library(at url: URL, options: ReadingOptions) throws -> SpectralLibrary
  func truth(at url: URL, options: ReadingOptions, for scene: Scene?) throws -> GroundTruth
}

/// The formats Alunite reads. To add one: a type that conforms to `SceneFormat`, and a line here.
public enum SceneFormats {
  package static let all: [any SceneFormat] = [
    MATLABFormat(),
    HDF5Format(),
    ENVIFormat(),
    TextFormat(),
  ]

  /// The names of all formats with their usual extensions: `ENVI (hdr, img, dat, …)`.
  public static var names: [String] {
    all.map { "\($0.name) (\($0.extensions.joined(separator: ", ")))" }
  }

  /// The format of a file: by its first bytes, then by its extension, then because an ENVI header stands beside it.
  ///
  /// An extension comes before a header, which may be that of another file of the same name: a result holds `endmembers.csv`
  /// beside `endmembers.hdr` and `endmembers.sli`.
  ///
  /// - Throws: ``SceneError/cannotOpen(path:reason:)`` or ``SceneError/unrecognizedFormat(path:known:)``.
  package static func format(of url: URL) throws -> any SceneFormat {
    let start = try InputFile(url).start(upTo: 2_048)
    if let format = all.first(where: { $0.recognizes(start) }) { return format }
    let suffix = url.pathExtension.lowercased()
    if let format = all.first(where: { $0.extensions.contains(suffix) }) { return format }
    if ENVIPair.header(beside: url) != nil { return ENVIFormat() }
    throw SceneError.unrecognizedFormat(path: url.path, known: names)
  }
}

import Foundation
import Tensors

/// A folder of spectra as text, one a file, in folders below it as well: a laboratory's library as it is unpacked.
///
/// Files that end in `.txt` or `.asc` are spectra, apart from those of wavelengths and widths. Only titles are read at first.
/// Spectra of different spectrometers may stand side by side as long as they are asked for at common channels.
public struct SpectrumFolder: Sendable {
  /// The folder.
  public let url: URL
  /// What each spectrum is called, in the order of the files' paths.
  public let names: [String]
  private let files: [URL]

  /// Whether a path is that of a folder.
  public static func isFolder(_ url: URL) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) && isDirectory.boolValue
  }

  /// Lists the spectra.
  ///
  /// - Throws: ``SceneError/missing(path:field:remedy:)`` when there is none; ``SceneError`` of a file that cannot be opened.
  public init(contentsOf url: URL) throws {
    self.url = url
    let paths = FileManager.default.enumerator(
      at: url, includingPropertiesForKeys: [.isRegularFileKey], options: [.skipsHiddenFiles])
    var files: [URL] = []
    while let file = paths?.nextObject() as? URL {
      let isText = ["txt", "asc"].contains(file.pathExtension.lowercased())
      if isText && !USGSCompanions.isCompanion(file) { files.append(file) }
    }
    self.files = files.sorted { $0.path < $1.path }
    if files.isEmpty {
      throw SceneError.missing(
        path: url.path, field: "a spectrum",
        remedy: "the folder of a library holds files .txt or .asc, one spectrum each")
    }
    names = try self.files.map { file in
      let start = String(decoding: try InputFile(file).start(upTo: 512), as: UTF8.self)
      return SpectrumTitle(start.split(whereSeparator: \.isNewline).prefix(1).map(String.init), file).name
    }
  }

  /// Some of the spectra, in the order given, at common channels.
  ///
  /// - Parameter axis: where to read them; where the files have them, which must then be the same everywhere, if `nil`.
  /// - Throws: ``SceneError/malformed(path:field:expected:found:)`` for a file that holds several spectra, no wavelengths
  ///   where channels are asked for, or other bands than the first.
  public func library(
    of places: [Int], at axis: SpectralAxis? = nil, options: ReadingOptions = .init()
  ) throws -> SpectralLibrary {
    precondition(!places.isEmpty && places.allSatisfy(files.indices.contains), "spectra \(places) of \(files.count)")
    let parts = try places.map { try spectrum($0, at: axis, options) }
    let first = parts[0]
    for (part, place) in zip(parts, places) where part.bands != first.bands || !part.isOver(first.axis) {
      throw SceneError.malformed(
        path: files[place].path, field: "wavelengths",
        expected: "those of \(files[places[0]].lastPathComponent), \(first.bands) bands",
        found: "\(part.bands) others; choose spectra of one spectrometer, or a sensor to resample them to")
    }
    return SpectralLibrary(
      names: places.map { names[$0] }, spectra: .concatenated(parts.map(\.spectra), along: 0), axis: first.axis,
      source: url.path, notes: parts.flatMap(\.notes))
  }

  private func spectrum(_ place: Int, at axis: SpectralAxis?, _ options: ReadingOptions) throws -> SpectralLibrary {
    let library = try TextFormat().library(at: files[place], options: options.checked(for: files[place]))
    guard library.count == 1 else {
      throw SceneError.malformed(
        path: files[place].path, field: "columns", expected: "one spectrum, as files of a folder hold",
        found: "\(library.count)")
    }
    guard let axis else { return library }
    guard let own = library.axis, own.count > 1 else {
      throw SceneError.missing(
        path: files[place].path, field: "wavelengths",
        remedy: "put the file of wavelengths beside the spectrum, or in a folder above it")
    }
    return library.resampled(to: axis)
  }
}

extension SpectralLibrary {
  /// Whether the bands lie where those of another axis do, or neither says where.
  fileprivate func isOver(_ other: SpectralAxis?) -> Bool {
    guard let axis, let other else { return (axis == nil) == (other == nil) }
    return axis.wavelengths == other.wavelengths
  }
}

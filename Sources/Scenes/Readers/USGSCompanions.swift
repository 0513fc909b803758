import Foundation

/// The files of wavelengths and widths that belong to a spectrum of the U.S. Geological Survey's library as text.
///
///     ASCIIdata_splib07a/splib07a_Wavelengths_ASD_0.35-2.5_microns_2151_ch.txt      one number a line under a title
///     ASCIIdata_splib07a/splib07a_Bandpass_(FWHM)_ASDFR_StandardResolution.txt
///     ASCIIdata_splib07a/ChapterM_Minerals/splib07a_Alunite_GDS83_Na63_ASDFRb_AREF.txt
///
/// They stand in the spectrum's folder or in one of the two above it. The one that counts has as many numbers as the
/// spectrum and, where there are several of these, names the spectrometer that the spectrum's file names.
///
/// - Source: Kokaly et al. (2017), *USGS Spectral Library Version 7*, U.S. Geological Survey Data Series 1035.
struct USGSCompanions {
  private let spectrum: URL
  private let values: Int
  private let options: ReadingOptions

  /// The companions of a spectrum of so many values.
  init(of spectrum: URL, values: Int, _ options: ReadingOptions) {
    (self.spectrum, self.values, self.options) = (spectrum.absoluteURL.standardizedFileURL, values, options)
  }

  /// Whether a file's name says that it is no spectrum but belongs to some.
  static func isCompanion(_ url: URL) -> Bool {
    let name = url.lastPathComponent.lowercased()
    return ["wavelength", "wavenumber", "bandpass", "errorbar", "readme"].contains { name.contains($0) }
  }

  /// Puts wavelengths and widths into the statement, or a note where there are none.
  ///
  /// - Throws: ``SceneError/ambiguous(path:field:candidates:remedy:)`` when several files would do.
  func complete(_ statement: inout AxisStatement, _ notes: inout [Note]) throws {
    var folder = spectrum.deletingLastPathComponent()
    for _ in 0..<3 {
      if let file = try companion(in: folder, named: "wavelengths") {
        (statement.path, statement.field) = (file.url.path, "wavelengths")
        (statement.centers, statement.unit) = (file.numbers, "micrometers")
        if (file.numbers.max() ?? 0) > 300 { statement.unit = nil }
        statement.widths = try companion(in: folder, named: "bandpass")?.numbers
        notes.append(
          Note(.information, field: "wavelengths", found: "in \(file.url.lastPathComponent)", action: "used"))
        return
      }
      folder.deleteLastPathComponent()
    }
    notes.append(
      Note(
        .warning, field: "wavelengths", found: "no column of them, and no file …Wavelengths….txt of \(values) numbers",
        action: "the bands have no wavelengths", remedy: "put that file beside the spectrum, or name it"))
  }

  private func companion(in folder: URL, named kind: String) throws -> (url: URL, numbers: [Double])? {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
    let files = names.filter { $0.lowercased().contains("_\(kind)") && $0.lowercased().hasSuffix(".txt") }.sorted()
    var fitting = files.compactMap { name -> (url: URL, numbers: [Double])? in
      let url = folder.appendingPathComponent(name)
      guard let text = try? TextColumns(url, allowedMemory: options.allowedMemory) else { return nil }
      return text.columns.count == 1 && text.columns[0].count == values ? (url, text.columns[0]) : nil
    }
    if fitting.count > 1 {
      let own = fitting.filter { namesSpectrometer($0.url, kind) }
      if !own.isEmpty { fitting = own }
    }
    // Widths are a help and wavelengths a must.
    if fitting.count > 1 && kind == "bandpass" { return nil }
    guard fitting.count <= 1 else {
      throw SceneError.ambiguous(
        path: spectrum.path, field: "wavelengths", candidates: fitting.map(\.url.lastPathComponent),
        remedy: "name the file of wavelengths")
    }
    return fitting.first
  }

  /// Whether a part of the companion's name after its kind begins a part of the spectrum's: `BECK` and `BECKb`.
  private func namesSpectrometer(_ companion: URL, _ kind: String) -> Bool {
    func parts(_ url: URL) -> [Substring] {
      url.deletingPathExtension().lastPathComponent.lowercased().split(separator: "_")
    }
    let codes = parts(companion).drop { !$0.contains(kind) }.dropFirst().filter { $0 != "(fwhm)" }
    guard let code = codes.first else { return false }
    return parts(spectrum).contains { $0.hasPrefix(code) || (code.hasPrefix($0) && $0.count > 3) }
  }
}

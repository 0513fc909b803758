import Foundation
import Tensors

/// Spectra as text: a table of wavelengths and one column a spectrum, or one spectrum a file.
///
///     wavelength (nm),Alunite,Muscovite      a table: names above the columns, as `endmembers.csv` of a result
///     400.0,0.25,0.31
///
///     0.35  0.0412                           two columns: wavelength and reflectance, under any lines of text
///
///     splib07a Record=13: Acmite …           one column: reflectance alone, as the U.S. Geological Survey's ASCII files;
///     -1.2300000e+034                        wavelengths and widths stand in files of their own (see ``USGSCompanions``)
///
/// - Edge cases: a first column that is headed `band` or `channel` holds numbers of bands, no wavelengths. Columns headed as
///   standard deviations or errors, and a third column without a heading, are left out with a note. More columns without
///   headings are spectra with numbers for names.
struct TextFormat: SceneFormat {
  let name = "text"
  let extensions = ["csv", "txt", "asc"]

  /// Text has no signature: it goes by its extension.
  func recognizes(_ start: [UInt8]) -> Bool { false }

  func scene(at url: URL, options: ReadingOptions) throws -> Scene {
    throw Self.unsupported(url)
  }

  func truth(at url: URL, options: ReadingOptions, for scene: Scene?) throws -> GroundTruth {
    throw Self.unsupported(url)
  }

  func library(at url: URL, options: ReadingOptions) throws -> SpectralLibrary {
    try options.refuse(
      [
        ("variable", options.variable), ("wavelength variable", options.wavelengthVariable),
        ("endmember variable", options.endmemberVariable), ("name variable", options.nameVariable),
      ], at: url)
    let text = try TextColumns(url, allowedMemory: options.allowedMemory)
    var notes: [Note] = []
    var statement = AxisStatement(path: text.path, field: "first column", bands: text.columns[0].count)
    var spectra = text.columns
    if let file = options.wavelengthFile {
      let table = try WavelengthTable.read(file, bands: statement.bands)
      (statement.path, statement.field) = (file.path, "wavelengths")
      (statement.centers, statement.widths) = (table.centers, table.widths)
    } else if spectra.count == 1 {
      try USGSCompanions(of: url, values: statement.bands, options).complete(&statement, &notes)
    }
    if spectra.count > 1 {
      let first = spectra.removeFirst()
      let heading = text.names?[0].lowercased() ?? ""
      if !heading.hasPrefix("band") && !heading.hasPrefix("channel") && statement.centers == nil {
        if text.names == nil { try Self.checkWavelengths(first, text.path) }
        (statement.centers, statement.unit) = (first, Self.unit(in: heading))
      }
    }
    let names = try Self.names(of: &spectra, text, url, &notes)
    let axis = try statement.axis(options, notes: &notes)
    let values = spectra.flatMap { $0.map { Scalar($0) } }
    let library = SpectralLibrary(
      names: names, spectra: Tensor([names.count, statement.bands], values), axis: axis, source: text.path,
      notes: notes)
    return try library.cleaned(LibraryStatement(path: text.path), options)
  }

  private static func unsupported(_ url: URL) -> SceneError {
    .unsupported(path: url.path, field: "the content", found: "text", remedy: "of texts only spectral libraries are")
  }

  /// Refuses a first column without a heading that goes up and down as spectra do. Wavelengths of several detectors step
  /// back a few times only.
  private static func checkWavelengths(_ values: [Double], _ path: String) throws {
    let steps = zip(values, values.dropFirst())
    let (rises, falls) = (steps.count { $0 < $1 }, steps.count { $0 > $1 })
    if 10 * max(rises, falls) < 9 * (values.count - 1) {
      throw SceneError.malformed(
        path: path, field: "first column", expected: "wavelengths, as no heading says otherwise",
        found: "numbers that rise \(rises) times and fall \(falls) times")
    }
  }

  /// The unit between the brackets of a heading: `wavelength (nm)`.
  private static func unit(in heading: String) -> String? {
    guard let open = heading.firstIndex(where: { "([".contains($0) }) else { return nil }
    return String(heading[heading.index(after: open)...].prefix { !")]".contains($0) })
  }

  /// The names of the columns that are spectra; leaves out those that are none.
  private static func names(
    of spectra: inout [[Double]], _ text: TextColumns, _ url: URL, _ notes: inout [Note]
  ) throws -> [String] {
    let title = SpectrumTitle(text.head, url).name
    guard spectra.count > 1 || text.columns.count > 1, let heads = text.names?.dropFirst() else {
      if spectra.count == 2 {
        spectra.removeLast()
        notes.append(
          Note(.warning, field: "column 3", found: "no heading", action: "taken for standard deviations and left out"))
      }
      if spectra.count == 1 { return [title] }
      notes.append(
        Note(
          .warning, field: "names", found: "missing", action: "numbered",
          remedy: "a line of headings above the numbers gives them"))
      return spectra.indices.map { "Spectrum \($0 + 1)" }
    }
    let kept = Array(zip(heads, spectra)).filter { head, _ in
      !["deviation", "stdev", "error", "std"].contains { head.lowercased().contains($0) }
    }
    if kept.count < spectra.count {
      notes.append(
        Note(
          .information, field: "columns", found: "\(spectra.count - kept.count) of deviations", action: "left out"))
    }
    guard !kept.isEmpty else {
      throw SceneError.malformed(path: text.path, field: "columns", expected: "spectra", found: "deviations alone")
    }
    spectra = kept.map(\.1)
    // A heading that says what the numbers are does not say whose.
    let isPlain = kept.count == 1 && ["reflectance", "value", "values", "y"].contains(kept[0].0.lowercased())
    return isPlain ? [title] : kept.map(\.0)
  }
}

/// What one spectrum in a file of its own is called.
struct SpectrumTitle {
  /// The title the U.S. Geological Survey writes above a spectrum, `splib07a Record=13: Acmite NMNH133746 …`, without the record;
  /// the file's name for any other file.
  let name: String

  init(_ head: [String], _ url: URL) {
    guard let line = head.first, line.contains("Record="), let colon = line.firstIndex(of: ":") else {
      name = url.deletingPathExtension().lastPathComponent
      return
    }
    name = line[line.index(after: colon)...].split(whereSeparator: \.isWhitespace).joined(separator: " ")
  }
}

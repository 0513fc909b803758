import Tensors

extension ENVISource {
  /// The spectra of an ENVI spectral library: one line each, one sample per band.
  mutating func library(_ options: ReadingOptions) throws -> SpectralLibrary {
    let names = header.texts("spectra names")
    if !layout.isLibrary {
      guard layout.bands == 1, names?.count == layout.lines else {
        throw SceneError.unsupported(
          path: header.path, field: "file type", found: "`\(header.word("file type") ?? "missing")`",
          remedy: "a library has `file type = ENVI Spectral Library`")
      }
      header.note(.warning, "file type", "not a spectral library", "read as one: there is a name for every line")
    }
    guard layout.bands == 1 else {
      throw SceneError.malformed(
        path: header.path, field: "bands", expected: "1 in a spectral library", found: "\(layout.bands)")
    }
    let isGood = try badBands(count: layout.samples)
    let axis = try self.axis(options, bands: layout.samples)?.marking(isGood)
    let stored = try stored(rows: 0..<layout.lines, columns: 0..<layout.samples)
    let table = stored.reshaped(to: [layout.lines, layout.samples])
    let allNames = try checked(names)
    let head = LibraryHead(names: allNames) { table[$0].scalars.map { Double($0) } }
    let kept = Array(head.count..<layout.lines)
    guard !kept.isEmpty else {
      throw SceneError.malformed(
        path: header.path, field: "spectra", expected: "at least one", found: "only wavelengths")
    }
    let statement = LibraryStatement(
      path: header.path, calibration: try ENVICalibration.read(&header, bands: layout.samples),
      ignoreValue: try header.double("data ignore value"), isGood: isGood, isInteger: layout.type.isInteger)
    let library = SpectralLibrary(
      names: kept.map { allNames[$0] }, spectra: table.gatheringRows(kept), axis: axis, source: header.path,
      notes: header.notes + head.notes)
    return try library.cleaned(statement, options)
  }

  private mutating func checked(_ names: [String]?) throws -> [String] {
    guard let names else {
      header.note(.information, "spectra names", "missing", "numbered")
      return (1...layout.lines).map { "Spectrum \($0)" }
    }
    guard names.count == layout.lines else {
      throw SceneError.malformed(
        path: header.path, field: "spectra names", expected: "\(layout.lines) names, one per spectrum",
        found: "\(names.count)")
    }
    return names
  }
}

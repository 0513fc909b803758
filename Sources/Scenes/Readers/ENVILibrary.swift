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
    let axis = try self.axis(options, bands: layout.samples)
    let stored = try cube.stored(rows: 0..<layout.lines, columns: 0..<layout.samples)
    let table = stored.reshaped(to: [layout.lines, layout.samples])
    let allNames = try checked(names)
    let head = LibraryHead(names: allNames) { table[$0].scalars.map { Double($0) } }
    let kept = Array(head.count..<layout.lines)
    guard !kept.isEmpty else {
      throw SceneError.malformed(
        path: header.path, field: "spectra", expected: "at least one", found: "only wavelengths")
    }
    let library = SpectralLibrary(
      names: kept.map { allNames[$0] }, spectra: table.gatheringRows(kept), axis: axis, source: header.path,
      notes: header.notes + head.notes)
    let calibration = try ENVICalibration.read(&header, bands: 1)
    return library.cleaned(
      divisor: options.libraryDivisor(calibration.divisor),
      ignoreValue: try options.ignoreValue ?? header.double("data ignore value"))
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

extension ReadingOptions {
  /// What library spectra are divided by. A library has no common maximum to divide by: `.maximum` is as stated.
  func libraryDivisor(_ stated: Double) -> Double {
    if case .factor(let factor) = scale { factor } else { stated }
  }
}

extension SpectralLibrary {
  /// The largest reflectance that can be a measurement; laboratories write −1.23 × 10³⁴ for deleted channels.
  static let largestReflectance: Scalar = 10

  /// Reflectance with NaN for deleted channels: ignored, not finite, or beyond any reflectance.
  func cleaned(divisor: Double, ignoreValue: Double?) -> SpectralLibrary {
    let rules = SampleRules(ignoreValue: ignoreValue)
    var result = self
    var deleted = 0
    result.spectra.withUnsafeMutableScalars { values in
      for place in values.indices {
        let isIgnored = rules.isIgnored(values[place])
        let value = Scalar(Double(values[place]) / divisor)
        if isIgnored || !value.isFinite || abs(value) > Self.largestReflectance {
          values[place] = .nan
          deleted += 1
        } else {
          values[place] = value
        }
      }
    }
    if deleted > 0 {
      result.notes.append(
        Note(.information, field: "spectra", found: "\(deleted) deleted channels", action: "read as NaN"))
    }
    if divisor != 1 {
      result.notes.append(
        Note(.information, field: "scale", found: "a factor", action: "divided by \(Numbers.text(divisor))"))
    }
    return result
  }
}

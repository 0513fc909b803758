import Tensors

/// What a file says about the numbers of a spectral library.
struct LibraryStatement {
  var path: String
  var calibration = Calibration()
  var ignoreValue: Double?
  /// The bad-band list.
  var isGood: [Bool]?
  /// Whether the stored numbers are whole by their type.
  var isInteger = false
}

extension SpectralLibrary {
  /// Beyond any number that stands for a measurement: laboratories write −1.23 × 10³⁴ for deleted channels.
  static let leastDeleted: Scalar = 1e30

  /// Reflectance, with NaN for channels that are deleted, ignored, not finite or marked bad.
  ///
  /// A library has no common maximum to divide by: ``ReadingOptions/Scale/maximum`` is as stated.
  ///
  /// - Throws: ``SceneError/unstatedScale(path:median:maximum:)`` when values are large and nobody said why.
  func cleaned(_ statement: LibraryStatement, _ options: ReadingOptions) throws -> SpectralLibrary {
    var result = self
    var calibration = statement.calibration
    if case .factor(let factor) = options.scale { calibration = Calibration(divisor: factor, field: "the factor") }
    result.delete(statement, options)
    result.apply(calibration)
    try result.checkScale(statement, options)
    return result
  }

  private mutating func delete(_ statement: LibraryStatement, _ options: ReadingOptions) {
    let rules = SampleRules(
      ignoreValue: options.ignoreValue ?? statement.ignoreValue, isInteger: statement.isInteger)
    let bands = self.bands
    let bad = options.keepsBadBands ? [] : (statement.isGood ?? []).indices.filter { statement.isGood?[$0] == false }
    var deleted = 0
    spectra.withUnsafeMutableScalars { values in
      for place in values.indices {
        let value = values[place]
        if rules.isIgnored(value) || !value.isFinite || abs(value) > Self.leastDeleted {
          values[place] = .nan
          deleted += 1
        }
      }
      for start in stride(from: 0, to: values.count, by: max(1, bands)) {
        for band in bad { values[start + band] = .nan }
      }
    }
    note(deleted > 0, "spectra", "\(deleted) deleted channels", "read as NaN")
    note(!bad.isEmpty, "bbl", "bands \(ranges(bad.map { $0 + 1 })) (1-based) marked bad", "read as NaN")
  }

  private mutating func apply(_ calibration: Calibration) {
    let (bands, divisor) = (self.bands, calibration.divisor)
    guard divisor != 1 || calibration.gains != nil || calibration.offsets != nil else { return }
    let gains = calibration.gains ?? [Double](repeating: 1, count: bands)
    let offsets = calibration.offsets ?? [Double](repeating: 0, count: bands)
    spectra.withUnsafeMutableScalars { values in
      for place in values.indices {
        let band = place % bands
        values[place] = Scalar(gains[band] * Double(values[place]) / divisor + offsets[band])
      }
    }
    note(true, "scale", calibration.field ?? "a factor", calibration.formula)
  }

  private func checkScale(_ statement: LibraryStatement, _ options: ReadingOptions) throws {
    if case .factor = options.scale { return }
    let sample = EvenSample(of: spectra) { _ in true }
    guard sample.median > StoredScene.largestPlausibleMedian else { return }
    let most = spectra.withUnsafeScalars { $0.reduce(0) { $1.isFinite ? max($0, $1) : $0 } }
    if let field = statement.calibration.field {
      throw SceneError.malformed(
        path: statement.path, field: field, expected: "a scale that makes values reflectance",
        found: "a median of \(sample.median)")
    }
    throw SceneError.unstatedScale(path: statement.path, median: sample.median, maximum: Double(most))
  }

  private mutating func note(_ condition: Bool, _ field: String, _ found: String, _ action: String) {
    if condition { notes.append(Note(.information, field: field, found: found, action: action)) }
  }
}

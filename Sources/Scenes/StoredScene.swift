import Tensors

/// How stored numbers become reflectance, as a file states it: `reflectance = gain × stored / divisor + offset`.
struct Calibration {
  /// One per band, or none for 1.
  var gains: [Double]?
  var divisor = 1.0
  /// One per band, or none for 0.
  var offsets: [Double]?
  /// The field that states it; `nil` when the file states nothing.
  var field: String?

  /// What is applied, in words.
  var formula: String {
    "reflectance = " + (gains == nil ? "" : "gain of the band × ") + "stored"
      + (divisor == 1 ? "" : " / \(Numbers.text(divisor))") + (offsets == nil ? "" : " + offset of the band")
  }
}

/// A scene as a reader finds it: numbers as stored, and everything the file says about them.
struct StoredScene {
  var path: String
  var name: String
  var format: String
  var rows: Int
  var columns: Int
  /// Stored numbers, `[pixels, bands]`, pixels row by row.
  var values: Tensor
  var axis: SpectralAxis?
  /// The bad-band list, which a file may have without wavelengths.
  var isGood: [Bool]?
  var ignoreValue: Double?
  /// Whether the stored numbers are whole by their type, so that the ignore value is met exactly or not at all.
  var isInteger = false
  var calibration = Calibration()
  var georeference: [HeaderField] = []
  /// Pixels the file itself marks as valid.
  var isValid: [Bool]?
  var truth: GroundTruth?
  var notes: [Note] = []

  var bands: Int { values.shape[1] }
  var pixelCount: Int { rows * columns }

  /// The scene in reflectance, masked and checked.
  ///
  /// Order: choose bands; find pixels that are dead, not finite or ignored; calibrate; look at the range; look for
  /// constant bands.
  consuming func scene(_ options: ReadingOptions) throws -> Scene {
    // Taken over, so that its values are changed where they are.
    var work = consume self
    var chosen = try work.chooseBands(options)
    let mask = try work.mask(options, &chosen)
    let range = try work.calibrate(mask, options)
    try work.handleConstantBands(range, mask, options, &chosen)
    return Scene(
      name: work.name, rows: work.rows, columns: work.columns, spectra: work.values, isValid: mask, axis: work.axis,
      georeference: work.georeference, truth: work.truth, notes: work.notes, format: work.format, sourceBands: chosen)
  }

  mutating func note(
    _ severity: Note.Severity, _ field: String, _ found: String, _ action: String, remedy: String? = nil
  ) {
    notes.append(Note(severity, field: field, found: found, action: action, remedy: remedy))
  }

  /// Keeps these of the present bands everywhere a band is counted.
  mutating func keep(_ bands: [Int], _ chosen: inout [Int]) {
    guard bands.count < self.bands || bands != Array(0..<self.bands) else { return }
    if let endmembers = truth?.endmembers, endmembers.bands == self.bands {
      truth?.endmembers = endmembers.selecting(bands: bands)
    }
    values = values.selectingColumns(bands)
    axis = axis?.selecting(bands)
    isGood = isGood.map { all in bands.map { all[$0] } }
    calibration.gains = calibration.gains.map { all in bands.map { all[$0] } }
    calibration.offsets = calibration.offsets.map { all in bands.map { all[$0] } }
    chosen = bands.map { chosen[$0] }
  }

  private mutating func chooseBands(_ options: ReadingOptions) throws -> [Int] {
    var chosen = Array(0..<bands)
    if let wanted = options.bands {
      guard !wanted.isEmpty, Set(wanted).count == wanted.count, wanted.allSatisfy({ chosen.indices.contains($0) })
      else {
        throw SceneError.malformed(
          path: path, field: "chosen bands", expected: "different numbers from 1 to \(bands)",
          found: ranges(wanted.map { $0 + 1 }))
      }
      keep(wanted, &chosen)
    }
    guard let isGood, isGood.contains(false) else { return chosen }
    let bad = isGood.count { !$0 }
    if options.keepsBadBands {
      note(.information, "bbl", "\(bad) bands marked bad", "kept, as asked")
      return chosen
    }
    guard bad < bands else {
      throw SceneError.malformed(path: path, field: "bbl", expected: "at least one good band", found: "none")
    }
    keep(isGood.indices.filter { isGood[$0] }, &chosen)
    note(.information, "bbl", "\(bad) bands marked bad", "left out", remedy: "bad bands can be kept")
    return chosen
  }
}

extension ReadingOptions.Window {
  /// The window, if it is a part of an image.
  func checked(rows: Int, columns: Int, path: String) throws -> ReadingOptions.Window {
    guard self.rows.lowerBound >= 0, self.rows.upperBound <= rows, self.columns.lowerBound >= 0,
      self.columns.upperBound <= columns, !self.rows.isEmpty, !self.columns.isEmpty
    else {
      throw SceneError.malformed(
        path: path, field: "window", expected: "a part of \(rows) rows × \(columns) columns",
        found: "rows \(self.rows), columns \(self.columns)")
    }
    return self
  }
}

extension StoredScene {
  /// The part of the scene inside a window.
  func cropped(_ window: ReadingOptions.Window?) throws -> StoredScene {
    guard let window = try window?.checked(rows: rows, columns: columns, path: path) else { return self }
    let pixels = window.rows.flatMap { row in window.columns.map { row * columns + $0 } }
    var result = self
    result.rows = window.rows.count
    result.columns = window.columns.count
    result.values = values.gatheringRows(pixels)
    result.isValid = isValid.map { all in pixels.map { all[$0] } }
    result.georeference = georeference.moved(to: window)
    if let all = truth?.abundances { result.truth?.abundances = all.gatheringRows(pixels) }
    return result
  }
}

/// Ranges of a list of numbers as a reader would say them: `3-5, 9`.
func ranges(_ numbers: [Int]) -> String {
  var parts: [ClosedRange<Int>] = []
  for number in numbers {
    if let last = parts.last, last.upperBound == number - 1 {
      parts[parts.count - 1] = last.lowerBound...number
    } else {
      parts.append(number...number)
    }
  }
  let shown = parts.prefix(12).map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
  return shown.joined(separator: ", ") + (parts.count > 12 ? ", …" : "")
}

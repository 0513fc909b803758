import Foundation

/// What a file says about its bands, to be made an axis.
struct AxisStatement {
  var path: String
  /// The field the centres come from.
  var field: String
  var centers: [Double]?
  var widths: [Double]?
  /// The unit's name as the file spells it.
  var unit: String?
  /// The number of bands of the scene.
  var bands: Int

  /// The axis, in nanometres, with a note for every guess.
  ///
  /// - Throws: ``SceneError/malformed(path:field:expected:found:)`` when counts differ or a centre is not positive.
  func axis(_ options: ReadingOptions, notes: inout [Note]) throws -> SpectralAxis? {
    guard let centers else {
      if let unit = options.wavelengthUnit {
        notes.append(
          Note(
            .warning, field: "wavelength units", found: "\(unit.rawValue) asked for, and no wavelengths",
            action: "not applied", remedy: "a variable or a text file of wavelengths can be named"))
      }
      return nil
    }
    try check(centers, field)
    if let unit = options.wavelengthUnit {
      return try make(centers, unit, &notes)
    }
    if let text = unit, let unit = SpectralAxis.Unit(named: text) {
      return try make(centers, unit, &notes)
    }
    let spelling = unit.map { "`\($0)`" } ?? "missing"
    if unit?.lowercased() == "index" {
      notes.append(
        Note(.warning, field: "wavelength units", found: spelling, action: "the bands have no wavelengths"))
      return nil
    }
    guard let guess = SpectralAxis.Unit.guess(from: centers) else {
      notes.append(
        Note(
          .warning, field: "wavelength units", found: "\(spelling), and the numbers fit no unit",
          action: "the bands have no wavelengths", remedy: "the unit can be stated"))
      return nil
    }
    notes.append(
      Note(
        .warning, field: "wavelength units", found: spelling, action: "the numbers can only be \(guess.rawValue)",
        remedy: "the unit can be stated"))
    return try make(centers, guess, &notes)
  }

  private func make(
    _ centers: [Double], _ unit: SpectralAxis.Unit, _ notes: inout [Note]
  ) throws -> SpectralAxis {
    guard let bad = centers.first(where: { !$0.isFinite || $0 <= 0 }) else {
      let axis = SpectralAxis(centers: centers, widths: try usableWidths(&notes), in: unit)
      noteContradiction(axis, unit, &notes)
      if !axis.isIncreasing && unit != .wavenumber && unit != .gigahertz {
        notes.append(
          Note(.information, field: field, found: "wavelengths do not increase", action: "kept in the file's order"))
      }
      return axis
    }
    throw SceneError.malformed(path: path, field: field, expected: "positive numbers", found: "\(bad)")
  }

  /// No spectrometer has all its bands outside 100 nm … 100 µm: the unit is more likely to be wrong.
  private func noteContradiction(_ axis: SpectralAxis, _ unit: SpectralAxis.Unit, _ notes: inout [Note]) {
    guard let least = centers?.min(), let most = centers?.max(),
      !axis.wavelengths.contains(where: { (100...100_000).contains($0) })
    else { return }
    let guess = SpectralAxis.Unit.guess(from: centers ?? []).map { "; they look like \($0.rawValue)" } ?? ""
    notes.append(
      Note(
        .warning, field: "wavelength units",
        found: "\(unit.rawValue) for numbers from \(Numbers.text(least)) to \(Numbers.text(most))\(guess)",
        action: "read as stated", remedy: "the unit can be stated"))
  }

  private func usableWidths(_ notes: inout [Note]) throws -> [Double]? {
    guard let widths else { return nil }
    try check(widths, "fwhm")
    if widths.allSatisfy({ $0.isFinite && $0 > 0 }) { return widths }
    notes.append(Note(.warning, field: "fwhm", found: "widths that are not positive", action: "all widths left out"))
    return nil
  }

  private func check(_ values: [Double], _ field: String) throws {
    guard values.count == bands else {
      throw SceneError.malformed(
        path: path, field: field, expected: "\(bands) numbers, one per band", found: "\(values.count)")
    }
  }
}

/// Wavelengths from a text file: one band a line with its centre first and perhaps its width second, or one list.
enum WavelengthTable {
  static func read(_ url: URL, bands: Int) throws -> (centers: [Double], widths: [Double]?) {
    let file = try InputFile(url)
    guard file.size <= 16 << 20 else {
      throw SceneError.tooLarge(
        path: file.path, field: "wavelengths", declared: "\(file.size) bytes", limit: "\(16 << 20)")
    }
    let text = String(decoding: try file.bytes(in: 0..<file.size), as: UTF8.self)
    let lines = try text.split(whereSeparator: \.isNewline).compactMap { line -> [Double]? in
      let words = line.split { $0 == "," || $0 == ";" || $0.isWhitespace }
      if words.isEmpty || line.hasPrefix("#") { return nil }
      return try words.map { word in
        guard let value = Numbers.double(word) else {
          throw SceneError.malformed(
            path: file.path, field: "wavelengths", expected: "numbers", found: "`\(word.prefix(40))`")
        }
        return value
      }
    }
    let columns = lines.map(\.count).min() ?? 0
    if lines.count > 1 && lines.count >= bands || columns == 1 {
      let widths = columns > 1 ? lines.map { $0[1] } : nil
      return (lines.map { $0[0] }, widths)
    }
    return (lines.flatMap { $0 }, nil)
  }
}

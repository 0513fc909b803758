import Tensors

/// Which samples of a scene are no measurements.
struct SampleRules {
  let ignoreValue: Scalar?
  /// Around the ignore value, for headers that print fewer digits than floating-point data have.
  let tolerance: Scalar

  init(ignoreValue: Double?, isInteger: Bool) {
    self.ignoreValue = ignoreValue.map { Scalar($0) }.flatMap { $0.isNaN ? nil : $0 }
    tolerance = isInteger ? 0 : abs(self.ignoreValue ?? 0) * 1e-6
  }

  @inline(__always)
  func isIgnored(_ value: Scalar) -> Bool {
    guard let ignoreValue else { return false }
    return value == ignoreValue || abs(value - ignoreValue) <= tolerance
  }
}

/// Why pixels are masked.
struct MaskCounts: Equatable {
  var dead = 0
  var notFinite = 0
  var ignored = 0
  var total: Int { dead + notFinite + ignored }
}

extension StoredScene {
  private enum Verdict: UInt8 { case valid, dead, notFinite, ignored, marked }

  /// Finds the pixels without measurement, zeroes their spectra, and settles bands without any.
  ///
  /// A pixel is dead when every sample is 0; not finite when any sample is; ignored when any sample is the ignore
  /// value (every sample, if the ignore value is 0: a single zero is a dark band).
  mutating func mask(_ options: ReadingOptions, _ chosen: inout [Int]) throws -> [Bool] {
    let rules = self.rules(options)
    try handleEmptyBands(rules, options, &chosen)
    let (mask, counts) = judged(rules)
    guard mask.contains(true) else { throw noValidPixels(counts) }
    zeroMasked(mask)
    noteMasked(counts, "masked: not unmixed")
    return mask
  }

  /// The rules under some options.
  func rules(_ options: ReadingOptions) -> SampleRules {
    SampleRules(ignoreValue: options.ignoreValue ?? ignoreValue, isInteger: isInteger)
  }

  /// Which pixels hold a measurement, and why the others do not.
  func judged(_ rules: SampleRules) -> (mask: [Bool], counts: MaskCounts) {
    let verdicts = self.verdicts(rules)
    var counts = MaskCounts()
    for verdict in verdicts {
      switch verdict {
      case .dead: counts.dead += 1
      case .notFinite: counts.notFinite += 1
      case .ignored: counts.ignored += 1
      case .valid, .marked: break
      }
    }
    return (verdicts.map { $0 == .valid }, counts)
  }

  func noValidPixels(_ counts: MaskCounts) -> SceneError {
    .noValidPixels(path: path, dead: counts.dead, notFinite: counts.notFinite, ignored: counts.ignored)
  }

  mutating func noteMasked(_ counts: MaskCounts, _ action: String) {
    guard counts.total > 0 else { return }
    let parts = [
      (counts.dead, "dead (all zero)"), (counts.notFinite, "not finite"), (counts.ignored, "at the ignore value"),
    ]
    let found = parts.filter { $0.0 > 0 }.map { "\($0.0) \($0.1)" }.joined(separator: ", ")
    let share = Double(counts.total) / Double(pixelCount)
    note(share > 0.5 ? .warning : .information, "pixels", "\(found), of \(pixelCount)", action)
  }

  private func verdicts(_ rules: SampleRules) -> [Verdict] {
    let bands = self.bands
    var verdicts = [Verdict](repeating: .valid, count: pixelCount)
    let chunk = 4_096
    values.withUnsafeScalars { values in
      verdicts.withUnsafeMutableBufferPointer { verdicts in
        let (count, values) = (verdicts.count, Shared(reading: values.baseAddress))
        let verdicts = Shared(verdicts.baseAddress)
        parallelFor((count + chunk - 1) / chunk) { part in
          guard let values = values.pointer, let verdicts = verdicts.pointer else { return }
          for pixel in (part * chunk)..<min(count, (part + 1) * chunk) {
            let spectrum = UnsafeBufferPointer(start: values + pixel * bands, count: bands)
            let isMarked = isValid.map { !$0[pixel] } ?? false
            verdicts[pixel] = isMarked ? .marked : Self.verdict(spectrum, rules)
          }
        }
      }
    }
    return verdicts
  }

  private static func verdict(_ spectrum: UnsafeBufferPointer<Scalar>, _ rules: SampleRules) -> Verdict {
    var zeros = 0
    var ignored = 0
    for value in spectrum {
      if rules.isIgnored(value) {
        ignored += 1
      } else if !value.isFinite {
        return .notFinite
      }
      if value == 0 { zeros += 1 }
    }
    let isIgnored = rules.ignoreValue == 0 ? ignored == spectrum.count : ignored > 0
    if isIgnored { return .ignored }
    return zeros == spectrum.count ? .dead : .valid
  }

  private mutating func zeroMasked(_ mask: [Bool]) {
    let bands = self.bands
    guard mask.contains(false) else { return }
    values.withUnsafeMutableScalars { values in
      for pixel in mask.indices where !mask[pixel] {
        values[(pixel * bands)..<((pixel + 1) * bands)].update(repeating: 0)
      }
    }
  }

  /// Bands that are not finite or ignored in every pixel mask no pixel: they are left out, kept as zeros, or refused.
  private mutating func handleEmptyBands(
    _ rules: SampleRules, _ options: ReadingOptions, _ chosen: inout [Int]
  ) throws {
    let empty = emptyBands(rules)
    guard !empty.isEmpty, empty.count < bands else { return }
    let names = ranges(empty.map { chosen[$0] + 1 })
    switch options.constantBands {
    case .refuse: throw SceneError.emptyBands(path: path, bands: empty.map { chosen[$0] })
    case .drop:
      let isEmpty = Set(empty)
      keep((0..<bands).filter { !isEmpty.contains($0) }, &chosen)
      note(.warning, "bands", "\(names) (1-based) hold no measurement in any pixel", "left out, as asked")
    case .keep:
      let bands = self.bands
      let pixels = pixelCount
      values.withUnsafeMutableScalars { values in
        for pixel in 0..<pixels { for band in empty { values[pixel * bands + band] = 0 } }
      }
      note(.warning, "bands", "\(names) (1-based) hold no measurement in any pixel", "kept as zeros, as asked")
    }
  }

  private func emptyBands(_ rules: SampleRules) -> [Int] {
    let bands = self.bands
    let zeroIsIgnored = rules.ignoreValue == 0
    var candidates = Array(0..<bands)
    values.withUnsafeScalars { values in
      for pixel in 0..<pixelCount where !candidates.isEmpty {
        candidates.removeAll { band in
          let value = values[pixel * bands + band]
          return value.isFinite && (zeroIsIgnored || !rules.isIgnored(value))
        }
      }
    }
    return candidates
  }
}

import Tensors

/// The extremes of every band over the valid pixels.
struct BandRange {
  var least: [Scalar]
  var most: [Scalar]
}

extension StoredScene {
  /// The largest median that can still be reflectance.
  static let largestPlausibleMedian = 2.0

  /// Applies exactly one calibration and checks that reflectance comes out.
  ///
  /// - Throws: ``SceneError/unstatedScale(path:median:maximum:)`` when values are large and nobody said why.
  mutating func calibrate(_ mask: [Bool], _ options: ReadingOptions) throws -> BandRange {
    let wasStated = calibration.field
    switch options.scale {
    case .stated: break
    case .factor(let factor):
      calibration = Calibration(divisor: factor, field: "the factor asked for")
    case .maximum:
      let stored = range(mask)
      calibration = Calibration(divisor: Double(stored.most.max() ?? 1), field: "the scene's maximum")
    }
    guard calibration.divisor.isFinite, calibration.divisor != 0 else {
      throw SceneError.malformed(
        path: path, field: calibration.field ?? "scale", expected: "a number other than 0",
        found: "\(calibration.divisor)")
    }
    apply(mask)
    noteCalibration(wasStated)
    let range = self.range(mask)
    try checkScale(mask, range, options)
    return range
  }

  private mutating func noteCalibration(_ wasStated: String?) {
    guard let field = calibration.field else { return }
    var action = calibration.formula
    if let wasStated, wasStated != field { action += "; `\(wasStated)` is not applied" }
    note(.information, "scale", field, action, remedy: "another factor can be stated")
  }

  private mutating func apply(_ mask: [Bool]) {
    let (bands, divisor) = (self.bands, calibration.divisor)
    guard divisor != 1 || calibration.gains != nil || calibration.offsets != nil else { return }
    let gains = calibration.gains ?? [Double](repeating: 1, count: bands)
    let offsets = calibration.offsets ?? [Double](repeating: 0, count: bands)
    let chunk = 4_096
    values.withUnsafeMutableScalars { values in
      let values = Shared(values.baseAddress)
      parallelFor((mask.count + chunk - 1) / chunk) { part in
        guard let values = values.pointer else { return }
        for pixel in (part * chunk)..<min(mask.count, (part + 1) * chunk) where mask[pixel] {
          for band in 0..<bands {
            let place = pixel * bands + band
            values[place] = Scalar(gains[band] * Double(values[place]) / divisor + offsets[band])
          }
        }
      }
    }
  }

  /// The extremes of every band over the valid pixels.
  func range(_ mask: [Bool]) -> BandRange {
    let bands = self.bands
    let pixelsPerChunk = 16_384
    let chunks = (mask.count + pixelsPerChunk - 1) / pixelsPerChunk
    // One row of least and one of most values per chunk.
    var extremes = [Scalar](repeating: .infinity, count: chunks * bands)
    extremes += [Scalar](repeating: -.infinity, count: chunks * bands)
    values.withUnsafeScalars { values in
      extremes.withUnsafeMutableBufferPointer { extremes in
        let (values, extremes) = (Shared(reading: values.baseAddress), Shared(extremes.baseAddress))
        parallelFor(chunks) { chunk in
          guard let values = values.pointer, let least = extremes.pointer else { return }
          let low = least + chunk * bands
          let high = least + (chunks + chunk) * bands
          for pixel in (chunk * pixelsPerChunk)..<min(mask.count, (chunk + 1) * pixelsPerChunk) where mask[pixel] {
            for band in 0..<bands {
              let value = values[pixel * bands + band]
              low[band] = min(low[band], value)
              high[band] = max(high[band], value)
            }
          }
        }
      }
    }
    let perBand = { (start: Int, choose: (Scalar, Scalar) -> Scalar) in
      (0..<bands).map { band in
        (0..<chunks).map { extremes[start + $0 * bands + band] }.reduce(extremes[start + band], choose)
      }
    }
    return BandRange(least: perBand(0, min), most: perBand(chunks * bands, max))
  }

  private mutating func checkScale(_ mask: [Bool], _ range: BandRange, _ options: ReadingOptions) throws {
    let sample = EvenSample(of: values) { mask[$0] }
    let (median, negative) = (sample.median, sample.negative)
    let most = Double(range.most.max() ?? 0)
    if median > Self.largestPlausibleMedian {
      guard case .factor = options.scale else {
        if let field = calibration.field {
          throw SceneError.malformed(
            path: path, field: field, expected: "a scale that makes values reflectance", found: "a median of \(median)")
        }
        throw SceneError.unstatedScale(path: path, median: median, maximum: most)
      }
      note(.warning, "scale", "the median is \(median)", "kept, as the factor was asked for")
    }
    if negative > 0 {
      note(.information, "values", "about \(Numbers.short(negative * 100)) % of samples are negative", "kept")
    }
  }

  /// Refuses, drops or keeps bands that are the same in all valid pixels. A single valid pixel decides nothing.
  mutating func handleConstantBands(
    _ range: BandRange, _ mask: [Bool], _ options: ReadingOptions, _ chosen: inout [Int]
  ) throws {
    let constant = (0..<bands).filter { range.least[$0] == range.most[$0] }
    guard !constant.isEmpty, mask.count(where: { $0 }) > 1 else { return }
    let names = ranges(constant.map { chosen[$0] + 1 })
    switch options.constantBands {
    case .refuse: throw SceneError.constantBands(path: path, bands: constant.map { chosen[$0] })
    case .keep: note(.warning, "bands", "\(names) (1-based) do not vary", "kept, as asked")
    case .drop:
      guard constant.count < bands else {
        throw SceneError.malformed(
          path: path, field: "bands", expected: "at least one that varies, where others are dropped",
          found: "none of \(bands)")
      }
      let isConstant = Set(constant)
      keep((0..<bands).filter { !isConstant.contains($0) }, &chosen)
      note(.warning, "bands", "\(names) (1-based) do not vary", "left out, as asked")
    }
  }
}

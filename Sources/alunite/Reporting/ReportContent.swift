import Foundation
import Scenes
import Tensors
import Unmixing

/// Everything a report's script draws, as JSON.
struct ReportContent: Encodable {
  struct PixelMap: Encodable { let title: String, unit: String, array: PageArray }
  struct Fit: Encodable {
    let title: String
    let coefficients: PageArray
    let basis: [[Double]]
    let isScaled: Bool
  }
  struct Residuals: Encodable { let hint: String, mean: [Double], low: [Double], high: [Double] }
  struct Curve: Encodable { let title: String, hint: String, across: String, places: [Int], values: [Double?] }
  struct Metric: Encodable {
    let id: String, title: String, unit: String, formula: String
    let all: Double?, test: Double?
    let isDetail: Bool
  }
  struct Card: Encodable { let name: String, value: String }

  let title: String
  let subtitle: String
  let cards: [Card]
  let remarks: [String]
  let rows: Int
  let columns: Int
  let stride: Int
  let spectraStride: Int
  let names: [String]
  let colors: String
  let meanTitle: String
  let interval: [Double]?
  let mean: PageArray
  let deviation: PageArray?
  let low: PageArray?
  let high: PageArray?
  let truth: PageArray?
  let pixelMaps: [PixelMap]
  let bands: [Double]
  let bandTitle: String
  let spectra: PageArray
  let fit: Fit
  let endmembers: EndmemberPlots?
  let residuals: Residuals
  let curve: Curve?
  let metrics: [Metric]
  let metricRemarks: [String]
  let facts: [Findings.Fact]
  let configuration: String
  let thinning: String

  /// The most numbers one kind of map and all spectra together have; a report of Jasper Ridge needs 1,980,000.
  private static let (mostOfMap, mostOfSpectra) = (1_000_000, 2_100_000)

  init(_ subject: ReportSubject) {
    let (estimate, scene) = (subject.estimate, subject.scene)
    let maps = PixelGrid(
      rows: scene.rows, columns: scene.columns, most: Self.mostOfMap / max(1, estimate.endmemberCount))
    let kept = PixelGrid(
      rows: scene.rows, columns: scene.columns, most: Self.mostOfSpectra / scene.bands, multipleOf: maps.stride)
    let fitted = FitResiduals(subject)
    let arrays = ReportArrays(subject, maps: maps, spectra: kept)
    let posterior = estimate.deviation != nil
    title = scene.name
    subtitle =
      "\(subject.method) · \(scene.rows) × \(scene.columns) pixels, \(scene.bands) bands, "
      + "\(estimate.endmemberCount) endmembers"
    cards = Self.cards(subject.metrics)
    remarks = estimate.remarks
    (rows, columns, stride, spectraStride) = (scene.rows, scene.columns, maps.stride, kept.stride)
    names = subject.names
    colors = Data(ColorMap.table.flatMap { [$0.red, $0.green, $0.blue] }).base64EncodedString()
    meanTitle =
      estimate.meansAreTheNetworks ? "the network's mean" : posterior ? "posterior mean" : "estimate"
    mean = arrays.map(estimate.mean)
    deviation = estimate.deviation.map(arrays.map)
    let ends =
      estimate.quantiles.count > 1 ? [estimate.quantiles.first, estimate.quantiles.last].compactMap { $0 } : []
    interval = ends.isEmpty ? nil : ends.map(\.probability)
    low = ends.first.map { arrays.map($0.values) }
    high = ends.last.map { arrays.map($0.values) }
    truth = arrays.truth
    pixelMaps = arrays.pixelMaps(errors: fitted.errors)
    bands = scene.axis?.wavelengths ?? (1...scene.bands).map(Double.init)
    bandTitle = scene.axis == nil ? "band" : "wavelength, nm"
    spectra = arrays.spectra
    let (coefficients, basis) = arrays.fit
    fit = Fit(
      title: subject.fitTitle, coefficients: coefficients, basis: basis.spectra, isScaled: fitted.isScaled)
    endmembers = EndmemberPlots(subject)
    residuals = Residuals(
      hint: Self.residualHint(isScaled: fitted.isScaled), mean: fitted.mean, low: fitted.low, high: fitted.high)
    curve = subject.curve.map(Self.thinned)
    metrics = Self.metrics(subject.metrics)
    metricRemarks = Report(subject.metrics).remarks
    (facts, configuration) = (subject.facts, subject.configuration)
    thinning = Self.thinning(maps: maps, spectra: kept, error: basis.error)
  }

  private static func residualHint(isScaled: Bool) -> String {
    "Mean over the pixels (line), and the middle 90 % of them (band)"
      + (isScaled ? ", every fit given the brightness of its pixel, which this method leaves open." : ".")
  }

  private static func thinning(maps: PixelGrid, spectra: PixelGrid, error: Double) -> String {
    func every(_ stride: Int) -> String { stride == 1 ? "every pixel" : "one pixel of \(stride) × \(stride)" }
    let fits = String(format: "%.1g", error)
    return "In this page: maps of \(every(maps.stride)), spectra of \(every(spectra.stride)) in all bands, "
      + "numbers rounded to 1/65,535 of their range, fits to \(fits) in reflectance."
  }

  /// At most some hundreds of values: of more, every so many.
  private static func thinned(_ curve: ReportSubject.Curve) -> Curve {
    let step = (curve.values.count + 999) / 1000
    let places = Array(Swift.stride(from: 0, to: curve.values.count, by: max(1, step)))
    let thinning = step > 1 ? " Every \(step)th value is drawn." : ""
    return Curve(
      title: curve.title, hint: curve.hint + thinning, across: curve.across, places: places.map { $0 + 1 },
      values: places.map { curve.values[$0].isFinite ? curve.values[$0] : nil })
  }

  private static func metrics(_ metrics: Metrics) -> [Metric] {
    metrics.all.compactMap { entry in
      guard let definition = MetricDefinition.of(entry.id) else { return nil }
      let name = entry.id.dropFirst(max(0, definition.id.count - "<name>".count))
      return Metric(
        id: entry.id, title: definition.title.replacing("<name>", with: name), unit: definition.unit,
        formula: definition.formula, all: entry.value, test: metrics.test?[entry.id],
        isDetail: Self.isDetail(entry.id))
    }
  }

  /// What one looks up, and does not look at.
  private static func isDetail(_ id: String) -> Bool {
    id.hasPrefix("calibration.coverage") && id != "calibration.coverage90" || id.hasPrefix("abundance.rmse.sample.")
      || id.hasPrefix("abundance.rmse.raw.")
  }

  private static func cards(_ metrics: Metrics) -> [Card] {
    let shown = [
      ("abundance.rmse.endmemberMean", "abundance RMSE", ""), ("endmember.sad.mean", "endmember angle", " rad"),
      ("reconstruction.angle", "reconstruction angle", " rad"),
      ("calibration.coverage90", "coverage of 90 % intervals", ""),
    ]
    return shown.compactMap { id, name, unit in
      let held = metrics.test?[id]
      return (held ?? metrics.all[id]).map {
        Card(name: held == nil ? name : "\(name), held-out pixels", value: Numeral.short($0) + unit)
      }
    }
  }
}

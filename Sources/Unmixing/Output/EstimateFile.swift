import Foundation
import Scenes
import Tensors

/// An estimate as one HDF5 file: every map with its shape, the endmembers, and what made it.
///
///     /abundances/mean                [rows, columns, endmembers]
///     /abundances/sd                  likewise, and draw, q05, q50, q95
///     /totalConcentration, /reconstructionAngle, /residualScore, /isValid   [rows, columns]
///     /paretoShape, /intervalSource   likewise: k̂ of importance weights, and where each pixel's interval comes from
///     /effectiveNumber                exp(−Σ a log a) of the mean abundances
///     /posterior, /sample_stats, /observed_data   draws of some pixels, see ``InferenceGroups``
///     /variance/noise, posterior, between   of an ensemble of runs, see ``VarianceParts``
///     /endmembers/names, /endmembers/spectra, /endmembers/wavelengths (nm)
///     /endmembers/sourceBands         the numbers (from 0) the bands had in the scene's file
///     /abundances/raw, /endmembers/purePixels  before the read-out, and the mean spectra of the purest pixels
///
/// with the attributes `scene`, `method`, `means` (`network`, or `posterior` for those of the draws sd and quantiles come
/// from; of a network or a posterior only), `posterior` (where sd, draw and quantiles come from: `amortised` by the network,
/// `refined` by draws from the posterior under its decoder, or `nuts` by chains), `mixing` (`unitNorm` where abundances mix
/// endmembers divided by their norms), `modelCheck` (the numbers of ``ModelCheck`` as JSON), and `labelled`: 1 where names and
/// order of the endmembers are those of labels.
/// What a method does not give is absent. Pixels that were not unmixed hold NaN, and 0 in `isValid`. Pixels without an interval
/// hold NaN in sd and quantiles, and 0 in `intervalSource`, whose other numbers are 1 the network, 2 Gibbs sampling,
/// 3 importance weights and 4 NUTS.
public struct EstimateFile: Sendable {
  /// What the file says about a scene.
  public var estimate: Estimate
  /// What the scene is called.
  public var sceneName: String
  /// The method that made the estimate.
  public var method: String
  /// Whether names and order of the endmembers are those of labels the method learnt from.
  public var isLabelled: Bool
  /// The 0-based numbers the bands had in the scene's file, where they are known.
  public var sourceBands: [Int]?

  private static let format = "alunite-estimate-1"

  /// An estimate and where it comes from.
  public init(
    _ estimate: Estimate, sceneName: String, method: String, isLabelled: Bool = false, sourceBands: [Int]? = nil
  ) {
    self.estimate = estimate
    self.sceneName = sceneName
    self.method = method
    self.isLabelled = isLabelled
    self.sourceBands = sourceBands
  }

  /// Writes a new file, in place; `writeAtomically(to:overwriting:_:)` makes it appear whole or not at all.
  ///
  /// - Throws: ``SceneError`` naming the file, also when it exists.
  public func write(to url: URL) throws {
    let file = try HDF5File(creating: url)
    try file.setAttribute("format", to: Self.format)
    try file.setAttribute("scene", to: sceneName)
    try file.setAttribute("method", to: method)
    try file.setAttribute("labelled", to: Int64(isLabelled ? 1 : 0))
    if let posterior = estimate.posterior { try file.setAttribute("posterior", to: posterior.rawValue) }
    if let means = estimate.means { try file.setAttribute("means", to: means.rawValue) }
    if estimate.mixing != .raw { try file.setAttribute("mixing", to: estimate.mixing.rawValue) }
    if let check = estimate.check { try file.setAttribute("modelCheck", to: check.json) }
    try file.setAttribute("startsFromTruth", to: Int64(estimate.startsFromTruth ? 1 : 0))
    try file.setAttribute("rows", to: Int64(estimate.rows))
    try file.setAttribute("columns", to: Int64(estimate.columns))
    for map in estimate.maps {
      let shape = Shape([estimate.rows, estimate.columns] + map.values.shape.dimensions.dropFirst())
      let masked = map.values.replacingRows(where: estimate.isValid.map { !$0 }, with: .nan)
      try file.write(masked.reshaped(to: shape), to: map.name, compression: 4)
    }
    try file.write(
      estimate.isValid.map { $0 ? UInt8(1) : 0 }, dimensions: [estimate.rows, estimate.columns], to: "isValid")
    if let draws = estimate.keptDraws { try InferenceGroups(draws: draws, names: estimate.names).write(to: file) }
    try file.write(estimate.names, to: "endmembers/names")
    if let sourceBands { try file.write(sourceBands.map { Int64($0) }, to: "endmembers/sourceBands") }
    if let library = estimate.endmembers {
      try file.write(library.spectra, to: "endmembers/spectra")
      if let spread = estimate.endmemberDeviation { try file.write(spread, to: "endmembers/sd") }
      if let pure = estimate.pureEndmembers { try file.write(pure.spectra, to: "endmembers/purePixels") }
      try file.setAttribute("source", of: "endmembers/spectra", to: library.source)
      if let axis = library.axis {
        try file.write(axis.wavelengths, to: "endmembers/wavelengths")
        try file.setAttribute("units", of: "endmembers/wavelengths", to: "nm")
        try file.setAttribute("sourceUnit", of: "endmembers/wavelengths", to: axis.sourceUnit.rawValue)
        if let widths = axis.fwhm { try file.write(widths, to: "endmembers/fwhm") }
      }
    }
    try file.close()
  }

  /// Reads what ``write(to:)`` wrote.
  ///
  /// - Throws: ``SceneError`` or ``UnmixingError/checkpoint(file:field:expected:found:)`` naming the file.
  public init(contentsOf url: URL) throws {
    let file = try HDF5File(reading: url)
    let format = try file.text(attribute: "format") ?? "no format"
    guard format == Self.format else {
      throw UnmixingError.checkpoint(file: url.path, field: "format", expected: Self.format, found: format)
    }
    sceneName = try file.text(attribute: "scene") ?? ""
    method = try file.text(attribute: "method") ?? ""
    isLabelled = try file.integer(attribute: "labelled") == 1
    sourceBands = try Self.sourceBands(in: file)
    let rows = Int(try file.integer(attribute: "rows") ?? 0)
    let columns = Int(try file.integer(attribute: "columns") ?? 0)
    let names = try file.strings("endmembers/names")
    let mask = try file.bytes("isValid").map { $0 != 0 }
    let (pixels, overflow) = rows.multipliedReportingOverflow(by: columns)
    guard rows > 0, columns > 0, !overflow, mask.count == pixels, names.count > 0 else {
      throw UnmixingError.checkpoint(
        file: url.path, field: "isValid", expected: "\(rows) rows × \(columns) columns", found: "\(mask.count) values")
    }
    let maps = StoredMaps(file: file, isValid: mask, endmembers: names.count)
    guard let mean = try maps.map("abundances/mean") else {
      throw UnmixingError.checkpoint(
        file: url.path, field: "abundances/mean", expected: "mean abundances", found: "nothing")
    }
    var estimate = Estimate(names: names, rows: rows, columns: columns, isValid: mask, mean: mean)
    try maps.fill(&estimate)
    estimate.endmembers = try Self.library(in: file, names)
    estimate.pureEndmembers = try estimate.endmembers.flatMap { try Self.pureLibrary(in: file, like: $0) }
    estimate.posterior = try file.text(attribute: "posterior").flatMap(PosteriorKind.init)
    estimate.means = try file.text(attribute: "means").flatMap(MeanKind.init)
    estimate.mixing = try file.text(attribute: "mixing").flatMap(SpectrumScaling.init) ?? .raw
    estimate.startsFromTruth = try file.integer(attribute: "startsFromTruth") == 1
    estimate.check = try file.text(attribute: "modelCheck").flatMap(ModelCheck.init(json:))
    self.estimate = estimate
    try file.close()
  }

  private static func sourceBands(in file: HDF5File) throws -> [Int]? {
    guard try file.contains("endmembers/sourceBands") else { return nil }
    let bands = try file.integers("endmembers/sourceBands").map { Int($0) }
    guard bands.allSatisfy({ $0 >= 0 }) else {
      throw UnmixingError.checkpoint(
        file: file.path, field: "endmembers/sourceBands", expected: "numbers from 0", found: "\(bands.min() ?? 0)")
    }
    return bands
  }

  private static func library(in file: HDF5File, _ names: [String]) throws -> SpectralLibrary? {
    guard try file.contains("endmembers/spectra") else { return nil }
    let spectra = try file.tensor("endmembers/spectra")
    guard spectra.rank == 2, spectra.shape[0] == names.count else {
      throw UnmixingError.checkpoint(
        file: file.path, field: "endmembers/spectra", expected: "\(names.count) spectra",
        found: "shape \(spectra.shape)")
    }
    var axis: SpectralAxis?
    if try file.contains("endmembers/wavelengths") {
      let wavelengths = try file.doubles("endmembers/wavelengths")
      let widths = try file.contains("endmembers/fwhm") ? try file.doubles("endmembers/fwhm") : nil
      let unit = try file.text(attribute: "sourceUnit", of: "endmembers/wavelengths") ?? ""
      guard wavelengths.count == spectra.shape[1], widths.map({ $0.count == wavelengths.count }) ?? true else {
        throw UnmixingError.checkpoint(
          file: file.path, field: "endmembers/wavelengths", expected: "\(spectra.shape[1])",
          found: "\(wavelengths.count)")
      }
      axis = SpectralAxis(
        wavelengths: wavelengths, fwhm: widths, sourceUnit: SpectralAxis.Unit(rawValue: unit) ?? .nanometers)
    }
    let source = try file.text(attribute: "source", of: "endmembers/spectra") ?? ""
    return SpectralLibrary(names: names, spectra: spectra, axis: axis, source: source)
  }
}

extension EstimateFile {
  /// The second read-out of the endmembers, in the bands of the first.
  private static func pureLibrary(in file: HDF5File, like library: SpectralLibrary) throws -> SpectralLibrary? {
    guard try file.contains("endmembers/purePixels") else { return nil }
    let spectra = try file.tensor("endmembers/purePixels")
    guard spectra.shape == library.spectra.shape else {
      throw UnmixingError.checkpoint(
        file: file.path, field: "endmembers/purePixels", expected: "shape \(library.spectra.shape)",
        found: "\(spectra.shape)")
    }
    return SpectralLibrary(
      names: library.names, spectra: spectra, axis: library.axis, source: "mean spectra of the purest pixels")
  }
}

/// The maps of an estimate file, checked for size.
private struct StoredMaps {
  let file: HDF5File
  let isValid: [Bool]
  let endmembers: Int

  func fill(_ estimate: inout Estimate) throws {
    estimate.deviation = try map("abundances/sd")
    estimate.draw = try map("abundances/draw")
    estimate.raw = try map("abundances/raw")
    estimate.quantiles = try TrainedModel.probabilities.compactMap { probability in
      try map(Estimate.quantileName(probability)).map { Estimate.Quantile(probability: probability, values: $0) }
    }
    estimate.totalConcentration = try map("totalConcentration", each: 1)
    estimate.paretoShape = try map("paretoShape", each: 1)
    estimate.intervalSource = try map("intervalSource", each: 1)
    estimate.reconstructionAngle = try map("reconstructionAngle", each: 1)
    estimate.residualScore = try map("residualScore", each: 1)
    if let posterior = try map("variance/posterior"), let between = try map("variance/between") {
      estimate.varianceParts = VarianceParts(
        noise: try map("variance/noise"), posterior: posterior, between: between)
    }
  }

  func map(_ name: String, each: Int? = nil) throws -> Tensor? {
    guard try file.contains(name) else { return nil }
    let values = try file.tensor(name)
    let pixels = isValid.count
    guard values.count == pixels * (each ?? endmembers) else {
      throw UnmixingError.checkpoint(
        file: file.path, field: name, expected: "\(pixels * (each ?? endmembers)) values", found: "\(values.count)")
    }
    let map = values.reshaped(to: each == nil ? [pixels, endmembers] : [pixels])
    return map.replacingRows(where: isValid.map { !$0 }, with: 0)
  }
}

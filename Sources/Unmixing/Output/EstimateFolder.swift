import Foundation
import Scenes
import Tensors

/// An estimate as a directory of files that other programs read.
///
///     estimate.h5                       everything, with names and shapes
///     abundances.img, .hdr              means or point estimates, one band an endmember (ENVI)
///     abundances-sd.img, .hdr           standard deviations
///     abundances-raw.img, .hdr          what the network computed before it was brought to the simplex
///     abundances-q05.img, .hdr          quantiles, likewise q50 and q95
///     pareto-shape.img, .hdr            k̂ of the importance weights intervals come from or were checked by (−1 … 10)
///     interval-source.img, .hdr         where each interval comes from: 0 none, 1 network, 2 Gibbs, 3 weights, 4 NUTS
///     pareto-shape.png                  k̂ as a picture
///     total-concentration.img, .hdr     Σ α, how much evidence the posterior claims
///     reconstruction-angle.img, .hdr    radians between a spectrum and its reconstruction
///     effective-number.img, .hdr        exp(entropy): how many endmembers a pixel is made of
///     variance-noise.img, .hdr          of an ensemble: where the variance comes from, likewise posterior and between
///     endmembers-sd.csv                 of an ensemble: the endmembers' standard deviations over runs
///     residual-score.img, .hdr          how far spectra are from their mixtures, in standard deviations of the noise
///     model-check.json                  whether mixtures and noise explain the scene, in numbers
///     endmembers.csv                    wavelength, then one column an endmember
///     endmembers.sli, .hdr              the same as an ENVI spectral library
///     endmembers-pure.csv               mean spectra of the purest pixels, as endmembers.csv
///     objective.csv                     the objective after every iteration, of a method that iterates on the scene
///     abundance-maps.png                all maps, and their standard deviations where there are some
///
/// Rasters have the scene's georeference; pixels that were not unmixed, or have no interval, hold the ignore value −9999.
///
///     try writeDirectoryAtomically(to: url) { directory in
///       try EstimateFolder(estimate, of: scene, method: "fcls").write(to: directory)
///     }
public struct EstimateFolder: Sendable {
  /// The file that makes a directory an estimate.
  public static let marker = "estimate.h5"

  private let estimate: Estimate
  private let scene: Scene
  private let method: String
  private let isLabelled: Bool

  /// An estimate of a scene by a method.
  ///
  /// - Parameters:
  ///   - isLabelled: whether names and order of the endmembers are those of labels the method learnt from; an
  ///     evaluation then needs not pair them.
  /// - Precondition: the estimate has the scene's rows and columns.
  public init(_ estimate: Estimate, of scene: Scene, method: String, isLabelled: Bool = false) {
    precondition(
      estimate.rows == scene.rows && estimate.columns == scene.columns,
      "an estimate of \(estimate.rows) × \(estimate.columns) pixels of a scene of \(scene.rows) × \(scene.columns)")
    self.estimate = estimate
    self.scene = scene
    self.method = method
    self.isLabelled = isLabelled
  }

  /// Fills an empty directory that exists.
  ///
  /// - Returns: The names of the files and what they hold, in the order of the table above.
  /// - Throws: ``SceneError`` naming the file.
  @discardableResult
  public func write(to directory: URL) throws -> [(file: String, content: String)] {
    let file = EstimateFile(
      estimate, sceneName: scene.name, method: method, isLabelled: isLabelled, sourceBands: scene.sourceBands)
    try file.write(to: directory.appendingPathComponent(Self.marker))
    var written = [(file: Self.marker, content: "everything")]
    for map in estimate.maps {
      guard let name = map.file else { continue }
      try map.write(to: directory.appendingPathComponent("\(name).img"), of: estimate, scene)
      written.append(("\(name).img", map.content))
    }
    if let check = estimate.check {
      try OutputFile.write(check.json + "\n", to: directory.appendingPathComponent("model-check.json"))
      written.append(("model-check.json", "whether mixtures and noise explain the scene"))
    }
    if let endmembers = estimate.endmembers {
      try OutputFile.write(Self.table(of: endmembers), to: directory.appendingPathComponent("endmembers.csv"))
      written.append(("endmembers.csv", "endmember spectra"))
      try ENVIWriter().write(endmembers, to: directory.appendingPathComponent("endmembers.sli"))
      written.append(("endmembers.sli", "the same as a spectral library"))
    }
    if let spread = estimate.endmemberDeviation, let endmembers = estimate.endmembers {
      let table = SpectralLibrary(names: endmembers.names, spectra: spread, axis: endmembers.axis, source: "runs")
      try OutputFile.write(Self.table(of: table), to: directory.appendingPathComponent("endmembers-sd.csv"))
      written.append(("endmembers-sd.csv", "standard deviations of endmembers over runs"))
    }
    if let pure = estimate.pureEndmembers {
      try OutputFile.write(Self.table(of: pure), to: directory.appendingPathComponent("endmembers-pure.csv"))
      written.append(("endmembers-pure.csv", "mean spectra of the purest pixels"))
    }
    if !estimate.objective.isEmpty {
      let lines = estimate.objective.enumerated().map { CommaSeparated.line(["\($0 + 1)", "\($1)"]) }
      let text = CommaSeparated.line(["iteration", "objective"]) + lines.joined()
      try OutputFile.write(text, to: directory.appendingPathComponent("objective.csv"))
      written.append(("objective.csv", "the objective after every iteration"))
    }
    try OutputFile.write(
      MapPage(estimate).image().encoded, to: directory.appendingPathComponent("abundance-maps.png"))
    written.append(
      ("abundance-maps.png", "maps of abundances\(estimate.deviation == nil ? "" : " and their standard deviations")"))
    if let shapes = MapPage(estimate).imageOfShapes() {
      try OutputFile.write(shapes.encoded, to: directory.appendingPathComponent("pareto-shape.png"))
      written.append(("pareto-shape.png", "a map of k̂: above 0.7 weights are not to be trusted"))
    }
    return written
  }

  /// Spectra as comma-separated values: band by band, the wavelength first.
  public static func table(of library: SpectralLibrary) -> String {
    let (count, bands) = (library.count, library.bands)
    let first = library.axis == nil ? "band" : "wavelength (nm)"
    var text = CommaSeparated.line([first] + library.names)
    library.spectra.withUnsafeScalars { values in
      for band in 0..<bands {
        let place = library.axis.map { "\($0.wavelengths[band])" } ?? "\(band + 1)"
        text += CommaSeparated.line([place] + (0..<count).map { "\(values[$0 * bands + band])" })
      }
    }
    return text
  }
}

extension EstimateMap {
  /// Writes the map as a raster of its own.
  fileprivate func write(to url: URL, of estimate: Estimate, _ scene: Scene) throws {
    let known = Evaluation.finiteRows(values.reshaped(to: [scene.pixelCount, bands.count]))
    try ENVIWriter(interleave: .bsq).write(
      values.reshaped(to: [scene.pixelCount, bands.count]), bandNames: bands, rows: scene.rows, columns: scene.columns,
      isValid: zip(estimate.isValid, known).map { $0 && $1 }, georeference: scene.georeference,
      description: "\(content), \(scene.name)", to: url)
  }
}

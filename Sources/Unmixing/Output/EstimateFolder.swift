import Foundation
import Scenes
import Tensors

/// An estimate as a directory of files that other programs read.
///
///     estimate.h5                       everything, with names and shapes
///     abundances.img, .hdr              posterior means, one band an endmember (ENVI)
///     abundances-sd.img, .hdr           standard deviations
///     abundances-raw.img, .hdr          what the network computed before it was brought to the simplex
///     abundances-q05.img, .hdr          quantiles, likewise q50 and q95
///     total-concentration.img, .hdr     Σ α, how much evidence the posterior claims
///     reconstruction-angle.img, .hdr    radians between a spectrum and its reconstruction
///     endmembers.csv                    wavelength, then one column an endmember
///     endmembers.sli, .hdr              the same as an ENVI spectral library
///     endmembers-pure.csv               mean spectra of the purest pixels, as endmembers.csv
///     abundance-maps.png                all maps and their standard deviations
///
/// Rasters have the scene's georeference; pixels that were not unmixed hold the ignore value −9999.
package struct EstimateFolder {
  /// The file that makes a directory an estimate.
  package static let marker = "estimate.h5"

  private let estimate: Estimate
  private let scene: Scene
  private let method: String

  /// An estimate of a scene by a method.
  package init(_ estimate: Estimate, of scene: Scene, method: String) {
    self.estimate = estimate
    self.scene = scene
    self.method = method
  }

  /// Fills an empty directory.
  ///
  /// - Returns: The names of the files and what they hold, in the order of the table above.
  /// - Throws: ``SceneError`` naming the file.
  package func write(to directory: URL) throws -> [(file: String, content: String)] {
    let file = EstimateFile(estimate, sceneName: scene.name, method: method)
    try file.write(to: directory.appendingPathComponent(Self.marker))
    var written = [(file: Self.marker, content: "everything")]
    for raster in rasters {
      try raster.write(to: directory, of: estimate, scene)
      written.append((raster.file + ".img", raster.content))
    }
    if let endmembers = estimate.endmembers {
      try OutputFile.write(Self.table(of: endmembers), to: directory.appendingPathComponent("endmembers.csv"))
      written.append(("endmembers.csv", "endmember spectra"))
      try ENVIWriter().write(endmembers, to: directory.appendingPathComponent("endmembers.sli"))
      written.append(("endmembers.sli", "the same as a spectral library"))
    }
    if let pure = estimate.pureEndmembers {
      try OutputFile.write(Self.table(of: pure), to: directory.appendingPathComponent("endmembers-pure.csv"))
      written.append(("endmembers-pure.csv", "mean spectra of the purest pixels"))
    }
    try OutputFile.write(
      MapPage(estimate).image().encoded, to: directory.appendingPathComponent("abundance-maps.png"))
    written.append(("abundance-maps.png", "maps of abundances and their standard deviations"))
    return written
  }

  private var rasters: [Raster] {
    let names = estimate.names
    var result = [Raster(file: "abundances", content: "posterior means", bands: names, values: estimate.mean)]
    if let deviation = estimate.deviation {
      result.append(Raster(file: "abundances-sd", content: "standard deviations", bands: names, values: deviation))
    }
    if let raw = estimate.raw {
      result.append(Raster(file: "abundances-raw", content: "before normalisation", bands: names, values: raw))
    }
    for quantile in estimate.quantiles {
      let percent = Int((quantile.probability * 100).rounded())
      let file = "abundances-q" + (percent < 10 ? "0" : "") + "\(percent)"
      result.append(Raster(file: file, content: "\(percent) % quantiles", bands: names, values: quantile.values))
    }
    if let total = estimate.totalConcentration {
      result.append(
        Raster(
          file: "total-concentration", content: "total concentration", bands: ["total concentration"], values: total))
    }
    if let angle = estimate.reconstructionAngle {
      result.append(
        Raster(
          file: "reconstruction-angle", content: "reconstruction angle in radians", bands: ["reconstruction angle"],
          values: angle))
    }
    return result
  }

  /// Band by band, the wavelength first.
  private static func table(of library: SpectralLibrary) -> String {
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

/// One map or several as the bands of an ENVI file.
private struct Raster {
  let file: String
  let content: String
  let bands: [String]
  let values: Tensor

  func write(to directory: URL, of estimate: Estimate, _ scene: Scene) throws {
    try ENVIWriter(interleave: .bsq).write(
      values.reshaped(to: [scene.pixelCount, bands.count]), bandNames: bands, rows: scene.rows, columns: scene.columns,
      isValid: estimate.isValid, georeference: scene.georeference, description: "\(content), \(scene.name)",
      to: directory.appendingPathComponent(file + ".img"))
  }
}

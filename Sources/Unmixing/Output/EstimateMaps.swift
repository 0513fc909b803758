import Foundation
import Scenes
import Tensors

/// One map of an estimate, under the names it has in files.
struct EstimateMap {
  /// The dataset in the estimate's file.
  let name: String
  /// The raster of its own without extension, if it has one.
  let file: String?
  /// What it shows.
  let content: String
  /// The raster's bands.
  let bands: [String]
  /// `[pixels, endmembers]` or `[pixels]`.
  let values: Tensor

  init(name: String, file: String? = nil, content: String, bands: [String], _ values: Tensor) {
    (self.name, self.file, self.content, self.bands, self.values) = (name, file, content, bands, values)
  }
}

extension Estimate {
  /// An estimate as it is read back from a file.
  init(names: [String], rows: Int, columns: Int, isValid: [Bool], mean: Tensor) {
    let scene = Scene(name: "", rows: rows, columns: columns, spectra: .zeros([rows * columns, 1]), isValid: isValid)
    self.init(names: names, of: scene, mean: mean)
  }

  /// What a quantile's map is called: `abundances/q05`.
  static func quantileName(_ probability: Double) -> String { "abundances/q" + percent(probability) }

  /// Two digits of per cent.
  private static func percent(_ probability: Double) -> String {
    let percent = Int((probability * 100).rounded())
    return (percent < 10 ? "0" : "") + "\(percent)"
  }

  /// Every map there is.
  var maps: [EstimateMap] {
    let optional: [EstimateMap?] = [
      deviation.map {
        EstimateMap(name: "abundances/sd", file: "abundances-sd", content: "standard deviations", bands: names, $0)
      },
      draw.map { EstimateMap(name: "abundances/draw", content: "one draw", bands: names, $0) },
      raw.map {
        EstimateMap(name: "abundances/raw", file: "abundances-raw", content: "before normalisation", bands: names, $0)
      },
    ]
    let parts: [EstimateMap?] = [
      varianceParts?.noise.map { variance("noise", "of the scene's noise", $0) },
      varianceParts.map { variance("posterior", "of posteriors beyond the noise", $0.posterior) },
      varianceParts.map { variance("between", "between runs", $0.between) },
    ]
    let ofPixels: [EstimateMap?] = [
      paretoShape.map {
        EstimateMap(
          name: "paretoShape", file: "pareto-shape",
          content: "Pareto k of importance weights; above 0.7 not to be trusted",
          bands: ["Pareto k"], $0)
      },
      intervalSource.map {
        EstimateMap(
          name: "intervalSource", file: "interval-source",
          content: "where intervals come from: "
            + IntervalSource.allCases.map { "\($0.rawValue) \($0.name)" }.joined(separator: ", "),
          bands: ["interval source"], $0)
      },
      totalConcentration.map {
        EstimateMap(
          name: "totalConcentration", file: "total-concentration", content: "total concentration",
          bands: ["total concentration"], $0)
      },
      reconstructionAngle.map {
        EstimateMap(
          name: "reconstructionAngle", file: "reconstruction-angle", content: "reconstruction angle in radians",
          bands: ["reconstruction angle"], $0)
      },
      deviation.map { _ in
        EstimateMap(
          name: "effectiveNumber", file: "effective-number", content: "effective number of endmembers",
          bands: ["effective number"], entropy.exp())
      },
      residualScore.map {
        EstimateMap(
          name: "residualScore", file: "residual-score", content: "residuals in standard deviations of the noise",
          bands: ["residual score"], $0)
      },
    ]
    return [EstimateMap(name: "abundances/mean", file: "abundances", content: contentOfMean, bands: names, mean)]
      + optional.compactMap { $0 } + quantiles.map(map) + (parts + ofPixels).compactMap { $0 }
  }

  /// What `mean` is called beside what else there is. A method without a spread gives no posterior to have a mean.
  private var contentOfMean: String {
    if deviation == nil { return "abundances" }
    return meansAreTheNetworks ? "means of the network" : "posterior means"
  }

  /// Whether means are the network's and intervals are not.
  package var meansAreTheNetworks: Bool { deviation != nil && means == .network && posterior != .amortised }

  private func variance(_ name: String, _ content: String, _ values: Tensor) -> EstimateMap {
    EstimateMap(
      name: "variance/\(name)", file: "variance-\(name)", content: "variance \(content)", bands: names, values)
  }

  private func map(of quantile: Quantile) -> EstimateMap {
    let percent = Self.percent(quantile.probability)
    return EstimateMap(
      name: Self.quantileName(quantile.probability), file: "abundances-q\(percent)",
      content: "\(Int(percent) ?? 0) % quantiles", bands: names, quantile.values)
  }

  /// The pixels that were unmixed.
  package var validPixels: [Int] { isValid.indices.filter { isValid[$0] } }

  /// The average of a map over the valid pixels that have a number, one for each endmember (or one); NaN where none has.
  package func averages(of map: Tensor) -> [Double] {
    let width = map.count / max(1, map.shape[0])
    var sums = [Double](repeating: 0, count: width)
    let isKnown = map.withUnsafeScalars { values in
      (0..<isValid.count).map { pixel in values[pixel * width..<(pixel + 1) * width].allSatisfy { !$0.isNaN } }
    }
    let pixels = validPixels.filter { isKnown[$0] }
    map.withUnsafeScalars { values in
      for pixel in pixels {
        for k in 0..<width { sums[k] += Double(values[pixel * width + k]) }
      }
    }
    return sums.map { pixels.isEmpty ? .nan : $0 / Double(pixels.count) }
  }
}

extension Tensor {
  /// The tensor with a number in place of some of its rows.
  func replacingRows(where isReplaced: [Bool], with value: Scalar) -> Tensor {
    guard isReplaced.contains(true) else { return self }
    var result = detached
    let width = count / max(1, shape[0])
    result.withUnsafeMutableScalars { values in
      for row in isReplaced.indices where isReplaced[row] {
        values[row * width..<(row + 1) * width].update(repeating: value)
      }
    }
    return result
  }
}

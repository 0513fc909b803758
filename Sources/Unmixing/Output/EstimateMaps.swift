import Foundation
import Scenes
import Tensors

extension Estimate {
  /// An estimate as it is read back from a file.
  init(names: [String], rows: Int, columns: Int, isValid: [Bool], mean: Tensor) {
    let scene = Scene(name: "", rows: rows, columns: columns, spectra: .zeros([rows * columns, 1]), isValid: isValid)
    self.init(names: names, of: scene, mean: mean)
  }

  /// What a quantile's map is called: `abundances/q05`.
  static func quantileName(_ probability: Double) -> String {
    let percent = Int((probability * 100).rounded())
    return "abundances/q" + (percent < 10 ? "0" : "") + "\(percent)"
  }

  /// Every map there is under its name, `[pixels, endmembers]` or `[pixels]`.
  var maps: [(name: String, values: Tensor)] {
    var result = [("abundances/mean", mean)]
    if let deviation { result.append(("abundances/sd", deviation)) }
    if let draw { result.append(("abundances/draw", draw)) }
    if let raw { result.append(("abundances/raw", raw)) }
    result += quantiles.map { (Self.quantileName($0.probability), $0.values) }
    if let totalConcentration { result.append(("totalConcentration", totalConcentration)) }
    if let reconstructionAngle { result.append(("reconstructionAngle", reconstructionAngle)) }
    return result.map { (name: $0.0, values: $0.1) }
  }

  /// The pixels that were unmixed.
  package var validPixels: [Int] { isValid.indices.filter { isValid[$0] } }

  /// The average of a map over the valid pixels, one number for each endmember (or one).
  package func averages(of map: Tensor) -> [Double] {
    let width = map.count / max(1, map.shape[0])
    var sums = [Double](repeating: 0, count: width)
    let pixels = validPixels
    map.withUnsafeScalars { values in
      for pixel in pixels {
        for k in 0..<width { sums[k] += Double(values[pixel * width + k]) }
      }
    }
    return sums.map { $0 / Double(max(1, pixels.count)) }
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

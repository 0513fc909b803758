import Foundation
import Scenes
import TestSupport
import Tensors
import Testing
import Unmixing

/// Fused spectra are those of the published formula, of valid pixels alone, and every network can be shown them.
@Suite struct FeatureFusionTests {
  private typealias Matrix = [[Double]]

  /// The formula in Double with both matrices whole. Rows are pixels.
  private func published(_ spectra: Tensor, weight: Double, averaged: Bool = false) -> Matrix {
    let width = spectra.shape[1]
    let values = spectra.scalars.map { Double($0) }
    let pixels = (0..<spectra.shape[0]).map { Array(values[$0 * width..<($0 + 1) * width]) }
    let bands = (0..<width).map { band in pixels.map { $0[band] } }
    let byBands = rescaled(transposed(enhanced(bands, averaged)))
    let byPixels = rescaled(enhanced(pixels, averaged))
    return rescaled(
      zip(byBands, byPixels).map { zip($0, $1).map { weight * $0 + (1 - weight) * $1 } })
  }

  /// Σⱼ exp(−‖xᵢ − xⱼ‖²) xⱼ
  private func enhanced(_ rows: Matrix, _ averaged: Bool) -> Matrix {
    rows.map { row in
      let weights = rows.map { other in exp(-zip(row, other).reduce(0.0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) }) }
      let total = averaged ? weights.reduce(0, +) : 1
      return row.indices.map { k in zip(weights, rows).reduce(0.0) { $0 + $1.0 * $1.1[k] } / total }
    }
  }

  private func transposed(_ rows: Matrix) -> Matrix { rows[0].indices.map { k in rows.map { $0[k] } } }

  private func rescaled(_ rows: Matrix) -> Matrix {
    let (least, most) = (rows.joined().min() ?? 0, rows.joined().max() ?? 0)
    return rows.map { $0.map { ($0 - least) / (most - least) } }
  }

  private let all = [Bool](repeating: true, count: 132)

  @Test(arguments: [0, 0.3, 1], [false, true])
  func agreesWithThePublishedFormula(weight: Double, averaged: Bool) {
    let scene = smallScene()
    let fused = FeatureFusion(averaged ? .averaged : .summed, weight: weight).applied(to: scene.spectra, isValid: all)
    let expected = published(scene.spectra, weight: weight, averaged: averaged).joined().map { Scalar($0) }
    expectClose(
      fused.scalars, expected, absolute: Scalar.self == Float.self ? 1e-5 : 1e-12,
      because: "values from 0 to 1, of sums of 132 products")
  }

  @Test func doesNothingUnlessAsked() {
    let spectra = smallScene().spectra
    #expect(FeatureFusion().applied(to: spectra, isValid: all) == spectra)
  }

  @Test func doesNothingButRescaleOnSpectraThatWereNotScaled() {
    let scene = smallScene()
    let spectra = scene.spectra * 5437
    let fused = FeatureFusion(.summed, weight: 0.5).applied(to: spectra, isValid: all)
    let least = -(-spectra).maximum()
    let rescaled = (spectra - least) / (spectra.maximum() - least)
    expectClose(fused, rescaled, absolute: 1e-6, because: "both matrices are the identity; two more roundings")
  }

  @Test func maskedPixelsDoNotEnter() {
    let scene = smallScene()
    var isValid = all
    for pixel in [0, 17, 131] { isValid[pixel] = false }
    let kept = isValid.indices.filter { isValid[$0] }
    var wild = scene.spectra
    wild.withUnsafeMutableScalars { values in for band in 0..<20 { values[17 * 20 + band] = 1000 } }
    let fusion = FeatureFusion(.summed, weight: 0.3)
    let fused = fusion.applied(to: wild, isValid: isValid)
    let alone = fusion.applied(
      to: scene.spectra.gatheringRows(kept), isValid: [Bool](repeating: true, count: kept.count))
    #expect(fused.gatheringRows(kept) == alone)
    #expect(fused.gatheringRows([0, 17, 131]) == .zeros([3, 20]))
  }

  @Test func isRefusedWithAWeightThatIsNoShare() throws {
    var configuration = try Catalogue.entry("mlp-ldvae").preset("blind").configuration
    var options = LDVAEOptions()
    options.fusion = FeatureFusion(.summed, weight: 1.5)
    configuration.model = options
    #expect(throws: UnmixingError.self) { try configuration.check() }
  }

  @Test(arguments: Catalogue.entries.map(\.id))
  func everyNetworkCanBeShownFusedSpectra(_ method: String) throws {
    var configuration = try Catalogue.entry(method).defaultPreset(hasLabels: false).configuration
    configuration.training.epochs = 1
    func estimate(_ kind: FeatureFusion.Kind) throws -> Estimate {
      let shown = try configuration.fusing(FeatureFusion(kind, weight: 0.5))
      var run = try TrainingRun(on: smallScene(), shown, split: .none, seed: 2)
      try run.train()
      return try run.trained.unmix(smallScene())
    }
    let (plain, fused) = (try estimate(.off), try estimate(.summed))
    #expect(plain.mean != fused.mean, "\(method) saw no fusion")
    #expect(fused.mean.scalars.allSatisfy { $0.isFinite })
  }

  @Test(.requiresData("samson/Samson.mat"))
  func agreesWithThePublishedFormulaOnSamson() throws {
    let scene = try Scene(contentsOf: try #require(dataFile("samson/Samson.mat")))
    let spectra = FittedScaling(.sceneMaximum, to: scene.spectra).applied(to: scene.spectra)
    let fused = FeatureFusion(.summed, weight: 0).applied(to: spectra, isValid: scene.isValid)
    // The dense matrix of 9025 × 9025 row by row, for pixels here and there and for those that set the scale.
    let values = fused.scalars
    let ends = [values.min(), values.max()].compactMap { $0.flatMap(values.firstIndex) }.map { $0 / scene.bands }
    let chosen = ends + stride(from: 7, to: scene.pixelCount, by: 45)
    let rows = denseRows(chosen, of: spectra)
    let (least, most) = (rows.joined().min() ?? 0, rows.joined().max() ?? 0)
    let expected = rows.joined().map { Scalar(($0 - least) / (most - least)) }
    expectClose(
      fused.gatheringRows(chosen).scalars, expected, absolute: 1e-5, because: "the agreement asked for, of 0 … 1")
  }

  /// As many pixels and bands as Urban has. Their whole matrix would take 35.5 GB in Float.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["ALUNITE_LONG"] == "1", "minutes; set ALUNITE_LONG=1"))
  func aLargeSceneTakesLittleMemory() throws {
    var random = RandomStream(seed: 1)
    let (pixels, bands) = (94_249, 162)
    let spectra = random.uniform([pixels, 4]).matrixProduct(random.uniform([4, bands])) * 0.25
    try Data("5".utf8).write(to: URL(fileURLWithPath: "/proc/self/clear_refs"))
    let before = try peakBytes()
    let watch = Date()
    let fused = FeatureFusion(.summed, weight: 0.1).applied(
      to: spectra, isValid: [Bool](repeating: true, count: pixels))
    let (seconds, taken) = (Date().timeIntervalSince(watch), try peakBytes() - before)
    print("\(pixels) × \(bands): \(Int(taken / 1e6)) MB more, \(Int(seconds)) s")
    // Two GiB in Float; tests beside this one may take their part.
    #expect(taken < 2 * 1_073_741_824 * Double(MemoryLayout<Scalar>.stride) / 4)
    let values = fused.scalars
    #expect(values.min() == 0 && abs((values.max() ?? 0) - 1) < 1e-6)
  }

  /// The most memory this process has held since the mark was last reset.
  private func peakBytes() throws -> Double {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
    return try #require(line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) }) * 1024
  }

  private func denseRows(_ chosen: [Int], of spectra: Tensor) -> Matrix {
    let width = spectra.shape[1]
    return spectra.withUnsafeScalars { values in
      chosen.map { pixel in
        var sums = [Double](repeating: 0, count: width)
        for other in 0..<spectra.shape[0] {
          var distance = 0.0
          for k in 0..<width {
            let difference = Double(values[pixel * width + k]) - Double(values[other * width + k])
            distance += difference * difference
          }
          let weight = exp(-distance)
          for k in 0..<width { sums[k] += weight * Double(values[other * width + k]) }
        }
        return sums
      }
    }
  }
}

extension Configuration {
  /// The configuration with another fusion, set by its key as on the command line: options of all methods have one.
  fileprivate func fusing(_ fusion: FeatureFusion) throws -> Configuration {
    let encoded = try JSONSerialization.jsonObject(with: JSONEncoder().encode(self))
    var tree = try #require(encoded as? [String: Any])
    var model = try #require(tree["model"] as? [String: Any])
    #expect(model["fusion"] != nil, "\(method) has no option fusion")
    model["fusion"] = ["kind": fusion.kind.rawValue, "weight": fusion.weight]
    tree["model"] = model
    return try JSONDecoder().decode(Configuration.self, from: JSONSerialization.data(withJSONObject: tree))
  }
}

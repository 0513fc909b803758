import Foundation
import Scenes
import Synthetic
import TestSupport
import Tensors
import Testing

/// How materials vary from pixel to pixel, looked at in pixels of one material.
@Suite struct VariabilityTests {
  /// The ratio of 2500 pure pixels' spectra to the endmember, `[pixel][band]`; seed 11.
  private func ratios(_ variability: Variability) throws -> [[Double]] {
    // Blocks of one material each without a filter.
    let recipe = Recipe(
      rows: 50, columns: 50, sensor: Sensor(start: 400, end: 2400, count: 60, fwhm: 30), minerals: ["calcite", "soil"],
      abundances: .blocks(BlockField(size: 5, filter: 1)), variability: variability, seed: 11)
    let scene = try recipe.scene()
    let truth = try #require(scene.truth)
    let e = try #require(truth.endmembers).spectra.scalars.map { Double($0) }
    let (a, y) = (truth.abundances.scalars, scene.spectra.scalars.map { Double($0) })
    return (0..<2500).map { pixel in
      let material = a[2 * pixel] == 1 ? 0 : 1
      return (0..<60).map { y[pixel * 60 + $0] / e[material * 60 + $0] }
    }
  }

  private func moments(_ values: [Double]) -> (mean: Double, deviation: Double) {
    let mean = values.reduce(0, +) / Double(values.count)
    return (mean, (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)).squareRoot())
  }

  @Test func brightnessIsLogNormalWithMeanOne() throws {
    let ratios = try ratios(Variability(.scale, spread: 0.2))
    for ratio in ratios { #expect((ratio.max() ?? 0) - (ratio.min() ?? 0) < 1e-5) }
    let logs = moments(ratios.map { log($0[0]) })
    // Six standard errors of 2500 draws.
    #expect(abs(logs.mean + 0.02) < 0.024)
    #expect(abs(logs.deviation - 0.2) < 0.017)
  }

  @Test func bandwiseBrightnessIsSmoothAndAsStrongEverywhere() throws {
    let ratios = try ratios(Variability(.bands, spread: 0.2, length: 300))
    let logs = ratios.map { $0.map { log($0) } }
    let all = moments(logs.flatMap { $0 })
    #expect(abs(all.deviation - 0.2) < 0.02)
    // Neighbours 34 nm apart move together, the far end of the spectrum by itself.
    func correlation(_ i: Int, _ j: Int) -> Double {
      let (first, second) = (moments(logs.map { $0[i] }), moments(logs.map { $0[j] }))
      let product = logs.reduce(0) { $0 + ($1[i] - first.mean) * ($1[j] - second.mean) } / 2500
      return product / (first.deviation * second.deviation)
    }
    #expect(correlation(20, 21) > 0.98)
    #expect(abs(correlation(5, 50)) < 0.15)
    // E[s] = 1 at every band, to six standard errors.
    for band in stride(from: 0, to: 60, by: 7) {
      let mean = moments(ratios.map { $0[band] }).mean
      #expect(abs(mean - 1) < 0.036)
    }
  }

  @Test func perturbedBandsAreIndependent() throws {
    let scene = try Recipe(
      rows: 50, columns: 50, sensor: Sensor(start: 400, end: 2400, count: 60, fwhm: 30), minerals: ["calcite", "soil"],
      abundances: .blocks(BlockField(size: 25, filter: 1)), variability: Variability(.perturbed, spread: 0.02), seed: 4
    ).scene()
    #expect(scene.spectra.scalars.allSatisfy { $0 >= 0 })
  }

  @Test func pixelsTakeEverySpectrumOfABundle() throws {
    let bundle = ["kaolinite-well-crystallised", "kaolinite-poorly-crystallised"]
    let recipe = Recipe(
      rows: 30, columns: 30, minerals: Materials([bundle, ["soil"]]),
      abundances: .blocks(BlockField(size: 5, filter: 1)), seed: 2)
    let scene = try recipe.scene()
    let truth = try #require(scene.truth)
    let pure = (0..<900).filter { truth.abundances.scalars[2 * $0] == 1 }
    let spectra = Set(pure.map { Array(scene.spectra.scalars[$0 * 224..<($0 + 1) * 224]) })
    let own = bundle.compactMap(MineralSpectrum.named).map { mineral in
      (scene.axis?.wavelengths ?? []).map { Scalar(mineral.reflectance(at: $0, fwhm: 10)) }
    }
    #expect(spectra == Set(own))
    // The truth is the bundle's mean.
    let mean = zip(own[0], own[1]).map { ($0 + $1) / 2 }
    expectClose(
      Array(try #require(truth.endmembers).spectra.scalars[0..<224]).map { Double($0) }, mean.map { Double($0) },
      relative: 1e-6, because: "one rounding")
  }
}

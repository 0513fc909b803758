import Foundation
import Synthetic
import TestSupport
import Testing

@Suite struct IlluminationTests {
  /// log s is normal with mean −τ²/2 and deviation τ; over 10 000 pixels the mean is within 4.8 τ/100 and the variance
  /// within 4.8 √(2/10 000): 3e-6 of false alarm for both. Seed 1.
  @Test func brightnessIsLogNormalWithMeanOne() {
    let logarithms = Illumination(spread: 0.3).scales(rows: 100, columns: 100, seed: 1).map { log(Double($0)) }
    let mean = logarithms.reduce(0, +) / 10_000
    let variance = logarithms.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 9_999
    expectClose(mean, -0.045, absolute: 4.8 * 0.003, because: "4.8 standard errors")
    expectClose(variance, 0.09, relative: 4.8 * 0.0141, because: "4.8 standard errors")
  }

  @Test func aLengthMakesItSmooth() {
    func step(_ length: Double) -> Double {
      let scales = Illumination(spread: 0.3, length: length).scales(rows: 60, columns: 60, seed: 2).map { Double($0) }
      return zip(scales, scales.dropFirst()).reduce(0) { $0 + abs($1.0 - $1.1) } / 3600
    }
    // Independent pixels differ by 2τ/√π = 0.34 on average; fields of 10 pixels by a twentieth of it.
    #expect(step(0) > 0.25)
    #expect(step(10) < 0.05)
  }

  @Test func itMultipliesWholeSpectra() throws {
    var recipe = try Recipe.named("jasper-like")
    recipe.noise = Noise()
    recipe.illumination = nil
    let flat = try recipe.scene(seed: 3)
    recipe.illumination = Illumination(spread: 0.4)
    let lit = try recipe.scene(seed: 3)
    let scales = Illumination(spread: 0.4).scales(rows: recipe.rows, columns: recipe.columns, seed: 3)
    let (before, after, bands) = (flat.spectra.scalars, lit.spectra.scalars, flat.bands)
    for pixel in stride(from: 0, to: flat.pixelCount, by: 97) {
      for band in stride(from: 0, to: bands, by: 13) {
        #expect(after[pixel * bands + band] == before[pixel * bands + band] * scales[pixel])
      }
    }
    #expect(flat.truth?.abundances == lit.truth?.abundances)
  }
}

import Foundation
import Scenes
import Synthetic
import Tensors
import TestSupport
import Testing

@Suite struct NoiseTests {
  private func recipe(_ noise: Noise) throws -> Recipe {
    var recipe = try Recipe.named("cuprite-like")
    recipe.noise = noise
    return recipe
  }

  /// Measured and clean spectra of the same scene, and their difference.
  private func measured(_ noise: Noise, seed: UInt64) throws -> (clean: [Double], noise: [Double], scene: Scene) {
    let clean = try recipe(Noise()).scene(seed: seed).spectra.scalars.map { Double($0) }
    let scene = try recipe(noise).scene(seed: seed)
    return (clean, zip(scene.spectra.scalars, clean).map { Double($0) - $1 }, scene)
  }

  private func meanSquare(_ values: [Double]) -> Double { values.reduce(0) { $0 + $1 * $1 } / Double(values.count) }

  /// 770 048 numbers estimate a power with a relative deviation of √(2/n) = 0.0016, or 0.007 dB; 0.05 dB are seven of them.
  @Test(arguments: [0, 10, 20, 30, 40]) func reachesTheRatioAskedFor(snr: Int) throws {
    let (clean, noise, _) = try measured(Noise(snr: Double(snr)), seed: 11)
    let realised = 10 * log10(meanSquare(clean) / meanSquare(noise))
    expectClose(realised, Double(snr), absolute: 0.05, because: "seven standard deviations")
  }

  /// Correlations of n products have a deviation of 1/√n; 4.8 of them are 1.6e-6 of false alarm for each of 3. Seed 12.
  @Test func isWhite() throws {
    let (_, noise, scene) = try measured(Noise(snr: 20), seed: 12)
    let (power, bands) = (meanSquare(noise), scene.bands)
    for lag in [1, bands, bands * scene.columns] {
      let products = zip(noise, noise.dropFirst(lag)).map { $0 * $1 }
      let correlation = products.reduce(0, +) / Double(products.count) / power
      expectClose(
        correlation, 0, absolute: 4.8 / Double(products.count).squareRoot(), because: "between bands, columns and rows")
    }
  }

  @Test func isNotClipped() throws {
    let (_, _, scene) = try measured(Noise(snr: 0), seed: 13)
    #expect((scene.spectra.scalars.min() ?? 0) < 0)
  }

  /// A band's deviation from 4096 numbers has a relative standard error of 1/√(2 · 4096) = 0.011; 5.5 of them, for 188
  /// bands, are 7e-6 of false alarm. Seed 14.
  @Test func followsTheProfileAtTheSameRatio() throws {
    let profile = [[400.0, 4], [500, 1], [2000, 1], [2500, 3]]
    let noise = Noise(snr: 20, profile: profile)
    let (clean, added, scene) = try measured(noise, seed: 14)
    expectClose(
      10 * log10(meanSquare(clean) / meanSquare(added)), 20, absolute: 0.05, because: "the profile keeps the mean power"
    )
    let wavelengths = try #require(scene.axis).wavelengths
    let relative = noise.relativeDeviations(at: wavelengths)
    // 2250 nm lies half-way between 1 and 3.
    let ratio = noise.relativeDeviations(at: [450, 2250, 1000, 300])
    expectClose(
      ratio.map { $0 / ratio[2] }, [2.5, 2, 1, 4], relative: 1e-12, because: "linear between points, constant beyond")
    let power = meanSquare(added)
    for band in 0..<scene.bands {
      let values = stride(from: band, to: added.count, by: scene.bands).map { added[$0] }
      expectClose(
        (meanSquare(values) / power).squareRoot(), relative[band], relative: 5.5 * 0.0111 + 0.002,
        because: "5.5 standard errors, and the realised total")
    }
  }

  /// 1504 numbers give the ratio within √(2/1504) = 0.036, or 0.16 dB; 4.8 of them are 0.76 dB. Seed 15.
  @Test func onEndmembersItIsTheSameInEveryPixel() throws {
    var noisy = try recipe(Noise(snr: 25, target: .endmembers))
    noisy.illumination = nil
    noisy.purePixels = 2
    let scene = try noisy.scene(seed: 15)
    let truth = try #require(scene.truth)
    let library = try #require(truth.endmembers)
    let (bands, count) = (scene.bands, truth.count)
    let (fractions, values) = (truth.abundances.scalars, scene.spectra.scalars)
    var added: [Double] = []
    for k in 0..<count {
      let pure = (0..<scene.pixelCount).filter { fractions[$0 * count + k] == 1 }
      try #require(pure.count >= 2)
      let spectra = pure.map { Array(values[$0 * bands..<($0 + 1) * bands]) }
      #expect(spectra.allSatisfy { $0 == spectra[0] })
      added += zip(spectra[0], library.spectra.scalars[k * bands..<(k + 1) * bands]).map { Double($0) - Double($1) }
    }
    let signal = meanSquare(library.spectra.scalars.map { Double($0) })
    expectClose(10 * log10(signal / meanSquare(added)), 25, absolute: 0.76, because: "4.8 standard deviations")
  }

  @Test func deadPixelsAreZeroMaskedAndCounted() throws {
    let scene = try recipe(Noise(snr: 30, deadPixels: 0.01)).scene(seed: 16)
    let dead = scene.isValid.indices.filter { !scene.isValid[$0] }
    #expect(dead.count == 41)  // 0.01 · 4096 = 40.96
    let values = scene.spectra.scalars
    for pixel in dead {
      #expect(values[pixel * scene.bands..<(pixel + 1) * scene.bands].allSatisfy { $0 == 0 })
    }
  }

  @Test func otherNoiseLeavesTheAbundancesAlone() throws {
    let first = try recipe(Noise(snr: 30)).scene(seed: 17)
    let second = try recipe(Noise(snr: 10, target: .endmembers, deadPixels: 0.1)).scene(seed: 17)
    #expect(first.truth?.abundances == second.truth?.abundances)
  }
}

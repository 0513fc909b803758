import Foundation
import Scenes
import Synthetic
import TestSupport
import Tensors
import Testing

/// Every pixel's spectrum by the formula of its model, from what the scene tells of itself.
@Suite struct MixingTests {
  /// A scene without noise, seed 3.
  private func scene(_ mixing: Mixing, _ variability: Variability? = nil, minerals: Materials = Self.minerals) throws
    -> Scene
  {
    let recipe = Recipe(
      rows: 20, columns: 15, sensor: Sensor(start: 400, end: 2400, count: 40, fwhm: 50), minerals: minerals,
      abundances: .dirichlet(.flatAndSparse), mixing: mixing, variability: variability, seed: 3)
    return try recipe.scene()
  }

  private static let minerals: Materials = ["alunite", "calcite", "soil"]

  /// Fractions, endmembers and spectra of a pixel, in Double.
  private struct Pixel {
    let fractions: [Double]
    let endmembers: [[Double]]
    let spectrum: [Double]

    init(_ number: Int, of scene: Scene) throws {
      let truth = try #require(scene.truth)
      let e = try #require(truth.endmembers).spectra.scalars.map { Double($0) }
      let (k, bands) = (truth.count, scene.bands)
      fractions = truth.abundances.scalars[number * k..<(number + 1) * k].map { Double($0) }
      endmembers = (0..<k).map { Array(e[$0 * bands..<($0 + 1) * bands]) }
      spectrum = scene.spectra.scalars[number * bands..<(number + 1) * bands].map { Double($0) }
    }

    var linear: [Double] {
      spectrum.indices.map { band in zip(fractions, endmembers).reduce(0) { $0 + $1.0 * $1.1[band] } }
    }

    /// eᵢ eⱼ aᵢ aⱼ of every pair.
    var pairs: [[Double]] {
      endmembers.indices.flatMap { i in
        (i + 1..<max(endmembers.count, i + 1)).map { j in
          spectrum.indices.map { fractions[i] * fractions[j] * endmembers[i][$0] * endmembers[j][$0] }
        }
      }
    }
  }

  @Test func fanAddsTheProductsOfAllPairs() throws {
    let scene = try scene(.fan)
    for number in stride(from: 0, to: 300, by: 13) {
      let pixel = try Pixel(number, of: scene)
      let expected = pixel.pairs.reduce(pixel.linear) { zip($0, $1).map(+) }
      expectClose(pixel.spectrum, expected, relative: 2e-6, because: "six products in Float")
    }
  }

  @Test func theGeneralizedBilinearModelWeighsPairs() throws {
    let scene = try scene(.generalizedBilinear(gamma: 0.8))
    var shares: [Double] = []
    for number in 0..<300 {
      let pixel = try Pixel(number, of: scene)
      let most = pixel.pairs.reduce([Double](repeating: 0, count: 40)) { zip($0, $1).map(+) }
      let rest = zip(pixel.spectrum, pixel.linear).map { $0 - $1 }
      let (sum, whole) = (rest.reduce(0, +), most.reduce(0, +))
      if whole > 1e-3 { shares.append(sum / whole) }
    }
    #expect(shares.count > 100 && shares.allSatisfy { $0 > -1e-4 && $0 < 0.8 + 1e-4 })
    // The mean of uniform numbers to 0.8, weighted; six standard errors of a single γ.
    let mean = shares.reduce(0, +) / Double(shares.count)
    let bound: Double = 6 * 0.8 / (12 * Double(shares.count)).squareRoot()
    #expect(abs(mean - 0.4) < bound)
  }

  @Test func thePostNonlinearModelIsAParabolaOfTheMixture() throws {
    let scene = try scene(.postNonlinear(spread: 0.3))
    var curvatures: [Double] = []
    for number in 0..<300 {
      let pixel = try Pixel(number, of: scene)
      let z = pixel.linear
      // b by least squares; the rest has to vanish.
      let top = zip(zip(pixel.spectrum, z).map { $0 - $1 }, z).reduce(0) { $0 + $1.0 * $1.1 * $1.1 }
      let b = top / z.reduce(0) { $0 + pow($1, 4) }
      curvatures.append(b)
      expectClose(pixel.spectrum, z.map { $0 + b * $0 * $0 }, relative: 1e-5, because: "Float")
    }
    #expect(curvatures.allSatisfy { abs($0) <= 0.3 + 1e-4 })
    // 300 uniform numbers within ±0.3 have a mean within six of its standard errors.
    let mean = curvatures.reduce(0, +) / 300
    let bound: Double = 6 * 0.3 / 900.0.squareRoot()
    #expect(abs(mean) < bound)
  }

  @Test func albedoAndReflectanceAreInverse() {
    for angles in [
      SingleScattering(), SingleScattering(incidence: 0, emission: 0), SingleScattering(incidence: 70, emission: 45),
    ] {
      for albedo in [0, 1e-6, 0.01, 0.3, 0.7, 0.99, 1 - 1e-9, 1] {
        let r = angles.reflectance(ofAlbedo: albedo)
        expectClose(angles.albedo(ofReflectance: r), albedo, absolute: 1e-12, because: "a closed form, w flat near 1")
      }
      #expect(angles.reflectance(ofAlbedo: 1) == 1)
      // Half albedo, sun and sensor overhead: 0.5 / (1 + √2)².
      if angles.incidence == 0 {
        expectClose(
          angles.reflectance(ofAlbedo: 0.5), 0.5 / pow(1 + 2.0.squareRoot(), 2), relative: 1e-14, because: "by hand")
      }
    }
  }

  @Test func intimateMixturesAreDarkerThanTheirParts() throws {
    let angles = SingleScattering(incidence: 20, emission: 10)
    let scene = try scene(.intimate(angles))
    for number in stride(from: 0, to: 300, by: 17) {
      let pixel = try Pixel(number, of: scene)
      let expected = pixel.spectrum.indices.map { band in
        let w = zip(pixel.fractions, pixel.endmembers).reduce(0) {
          $0 + $1.0 * angles.albedo(ofReflectance: $1.1[band])
        }
        return angles.reflectance(ofAlbedo: w)
      }
      expectClose(pixel.spectrum, expected, relative: 1e-6, because: "computed in Double, rounded once")
      #expect(zip(pixel.spectrum, pixel.linear).allSatisfy { $0 <= $1 + 1e-6 })
    }
  }
}

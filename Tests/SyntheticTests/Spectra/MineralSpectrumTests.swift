import Foundation
import Synthetic
import TestSupport
import Testing

@Suite struct MineralSpectrumTests {
  private let wavelengths = stride(from: 350.0, through: 2600, by: 1).map { $0 }

  @Test func reflectanceStaysBetweenZeroAndOne() {
    for material in MineralSpectrum.all {
      let values = wavelengths.map { material.reflectance(at: $0) }
      #expect(values.allSatisfy { $0 > 0 && $0 < 1 }, "\(material.name)")
    }
  }

  @Test func namesAreDistinctAndEverySourceIsNamed() {
    let names = MineralSpectrum.all.map(\.name)
    #expect(Set(names).count == names.count)
    #expect(Set(MineralSpectrum.all.map(\.title)).count == names.count)
    #expect(MineralSpectrum.all.allSatisfy { !$0.source.isEmpty })
    #expect(names.count >= 24)
  }

  @Test func anyTwoMaterialsDifferByAnAngle() {
    // The most alike are feldspars (0.028 rad) and the two kaolinites (0.037 rad), as in measured libraries.
    let spectra = MineralSpectrum.all.map { material in wavelengths.map { material.reflectance(at: $0) } }
    for (i, first) in spectra.enumerated() {
      for (j, second) in spectra[..<i].enumerated() {
        let names = "\(MineralSpectrum.all[i].name), \(MineralSpectrum.all[j].name)"
        #expect(angle(first, second) > 0.025, "\(names)")
      }
    }
  }

  /// Where diagnostic features are, from the literature each material cites: the lowest point of the named window.
  @Test(arguments: [
    ("alunite", 2120, 2260, 2168.0), ("kaolinite-well-crystallised", 2180, 2240, 2206), ("muscovite", 2150, 2260, 2202),
    ("montmorillonite", 2170, 2250, 2210), ("buddingtonite", 2050, 2200, 2116), ("calcite", 2250, 2400, 2338),
    ("potassium-jarosite", 2230, 2320, 2266), ("nontronite", 2260, 2330, 2289), ("hematite", 780, 960, 866),
    ("goethite", 820, 1050, 922), ("tree", 600, 700, 675), ("chalcedony", 1860, 1960, 1915),
    ("dumortierite", 420, 600, 498),
  ])
  func diagnosticFeaturesLieWhereTheyShould(name: String, from: Int, to: Int, expected: Double) throws {
    let material = try #require(MineralSpectrum.named(name))
    let window = (from...to).map { Double($0) }
    let lowest = window.min { material.reflectance(at: $0) < material.reflectance(at: $1) }
    // The continuum's slope may move a minimum by a fraction of the band's width.
    expectClose(try #require(lowest), expected, absolute: 25, because: "a third of the narrowest band is 12 nm")
  }

  @Test func onlyWellCrystallisedKaoliniteHasAResolvedDoublet() throws {
    let well = try #require(MineralSpectrum.named("kaolinite-well-crystallised"))
    let poorly = try #require(MineralSpectrum.named("kaolinite-poorly-crystallised"))
    // Reflectance recovers between 2.162 and 2.206 µm in the one and falls from the first to the second in the other.
    #expect(well.reflectance(at: 2180) > 1.01 * well.reflectance(at: 2164))
    #expect(poorly.reflectance(at: 2180) < poorly.reflectance(at: 2164))
  }

  @Test func aChannelAveragesOverItsResponse() throws {
    let material = try #require(MineralSpectrum.named("alunite"))
    let deviation = 20 / (8 * log(2.0)).squareRoot()
    for center in [500.0, 1430, 2168] {
      var (sum, weights) = (0.0, 0.0)
      for step in -400...400 {
        let z = Double(step) / 50
        let weight = exp(-z * z / 2)
        sum += weight * material.reflectance(at: center + z * deviation)
        weights += weight
      }
      expectClose(
        material.reflectance(at: center, fwhm: 20), sum / weights, relative: 1e-3,
        because: "five points against a fine sum, for bands twice as wide as the response")
    }
  }

  private func angle(_ first: [Double], _ second: [Double]) -> Double {
    func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    return acos(product(first, second) / (product(first, first) * product(second, second)).squareRoot())
  }
}

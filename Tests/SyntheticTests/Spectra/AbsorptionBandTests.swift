import Foundation
import Synthetic
import TestSupport
import Testing

@Suite struct AbsorptionBandTests {
  @Test(arguments: [AbsorptionBand.Domain.wavelength, .energy])
  func takesItsDepthAtTheCentreAndHalfTheAbsorbanceAtHalfWidth(domain: AbsorptionBand.Domain) {
    let band = AbsorptionBand(2200, width: 40, depth: 0.3, in: domain)
    expectClose(exp(-band.absorbance(at: 2200)), 0.7, relative: 1e-14, because: "definition of depth")
    // In energy the half-width point lies at λ₀ / (1 + w/2λ₀).
    let half = domain == .wavelength ? 2180 : 2200 / (1 + 20.0 / 2200)
    expectClose(
      band.absorbance(at: half), band.absorbance(at: 2200) / 2, relative: 1e-12, because: "definition of width")
  }

  @Test func isSymmetricInItsDomain() {
    let vibration = AbsorptionBand(2000, width: 100, depth: 0.5)
    expectClose(
      vibration.absorbance(at: 1950), vibration.absorbance(at: 2050), relative: 1e-14, because: "Gaussian in wavelength"
    )
    let electronic = AbsorptionBand(900, width: 200, depth: 0.5, in: .energy)
    // 1/λ of 818.18… and 1000 lie 1/9000 on either side of 1/900.
    expectClose(
      electronic.absorbance(at: 9000 / 11.0), electronic.absorbance(at: 9000 / 9.0), relative: 1e-12,
      because: "Gaussian in energy")
  }
}

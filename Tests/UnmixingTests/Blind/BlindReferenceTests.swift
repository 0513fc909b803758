import TestSupport
import Testing
import Unmixing

/// Five iterations of every multiplicative method, and one of every model of varying endmembers, beside NumPy.
@Suite struct BlindReferenceTests {
  private let reference = ReferenceScene()
  private let rounding = "five updates in Float, each rounded to 6·10⁻⁸ of numbers of the order of 1"

  private func check(_ method: some ClassicalMethod, against name: String) throws {
    try reference.check(method, against: name, abundances: 2e-5, objective: 2e-5, because: rounding)
  }

  @Test func nmf() throws {
    var options = NMF.Options()
    (options.spectra, options.iterations, options.tolerance) = (.raw, 5, 0)
    // The fit is a millionth of the spectra's power times δ², and so less exact.
    try reference.check(
      NMF(options, endmembers: reference.start), against: "nmf", abundances: 2e-5, objective: 1e-3, because: rounding)
  }

  @Test func halfNMF() throws {
    var options = HalfNMF.Options()
    (options.spectra, options.iterations, options.tolerance) = (.raw, 5, 0)
    try check(HalfNMF(options, endmembers: reference.start), against: "l12-nmf")
  }

  @Test func glnmf() throws {
    var options = GLNMF.Options()
    (options.spectra, options.iterations, options.tolerance, options.neighbours) = (.raw, 5, 0, 3)
    try check(GLNMF(options, endmembers: reference.start), against: "glnmf")
  }

  @Test func rsnmf() throws {
    var options = RSNMF.Options()
    (options.spectra, options.iterations, options.tolerance) = (.raw, 5, 0)
    try check(RSNMF(options, endmembers: reference.start), against: "rsnmf")
  }

  @Test(arguments: [false, true])
  func tvRSNMF(isIsotropic: Bool) throws {
    var options = TVRSNMF.Options()
    (options.spectra, options.iterations, options.tolerance) = (.raw, 5, 0)
    (options.totalVariation, options.isIsotropic, options.denoisingRounds) = (0.5, isIsotropic, 1000)
    try check(
      TVRSNMF(options, endmembers: reference.start), against: isIsotropic ? "tv-rsnmf-isotropic" : "tv-rsnmf")
  }

  @Test func sswnmf() throws {
    var options = SSWNMF.Options()
    (options.spectra, options.iterations, options.tolerance) = (.raw, 5, 0)
    try check(SSWNMF(options, endmembers: reference.start), against: "sswnmf")
  }

  @Test func sparseness() throws {
    let spectra = reference.scene.spectra.gatheringRows(reference.scene.validPixels)
    let expected = try BlindReference.named("sparseness").objective
    expectClose([SpectraBlocks(spectra).sparseness], expected, relative: 1e-6, because: "spectra are rounded to Float")
  }

  // MARK: Endmembers that vary

  // Six bands want copies that are coupled less than the default, which suits two hundred.
  private let splitting = "the abundance step ends when its copies differ by 10⁻³, the reference's by 10⁻¹⁰"

  @Test func elmm() throws {
    var options = ELMM.Options()
    (options.spectra, options.iterations, options.penalty) = (.raw, 1, 0.5)
    let method = ELMM(options, endmembers: reference.start)
    try reference.check(method, against: "elmm", abundances: 1e-2, objective: 1e-3, because: splitting)
  }

  @Test func glmm() throws {
    var options = GLMM.Options()
    (options.spectra, options.iterations, options.penalty, options.smoothness) = (.raw, 1, 0.5, 0.01)
    let method = GLMM(options, endmembers: reference.start)
    try reference.check(method, against: "glmm", abundances: 1e-2, objective: 1e-3, because: splitting)
  }

  @Test func plmm() throws {
    var options = PLMM.Options()
    (options.spectra, options.iterations, options.penalty) = (.raw, 1, 0.5)
    (options.anchoring, options.smoothness) = (5, 0.05)
    let method = PLMM(options, endmembers: reference.start)
    try reference.check(method, against: "plmm", abundances: 1e-2, objective: 1e-3, because: splitting)
  }
}

import Foundation
import Probability
import Scenes
import Tensors
import TestSupport
import Testing
import Unmixing

struct ModelCheckTests {
  /// What is wrong with a scene, or nothing.
  enum Fault: String, CaseIterable, Sendable {
    case none, noiseTwiceAsLarge, noiseHalfAsLarge, correlatedNoise, turnedEndmember, missingEndmember

    /// Whether the noise has to be given for the fault to be one.
    var needsGivenNoise: Bool { self == .noiseTwiceAsLarge || self == .noiseHalfAsLarge }
  }

  /// Cells that differ in everything: the hardest for a turned endmember is the first, of which each pixel holds little.
  private static let cells: [CalibrationCell] =
    CalibrationCell.isLong
    ? CalibrationCell.all
    : [
      .init(endmembers: 8, angle: 1.0, decibels: 20), .init(endmembers: 3, angle: 0.2, decibels: 30),
      .init(endmembers: 5, angle: 0.1, decibels: 40), .init(endmembers: 2, angle: 0.5, decibels: 30),
    ]
  private static let scenes = CalibrationCell.isLong ? 25 : 12

  /// Whether a scene of a cell with a fault is flagged.
  private static func isFlagged(_ fault: Fault, _ cell: CalibrationCell, seed: UInt64, given: Bool) throws -> Bool {
    let simulation = LinearSimulation(
      endmembers: cell.endmembers, angle: cell.angle, signalToNoise: cell.decibels, seed: seed)
    let pixels = 400
    var random = RandomStream(seed: seed, stream: 77)
    let abundances = simulation.draw(0..<pixels, seed: seed).abundances
    var noise = random.normal([pixels, 50])
    if fault == .correlatedNoise { noise = Self.correlated(noise, by: 0.5) }
    let deviation = Scalar(simulation.deviations[0])
    let spectra = abundances.matrixProduct(simulation.endmembers) + noise * deviation
    var endmembers = simulation.endmembers
    let turned = Int(seed) % cell.endmembers
    switch fault {
    case .turnedEndmember: endmembers = Self.turning(turned, of: endmembers, by: 0.05, using: &random)
    case .missingEndmember: endmembers = endmembers.slice(along: 0, 0..<cell.endmembers - 1)
    default: break
    }
    let factor = fault == .noiseTwiceAsLarge ? 0.5 : fault == .noiseHalfAsLarge ? 2 : 1
    let check = try ModelCheck.of(
      spectra, under: endmembers, noise: given ? .given(simulation.deviations.map { $0 * factor }) : .estimated
    ).check
    return !check.isExplained
  }

  /// First-order autoregression over bands.
  private static func correlated(_ noise: Tensor, by rho: Scalar) -> Tensor {
    var values = noise.scalars
    let bands = noise.shape[1]
    for place in values.indices where place % bands > 0 {
      values[place] = rho * values[place - 1] + (1 - rho * rho).squareRoot() * values[place]
    }
    return Tensor(noise.shape, values)
  }

  private static func turning(
    _ k: Int, of endmembers: Tensor, by angle: Double, using random: inout RandomStream
  ) -> Tensor {
    let own = endmembers.slice(along: 0, k..<k + 1)
    let other = random.normal(own.shape)
    let across = other - own * (other * own).sum() / own.squaredNorm(along: -1).sum()
    let unit = across / across.squaredNorm(along: -1).sqrt()
    let turned = own * Scalar(cos(angle)) + unit * Scalar(sin(angle))
    return .concatenated(
      (0..<endmembers.shape[0]).map { $0 == k ? turned : endmembers.slice(along: 0, $0..<$0 + 1) }, along: 0)
  }

  /// At least 95 % of wrong scenes are flagged and at most 2 % of right ones, whether the noise is given or estimated.
  ///
  /// The three thresholds let at most 0.3 % of right scenes pass for wrong: two or more of 96 (quick) occur in one seed of
  /// 30, 25 or more of 1,200 (long) never.
  @Test(arguments: Fault.allCases, [true, false])
  func wrongScenesAreFlaggedAndRightOnesAreNot(fault: Fault, given: Bool) throws {
    if fault.needsGivenNoise && !given { return }
    var (flagged, all) = (0, 0)
    for (place, cell) in Self.cells.enumerated() where !(fault == .missingEndmember && cell.endmembers == 2) {
      for scene in 0..<Self.scenes {
        all += 1
        let seed = UInt64(1000 + 100 * place + scene)
        if try Self.isFlagged(fault, cell, seed: seed, given: given) { flagged += 1 }
      }
    }
    let share = Double(flagged) / Double(all)
    if fault == .none {
      #expect(share <= 0.021, "\(flagged) of \(all) right scenes")
    } else {
      #expect(share >= 0.95, "\(flagged) of \(all) scenes with \(fault)")
    }
  }

  @Test func theNumbersHaveTheirDistributions() throws {
    let simulation = LinearSimulation(endmembers: 4, angle: 0.3, signalToNoise: 30, seed: 31)
    var scores: [Double] = []
    var leading: [Double] = []
    for scene in 0..<60 {
      let spectra = simulation.draw(0..<300, seed: UInt64(400 + scene)).spectra
      let check = try ModelCheck.of(spectra, under: simulation.endmembers, noise: .given(simulation.deviations)).check
      scores.append(check.misfitScore)
      leading.append(check.leadingScore)
      #expect(check.freedom == 47 && check.pixels == 300)
    }
    expectMean(scores, is: 0, "a standardised χ²")
    expectMean(scores.map { $0 * $0 }, is: 1, "a standardised χ²")
    // Mean −1.21 and deviation 1.27 of Tracy and Widom's law for real matrices; the approximation is off by about 0.1.
    let mean = leading.reduce(0, +) / 60
    #expect(abs(mean + 1.21) < 0.1 + 4 * 1.27 / Double(60).squareRoot(), "\(mean)")
  }

  @Test func regressionFindsTheNoiseOnceLeverageIsTakenAway() throws {
    let simulation = LinearSimulation(endmembers: 8, angle: 1, signalToNoise: 30, seed: 32)
    let spectra = simulation.draw(0..<4000, seed: 33).spectra
    let raw = try NoiseEstimate(of: spectra)
    let own = raw.deviations(under: simulation.endmembers, spectra)
    func ratio(_ found: [Double]) -> Double {
      (zip(found, simulation.deviations).reduce(0) { $0 + $1.0 * $1.0 / ($1.1 * $1.1) } / 50).squareRoot()
    }
    // 8 of 50 directions are signal: √(1/(1 − 8/50)) = 1.09 on average. 0.16 % of sampling.
    #expect(ratio(raw.deviations) > 1.07, "\(ratio(raw.deviations))")
    #expect(abs(ratio(own) - 1) < 0.01, "\(ratio(own))")
  }

  @Test func endmembersInsideTheDataAreSeen() throws {
    // Both endmembers moved towards each other along their own line: residuals across it stay what they were.
    let simulation = LinearSimulation(endmembers: 2, angle: 1, signalToNoise: 30, seed: 34)
    let spectra = simulation.draw(0..<500, seed: 35).spectra
    let mixed = Tensor([2, 2], [0.9, 0.1, 0.1, 0.9]).matrixProduct(simulation.endmembers)
    let check = try ModelCheck.of(spectra, under: mixed).check
    #expect(check.hasRightNoise && check.hasIndependentBands && !check.hasPixelsInside)
    // Uniform abundances: a tenth at either end.
    #expect(abs(check.outside - 0.2) < 0.08, "\(check.outside)")
    #expect(check.verdict().contains("of pixels lie outside the endmembers"))
  }

  @Test func saysWhatIsWrongAndWhere() throws {
    let simulation = LinearSimulation(endmembers: 3, angle: 1, signalToNoise: 30, seed: 36)
    let (_, spectra) = simulation.draw(0..<500, seed: 37)
    var random = RandomStream(seed: 38)
    // Band 8 is off by a common error of ten deviations.
    let spike = Tensor((0..<50).map { $0 == 7 ? Scalar(10 * simulation.deviations[0]) : 0 })
    let found = try ModelCheck.of(
      spectra + random.normal([500, 1]) * spike, under: simulation.endmembers, noise: .given(simulation.deviations))
    #expect(found.check.verdict().contains("strongest at band 8"), "\(found.check.verdict())")
    let wavelengths = (0..<50).map { 400 + 10 * Double($0) }
    #expect(found.check.verdict(wavelengths: wavelengths).contains("470 nm"))
    let mean = found.scores.reduce(0) { $0 + Double($1) } / 500
    // 100 over √(2 · 48), less what mixtures take up of it and more by the edge of the simplex.
    #expect(mean > 6 && mean < 14, "\(mean)")
    let right = try ModelCheck.of(spectra, under: simulation.endmembers)
    #expect(right.check.isExplained && right.check.verdict().contains("explain the scene"))
    #expect(abs(right.scores.reduce(0) { $0 + Double($1) } / 500) < 0.4)
  }

  @Test func survivesJSONAndFiles() throws {
    let simulation = LinearSimulation(endmembers: 3, angle: 1, signalToNoise: 30, seed: 39)
    let (abundances, spectra) = simulation.draw(0..<400, seed: 40)
    let library = SpectralLibrary(names: ["a", "b", "c"], spectra: simulation.endmembers, source: "simulated")
    var scene = Scene(name: "simulated", rows: 20, columns: 20, spectra: spectra)
    scene.truth = GroundTruth(abundances: abundances, names: library.names)
    scene.isValid[3] = false
    let estimate = try GibbsUnmixing(.init(), endmembers: library, seed: 1).unmix(scene)
    let check = try #require(estimate.check)
    #expect(check.isExplained && check.pixels == 399 && estimate.remarks.contains { $0.contains("model check") })
    let url = FileManager.default.temporaryDirectory.appendingPathComponent("check-\(UUID().uuidString).h5")
    defer { try? FileManager.default.removeItem(at: url) }
    try EstimateFile(estimate, sceneName: "simulated", method: "gibbs").write(to: url)
    let read = try EstimateFile(contentsOf: url).estimate
    #expect(read.check == check)
    #expect(read.residualScore?.scalars == estimate.residualScore?.scalars)
    #expect(estimate.residualScore?.scalars[3] == 0)
  }

  @Test func fewPixelsAreNotChecked() throws {
    let simulation = LinearSimulation(endmembers: 3, angle: 1, signalToNoise: 30, seed: 41)
    let library = SpectralLibrary(names: ["a", "b", "c"], spectra: simulation.endmembers, source: "simulated")
    // Forty pixels do not tell the noise of fifty bands.
    let scene = Scene(name: "small", rows: 4, columns: 10, spectra: simulation.draw(0..<40, seed: 42).spectra)
    #expect(try GibbsUnmixing(.init(), endmembers: library, seed: 1).unmix(scene).check == nil)
  }
}

import Foundation
import Probability
import Tensors
import TestSupport
import Testing
import Unmixing

/// One simulated kind of pixels.
struct CalibrationCell: Sendable, CustomStringConvertible {
  let endmembers: Int
  let angle: Double
  let decibels: Double
  var description: String { "\(endmembers) endmembers, \(angle) rad, \(decibels) dB" }
  var simulation: LinearSimulation {
    LinearSimulation(endmembers: endmembers, angle: angle, signalToNoise: decibels, seed: 17)
  }

  /// Whether tests that take minutes run, too.
  static var isLong: Bool { ProcessInfo.processInfo.environment["ALUNITE_LONG"] != nil }

  /// 48 cells in the long run, of which two run every time.
  static var all: [CalibrationCell] {
    if !isLong {
      return [.init(endmembers: 2, angle: 0.2, decibels: 20), .init(endmembers: 4, angle: 0.1, decibels: 30)]
    }
    let (counts, angles, levels) = ([2, 3, 5, 8], [1.0, 0.5, 0.2, 0.1], [20.0, 30, 40])
    return counts.flatMap { k in
      angles.flatMap { a in levels.map { CalibrationCell(endmembers: k, angle: a, decibels: $0) } }
    }
  }
}

extension CalibrationCell {
  /// Eight of the cells in the long run.
  static var hamiltonian: [CalibrationCell] {
    if !isLong { return [.init(endmembers: 3, angle: 0.2, decibels: 30)] }
    return [2, 3, 5, 8].flatMap { count in
      [(0.1, 40.0), (0.5, 20)].map { CalibrationCell(endmembers: count, angle: $0.0, decibels: $0.1) }
    }
  }
}

struct PosteriorCalibrationTests {
  /// Coverage within the bounds asked of 4,000 pixels, wider by four standard errors for fewer; rank tests at 0.01 for all
  /// cells together.
  ///
  /// The bounds are 3.2 standard errors wide, and 48 cells have 432 coverages: a right posterior leaves them somewhere in
  /// about every other run. A cell that does is simulated again with another seed and 16,000 pixels, for which the bounds
  /// are 6.3 standard errors wide.
  @Test(arguments: CalibrationCell.all) func refinedIntervalsHoldTheirShare(cell: CalibrationCell) throws {
    let pixels = CalibrationCell.isLong ? 4000 : 300
    var found = try PosteriorCalibration(refinedOn: cell.simulation, pixels: pixels, seed: 18)
    if CalibrationCell.isLong && !Self.holds(found) {
      found = try PosteriorCalibration(refinedOn: cell.simulation, pixels: 16_000, seed: 118)
    }
    #expect(
      Self.holds(found),
      """
      50 %: \(found.coverage(0.5)), 90 %: \(found.coverage(0.9)), 99 %: \(found.coverage(0.99)), χ² \(found.binsProbability), \
      band \(found.bandProbability) of \(found.quantities)
      """)
  }

  private static func holds(_ found: PosteriorCalibration) -> Bool {
    func slack(_ p: Double) -> Double {
      CalibrationCell.isLong ? 0 : 4 * (p * (1 - p) / Double(found.pixels)).squareRoot()
    }
    let (half, most) = (found.coverage(0.5), found.coverage(0.9))
    return half.lowerBound >= 0.475 - slack(0.5) && half.upperBound <= 0.525 + slack(0.5)
      && most.lowerBound >= 0.885 - slack(0.9) && most.upperBound <= 0.915 + slack(0.9)
      && found.coverage(0.99).lowerBound >= 0.98 - slack(0.99)
      && found.familyProbability > 0.01 / Double(CalibrationCell.all.count)
  }

  /// The scores of chains of the usual length over those of quadrature, and from three endmembers on of long Hamiltonian
  /// chains, on the same pixels.
  @Test(arguments: CalibrationCell.all) func scoresAreThoseOfTheExactPosterior(cell: CalibrationCell) throws {
    let pixels = CalibrationCell.isLong ? 250 : 40
    let ratios = try PosteriorCalibration.Ratios(refinedOn: cell.simulation, pixels: pixels, seed: 19)
    #expect(ratios.reference == (cell.endmembers == 2 ? "quadrature" : "nuts") && ratios.pixels == pixels)
    #expect(ratios.crps <= 1.02 && ratios.crps > 0.97, "CRPS \(ratios.crps)")
    #expect(ratios.energyScore <= 1.02 && ratios.energyScore > 0.97, "energy \(ratios.energyScore)")
  }

  @Test func unknownNoiseIsFound() throws {
    let simulation = LinearSimulation(endmembers: 3, angle: 0.3, signalToNoise: 25, seed: 17)
    let pixels = CalibrationCell.isLong ? 4000 : 300
    // The noise is told wrong by a factor of 3, and its prior is flat: only the spectra say what it is.
    let wrong = LinearPosterior(
      endmembers: simulation.endmembers, deviations: simulation.deviations.map { 3 * $0 },
      concentration: simulation.concentration,
      noise: .unknown(observations: Double(simulation.deviations.count), shape: 0, rate: 0))
    var random = RandomStream(seed: 20)
    let found = try PosteriorCalibration(
      of: "refined", on: simulation, pixels: pixels, seed: 21,
      draws: { block, spectra in
        random.rows = block.map { UInt32($0) }
        return try #require(wrong.sample(spectra, probabilities: [], keepsDraws: true, random: random).draws)
      })
    let slack = 4 * (0.09 / Double(pixels)).squareRoot()
    let most = found.coverage(0.9)
    #expect(most.lowerBound > 0.9 - slack && most.upperBound < 0.9 + slack, "90 %: \(most)")
  }

  /// NUTS judged as Gibbs is: the simulator knows neither.
  @Test(arguments: CalibrationCell.hamiltonian) func hamiltonianDrawsRankUniformly(cell: CalibrationCell) throws {
    let pixels = CalibrationCell.isLong ? 4000 : 300
    let found = try PosteriorCalibration(hamiltonianOn: cell.simulation, pixels: pixels, seed: 22)
    #expect(
      found.familyProbability > 0.01 / Double(CalibrationCell.hamiltonian.count),
      "χ² \(found.binsProbability), band \(found.bandProbability)")
  }

  /// What the tests above can see: a posterior a fifth too narrow, a shifted one, and one with the right marginals alone.
  @Test(arguments: ["narrow", "shifted", "uncorrelated"]) func seesWrongPosteriors(kind: String) throws {
    let simulation = LinearSimulation(endmembers: 3, angle: 0.1, signalToNoise: 25, seed: 17)
    let posterior = simulation.posterior()
    var random = RandomStream(seed: 24)
    let found = try PosteriorCalibration(
      of: kind, on: simulation, pixels: 500, seed: 25,
      draws: { block, spectra in
        random.rows = block.map { UInt32($0) }
        let summary = posterior.sample(
          spectra, schedule: .init(draws: 398), probabilities: [], keepsDraws: true, random: random)
        return Self.spoilt(try #require(summary.draws), summary, kind)
      })
    #expect(found.familyProbability < 1e-4, "\(found.familyProbability)")
  }

  private static func spoilt(_ draws: Tensor, _ summary: SimplexSummary, _ kind: String) -> Tensor {
    switch kind {
    case "narrow": return summary.mean + (draws - summary.mean) * 0.8
    case "shifted": return draws + summary.deviation * 0.3
    default:
      // Each component by itself from another draw.
      let (count, turn) = (draws.shape[0], 131)
      let parts = (0..<draws.shape[2]).map { k -> Tensor in
        let column = draws.slice(along: 2, k..<k + 1)
        let cut = turn * k % count
        return cut == 0
          ? column
          : .concatenated([column.slice(along: 0, cut..<count), column.slice(along: 0, 0..<cut)], along: 0)
      }
      return .concatenated(parts, along: 2)
    }
  }
}

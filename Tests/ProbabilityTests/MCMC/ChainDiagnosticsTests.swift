import Foundation
import Probability
import Tensors
import Testing

struct ChainDiagnosticsTests {
  private func chains(_ count: Int, _ length: Int, correlation: Double, seed: UInt64) -> [[Double]] {
    var random = RandomStream(seed: seed)
    let noise = random.normal([count, length]).scalars.map { Double($0) }
    return (0..<count).map { chain in
      var state = noise[chain * length]
      return (0..<length).map { step in
        if step > 0 {
          state = correlation * state + (1 - correlation * correlation).squareRoot() * noise[chain * length + step]
        }
        return state
      }
    }
  }

  @Test func independentDrawsAreAsManyAsTheyAre() {
    let found = ChainDiagnostics(chains(4, 2000, correlation: 0, seed: 31))
    // Seed 31; the estimate scatters by about 5 %.
    #expect(found.convergence < 1.005)
    #expect(abs(found.bulkEffective / 8000 - 1) < 0.15 && abs(found.tailEffective / 8000 - 1) < 0.2)
  }

  @Test(arguments: [0.5, 0.9]) func correlatedDrawsTellLess(correlation: Double) {
    // Of an autoregressive chain n (1 − ρ)/(1 + ρ) draws are effective.
    let found = ChainDiagnostics(chains(4, 8000, correlation: correlation, seed: 32))
    let expected = 32_000 * (1 - correlation) / (1 + correlation)
    #expect(abs(found.bulkEffective / expected - 1) < 0.15, "\(found.bulkEffective), not \(expected)")
  }

  @Test func chainsApartAreSeen() {
    var apart = chains(4, 500, correlation: 0, seed: 33)
    apart[0] = apart[0].map { $0 + 1 }
    #expect(ChainDiagnostics(apart).convergence > 1.05)
    // Equal means and other spreads: only the folded ranks see it.
    var wide = chains(4, 500, correlation: 0, seed: 34)
    wide[0] = wide[0].map { $0 * 4 }
    #expect(ChainDiagnostics(wide).convergence > 1.05)
    // A drift within a chain: only split chains see it.
    let drifting = chains(4, 500, correlation: 0, seed: 35).map { $0.enumerated().map { $1 + Double($0) / 200 } }
    #expect(ChainDiagnostics(drifting).convergence > 1.05)
  }

  @Test func equalDrawsHaveNone() {
    let found = ChainDiagnostics([[1, 1, 1, 1, 1, 1]])
    // A chain that never moves must not pass for one that tells more than it has draws.
    #expect(found.convergence.isNaN && found.bulkEffective.isNaN && found.tailEffective.isNaN)
    let stuck = ChainDiagnostics(chains(3, 100, correlation: 0, seed: 36) + [[Double](repeating: 3, count: 100)])
    #expect(stuck.convergence > 1.1 && stuck.bulkEffective < 40, "\(stuck)")
  }
}

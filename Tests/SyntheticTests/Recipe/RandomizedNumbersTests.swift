import Foundation
import Synthetic
import Testing

/// Recipes whose numbers are ranges.
@Suite struct RandomizedNumbersTests {
  private func recipe(_ noise: String, seed: UInt64?) throws -> Recipe {
    let yaml = """
      rows: {from: 4, to: 9}
      columns: 5
      minerals: [soil, tree]
      abundances: {field: dirichlet}
      noise: \(noise)
      illumination: {spread: {from: 0.001, to: 0.1, scale: log}}
      seed: 8
      """
    return try Recipe(yaml: Data(yaml.utf8), file: "random.yaml", seed: seed)
  }

  @Test func everySeedDrawsNumbersOfItsOwnWithinTheirEnds() throws {
    let recipes = try (0..<200).map { try recipe("{snr: {from: 20.0, to: 40.0}}", seed: $0) }
    let ratios = recipes.compactMap(\.noise.snr)
    #expect(Set(ratios).count == 200 && ratios.allSatisfy { (20...40).contains($0) })
    // 200 uniform numbers: mean within six standard errors of 30.
    let mean = ratios.reduce(0, +) / 200
    let bound: Double = 6 * 20 / 2400.0.squareRoot()
    #expect(abs(mean - 30) < bound)
    #expect(Set(recipes.map(\.rows)) == Set(4...9))
    let spreads = recipes.compactMap(\.illumination?.spread)
    // Half of the numbers lie below the geometric mean: 100 ± 6 standard deviations.
    let small = Double(spreads.count { $0 < 0.01 })
    #expect(abs(small - 100) < 43)
    #expect(try recipe("{snr: {from: 20.0, to: 40.0}}", seed: 3) == recipes[3])
  }

  @Test func withoutASeedTheRecipesOwnDecides() throws {
    #expect(try recipe("{snr: 30}", seed: nil) == recipe("{snr: 30}", seed: 8))
  }

  @Test func anotherRangeChangesNoOtherNumber() throws {
    #expect(
      try recipe("{snr: 30}", seed: 5).illumination == recipe("{snr: {from: 1, to: 2}}", seed: 5).illumination)
  }

  @Test(arguments: [
    ("{snr: {from: 20}}", "noise.snr", "a range {from: number, to: number}"),
    ("{snr: {from: 40, to: 20}}", "noise.snr", "from below to"),
    ("{snr: {from: 0, to: 20, scale: log}}", "noise.snr", "ends above 0 on a logarithmic scale"),
    ("{snr: {from: 1, to: 20, scale: cubic}}", "noise.snr", "scale linear or log"),
  ]) func saysWhatIsNoRange(noise: String, field: String, expected: String) {
    let error = #expect(throws: RecipeError.self) { try recipe(noise, seed: 1) }
    guard case .malformed("random.yaml", field, expected, _) = error else {
      Issue.record("found \(String(describing: error))")
      return
    }
  }
}

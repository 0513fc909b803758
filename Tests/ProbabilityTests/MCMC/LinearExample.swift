import Foundation
import Probability
import Tensors
import Testing

/// One pixel of linear mixing with known endmembers and noise, and what its posterior is by quadrature.
struct LinearExample: Sendable, CustomStringConvertible {
  let endmembers: [[Double]]
  let spectrum: [Double]
  let noise: Double
  let concentration: [Double]

  var description: String { "K = \(count), σ = \(noise), α = \(concentration[0])" }
  var count: Int { endmembers.count }

  private func inner(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }

  var gram: [Double] { endmembers.flatMap { row in endmembers.map { inner(row, $0) / (noise * noise) } } }
  var products: [Double] { endmembers.map { inner($0, spectrum) / (noise * noise) } }
  var square: Double { inner(spectrum, spectrum) / (noise * noise) }

  /// ‖y − Ma‖²/σ².
  func misfit(_ a: [Double]) -> Double {
    var sum = 0.0
    for band in spectrum.indices {
      let distance = spectrum[band] - endmembers.indices.reduce(0) { $0 + a[$1] * endmembers[$1][band] }
      sum += distance * distance
    }
    return sum / (noise * noise)
  }

  func prior(_ logarithms: [Double]) -> Double {
    zip(concentration, logarithms).reduce(0) { $0 + ($1.0 - 1) * $1.1 }
  }

  /// The posterior with known noise.
  var quadrature: SimplexQuadrature {
    SimplexQuadrature(count: count, leastConcentration: concentration.min() ?? 1) { -0.5 * misfit($0) + prior($1) }
  }

  static let bands = 12

  static func spectra(_ count: Int) -> [[Double]] {
    // The first two are alike: their angle is about 0.15 rad.
    let shapes: [(Int) -> Double] = [
      { 0.5 + 0.3 * sin(Double($0) / 4) }, { 0.5 + 0.3 * sin(Double($0) / 4) + 0.12 * cos(Double($0)) },
      { 0.2 + 0.05 * Double($0) },
    ]
    return shapes.prefix(count).map { shape in (0..<bands).map(shape) }
  }

  static func example(_ abundances: [Double], noise: Double, concentration: Double) -> LinearExample {
    let endmembers = spectra(abundances.count)
    let spectrum = (0..<bands).map { band in
      let mixed = abundances.indices.reduce(0) { $0 + abundances[$1] * endmembers[$1][band] }
      return mixed + noise * [0.7, -1.1, 0.3, 1.4, -0.2, -0.9, 0.1, 0.8, -1.3, 0.6, -0.4, 0.2][band]
    }
    return LinearExample(
      endmembers: endmembers, spectrum: spectrum, noise: noise,
      concentration: [Double](repeating: concentration, count: abundances.count))
  }

  static let all: [LinearExample] = [
    example([0.6, 0.4], noise: 0.1, concentration: 1), example([0.97, 0.03], noise: 0.05, concentration: 0.3),
    example([0.3, 0.7], noise: 0.2, concentration: 6), example([0.2, 0.5, 0.3], noise: 0.1, concentration: 1),
    example([0.05, 0.05, 0.9], noise: 0.05, concentration: 0.4),
    example([0.2, 0.2, 0.6], noise: 0.1, concentration: 4),
  ]
}

/// Checks draws of a sampler's many independent chains, `[chain][draw]` of every component, against quadrature: means within 4
/// Monte-Carlo errors (by the spread between chains), deviations within 3 %, each decile within 0.01 of its probability.
func checkAgreement(
  _ draws: (_ component: Int) -> [[Double]], with reference: SimplexQuadrature, by sampler: String = "chains"
) {
  for k in 0..<reference.count {
    let (chains, own) = (draws(k), "component \(k) by \(sampler)")
    let means = chains.map { $0.reduce(0, +) / Double($0.count) }
    let mean = means.reduce(0, +) / Double(means.count)
    let spread = means.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(means.count - 1)
    let error = (spread / Double(means.count)).squareRoot()
    #expect(abs(mean - reference.mean[k]) < 4 * error, "\(own): mean \(mean), not \(reference.mean[k]) ± \(error)")
    let sorted = chains.joined().sorted()
    let deviation = (sorted.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(sorted.count)).squareRoot()
    #expect(
      abs(deviation / reference.deviation[k] - 1) < 0.03, "\(own): sd \(deviation), not \(reference.deviation[k])")
    let deciles = (1...9).map { sorted[sorted.count * $0 / 10] }
    for (place, probability) in reference.distribution(of: k, at: deciles).enumerated() {
      #expect(abs(probability - Double(place + 1) / 10) < 0.01, "\(own): decile \(place + 1) has \(probability)")
    }
  }
}

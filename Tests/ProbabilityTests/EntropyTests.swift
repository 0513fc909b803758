import Foundation
import Probability
import Tensors
import TestSupport
import Testing

/// Against 174 cases computed to 50 digits: concentrations from 10⁻³ to 10⁶, rates from 10⁻²⁰ to 10²⁰.
struct EntropyTests {
  struct Case: Sendable {
    let family: Substring
    let parameters: [Tensor]
    let entropy: Double
    let slopes: [Double]
  }

  static let families: [Substring: @Sendable ([Tensor]) -> any EntropicDistribution] = [
    "gamma": { Gamma(concentration: $0[0], rate: $0[1]) },
    "beta": { Beta($0[0], $0[1]) },
    "logNormal": { LogNormal(location: $0[0], scale: $0[1]) },
  ]

  let cases: [Case] = entropyReference.split(separator: "\n").map { line in
    let fields = line.split(separator: " ")
    let numbers = fields.dropFirst().map { Double($0) ?? .nan }
    let parameters = fields[1...2].map { Tensor([1, 1], [Scalar(Float($0) ?? .nan)]) }
    return Case(family: fields[0], parameters: parameters, entropy: numbers[2], slopes: Array(numbers[3...4]))
  }

  @Test func readsTheWholeTable() {
    #expect(cases.count == 174)
    #expect(Set(cases.map(\.family)) == Set(Self.families.keys))
    #expect(cases.allSatisfy { $0.entropy.isFinite })
  }

  @Test func entropiesAndDerivativesAreRoundedOnce() throws {
    // Beta's terms reach 10⁷ before they cancel; in Double that leaves 10⁻⁸ nats, far below a Float's last place.
    for reference in cases {
      let make = try #require(Self.families[reference.family])
      var parameters = reference.parameters
      let (value, gradient) = valueAndGradient(at: &parameters) { make($0).entropy.sum() }
      let label = "\(reference.family) \(reference.parameters.map { $0.scalars[0] })"
      expectClose(
        Double(value), reference.entropy, absolute: 1e-8, relative: 0.51 * Double(Scalar.ulpOfOne), because: label)
      for (slope, expected) in zip(gradient, reference.slopes) {
        expectClose(
          Double(slope.scalars[0]), expected, relative: max(Double(Scalar.ulpOfOne), 1e-8), because: "∂ \(label)")
      }
    }
  }

  @Test func aLongRowKeepsItsDigits() {
    // 10⁶ components whose terms ½ log 2πe and log σ cancel to 10⁻⁴ nats each.
    let bands = 1_000_000
    let deviation: Scalar = 0.242
    let exact = Double(bands) * (0.5 * (1 + log(2 * Double.pi)) + log(Double(deviation)))
    let entropy = Normal(mean: .zeros([1, bands]), standardDeviation: deviation).entropy
    #expect(entropy.shape == [1])
    expectClose(
      Double(entropy.scalars[0]), exact, relative: max(Double(Scalar.ulpOfOne), 1e-11),
      because: "a cancellation of 10⁴ in Double, rounded once")
  }
}

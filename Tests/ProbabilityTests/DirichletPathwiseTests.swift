import Foundation
import Probability
import Tensors
import TestSupport
import Testing

/// The derivatives of draws with respect to concentrations, jointly and not only component by component.
struct DirichletPathwiseTests {
  /// E[Π a_k^{p_k}] = Γ(α₀)/Γ(α₀ + Σp) · Π Γ(α_k + p_k)/Γ(α_k).
  func crossMoment(_ alpha: [Double], _ powers: [Double]) -> Double {
    let total = alpha.reduce(0, +)
    var logarithm = libraryLogGamma(total) - libraryLogGamma(total + powers.reduce(0, +))
    for (a, power) in zip(alpha, powers) { logarithm += libraryLogGamma(a + power) - libraryLogGamma(a) }
    return exp(logarithm)
  }

  @Test(arguments: [[1, 1, 0], [2, 1, 0], [1, 1, 1], [0, 1, 3], [2, 0, 2]] as [[Double]])
  func crossMomentsHaveTheRightDerivative(powers: [Double]) {
    // The weak form of the continuity equation: d/dα E[f] = E[∇f · ∂a/∂α] for joint functions. Seed 24.
    let alpha: [Scalar] = [0.6, 1.5, 4]
    let draws = 40_000
    var tracked = repeated([alpha], draws)
    let (_, gradient) = valueAndGradient(at: &tracked) { tracked in
      var random = RandomStream(seed: 24)
      let draw = Dirichlet(concentration: tracked[0]).sample(using: &random)
      let columns = (0..<3).map { draw.slice(along: -1, $0..<$0 + 1).power(Scalar(powers[$0])) }
      return (columns[0] * columns[1] * columns[2]).sum()
    }
    for component in 0..<3 {
      let expected = sixPointSlope(at: Double(alpha[component])) { argument in
        var moved = alpha.map { Double($0) }
        moved[component] = argument
        return crossMoment(moved, powers)
      }
      let column = column(component, of: gradient[0])
      expectMean(column, is: expected, "∂E[Π a^p]/∂α[\(component)] for p = \(powers)")
    }
  }

  @Test(arguments: [[0.6, 1.5, 4], [0.2, 0.3, 0.4], [12, 3, 40]] as [[Double]])
  func theContinuityEquationHolds(alpha: [Double]) {
    // ∂ log p/∂α_j + div v_j + v_j · ∇ log p = 0 in (a₁, a₂), where v_j(a) is the mean of ∂a/∂α_j over the
    // independent sum s ~ Gamma(α₀) of the gamma variates: ∂a_i/∂α_j = a_i (δ_ij − a_j) d log γ_j/dα_j at γ_j = s a_j.
    let total = alpha.reduce(0, +)
    for point in [[0.2, 0.3], [0.6, 0.1], [0.05, 0.8]] {
      for j in 0..<3 {
        let velocity = { (a: [Double]) -> [Double] in
          let a = a + [1 - a[0] - a[1]]
          let rate = meanOverSums(total) { s in
            SpecialFunctions.gammaPathwiseGradient(alpha: alpha[j], x: s * a[j]) / (s * a[j])
          }
          return (0..<2).map { (i: Int) -> Double in a[i] * ((i == j ? 1.0 : 0.0) - a[j]) * rate }
        }
        let logDensity = { (a: [Double]) -> Double in dirichletLogDensity(alpha, a + [1 - a[0] - a[1]]) }
        let last = point + [1 - point[0] - point[1]]
        let change = SpecialFunctions.digamma(total) - SpecialFunctions.digamma(alpha[j]) + log(last[j])
        var residual = change
        for axis in 0..<2 {
          let moved = { (shift: Double) -> [Double] in
            var a = point
            a[axis] = shift
            return a
          }
          residual += sixPointSlope(at: point[axis]) { velocity(moved($0))[axis] }
          residual += velocity(point)[axis] * sixPointSlope(at: point[axis]) { logDensity(moved($0)) }
        }
        expectClose(
          residual, 0, absolute: 1e-5 * max(1, abs(change)), because: "quadrature and six-point differences")
      }
    }
  }
}

/// E[f(s)] for s ~ Gamma(total, 1), by the trapezoidal rule in log s, whose integrand decays at both ends.
private func meanOverSums(_ total: Double, _ function: (Double) -> Double) -> Double {
  let low = log(total) - 60 / min(total, 60) - 12 / total.squareRoot()
  let high = log(total + 60 + 12 * total.squareRoot())
  let steps = 600
  let width = (high - low) / Double(steps)
  var sum = 0.0
  for step in 0...steps {
    let u = low + Double(step) * width
    sum += width * exp(total * u - exp(u) - libraryLogGamma(total)) * function(exp(u))
  }
  return sum
}

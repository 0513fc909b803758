import Foundation

/// Modified Bessel functions of the second kind, which shape Matérn covariances.
package enum Bessel {
  /// K_ν(x), the solution of x²y″ + xy′ = (x² + ν²)y that decays.
  ///
  ///     K_ν(x) = ∫₀^∞ exp(−x cosh t) cosh(νt) dt
  ///
  /// In closed form for ν = ½, 3/2, 5/2; otherwise by the trapezoid rule, which converges exponentially for this
  /// integrand. Relative error below 10⁻¹³ for ν ≤ 10 and 10⁻³ ≤ x ≤ 700.
  ///
  /// - Edge cases: infinite at `x` = 0; zero where it underflows, beyond about 740.
  /// - Precondition: `order` in 0…50, `x` ≥ 0.
  /// - Source: Abramowitz & Stegun (1964), 9.6.24 and 10.2.17.
  package static func secondKind(order: Double, at x: Double) -> Double {
    exp(-x) * scaledSecondKind(order: order, at: x)
  }

  /// exp(x) K_ν(x), which does not underflow.
  package static func scaledSecondKind(order: Double, at x: Double) -> Double {
    precondition((0...50).contains(order), "order \(order) of a Bessel function is outside 0…50")
    precondition(x >= 0, "a Bessel function of the second kind at \(x)")
    guard x > 0 else { return .infinity }
    let half = (Double.pi / (2 * x)).squareRoot()
    switch order {
    case 0.5: return half
    case 1.5: return half * (1 + 1 / x)
    case 2.5: return half * (1 + 3 / x + 3 / (x * x))
    default: return integral(order: order, at: x)
    }
  }

  /// ∫₀^∞ exp(−x (cosh t − 1)) cosh(νt) dt, until the terms no longer count.
  private static func integral(order: Double, at x: Double) -> Double {
    // The integrand narrows to a Gaussian of deviation x^-½ for large x and has poles nowhere.
    let step = min(0.0625, 0.25 / x.squareRoot())
    let peak = asinh(order / x)
    var sum = 0.5
    var t = step
    while true {
      // cosh t − 1 = 2 sinh²(t/2) keeps its digits for small t.
      let s = sinh(t / 2)
      let term = 0.5 * (exp(order * t - 2 * x * s * s) + exp(-order * t - 2 * x * s * s))
      sum += term
      if t > peak && term < 1e-18 * sum { return sum * step }
      t += step
    }
  }
}

internal import CGSL

/// Modified Bessel functions of the second kind, which shape Matérn covariances, by the GNU Scientific Library.
package enum Bessel {
  /// exp(x) K_ν(x), which does not underflow; K_ν is the solution of x²y″ + xy′ = (x² + ν²)y that decays.
  ///
  /// Relative error below 10⁻¹³ for ν ≤ 10 and 10⁻³ ≤ x ≤ 700.
  ///
  /// - Edge cases: infinite at `x` = 0 and where it overflows.
  /// - Precondition: `order` in 0…50, `x` ≥ 0.
  /// - Source: Temme (1975), *J. Comput. Phys.* 19; Abramowitz & Stegun (1964), 9.6.
  package static func scaledSecondKind(order: Double, at x: Double) -> Double {
    precondition((0...50).contains(order), "order \(order) of a Bessel function is outside 0…50")
    precondition(x >= 0, "a Bessel function of the second kind at \(x)")
    guard x > 0 else { return .infinity }
    _ = errorsAreReturned
    var result = gsl_sf_result()
    return gsl_sf_bessel_Knu_scaled_e(order, x, &result) == Int32(GSL_SUCCESS) ? result.val : .infinity
  }

  /// The library's own handler of errors would end the process.
  private static let errorsAreReturned: Bool = {
    gsl_set_error_handler_off()
    return true
  }()
}

internal import CKernels

/// The special functions of probability, for single numbers in `Double`.
///
/// Outside its domain a function is NaN; nothing traps and nothing is printed.
public enum SpecialFunctions {
  /// log Γ(x) for x ≥ 0; relative error below 10⁻¹⁵, at the zeros 1 and 2 as well.
  public static func logGamma(_ x: Double) -> Double { alu_log_gamma_double(x) }

  /// ψ(x) = d log Γ(x)/dx for x ≥ 0; relative error below 5·10⁻¹⁵, at its zero 1.4616… as well.
  public static func digamma(_ x: Double) -> Double { alu_digamma_double(x) }

  /// ψ′(x) for x ≥ 0.
  public static func trigamma(_ x: Double) -> Double { alu_trigamma_double(x) }

  /// The probability that a Gamma(a, 1) variate is at most x.
  ///
  ///     P(a, x) = ∫₀ˣ tᵃ⁻¹ e⁻ᵗ dt / Γ(a),   a > 0, x ≥ 0
  public static func regularizedGammaP(a: Double, x: Double) -> Double { alu_gamma_p(a, x) }

  /// Q(a, x) = 1 − P(a, x), with its own digits where it is small.
  public static func regularizedGammaQ(a: Double, x: Double) -> Double { alu_gamma_q(a, x) }

  /// The x with P(a, x) = p: a quantile of Gamma(a, 1). It is 0 where the quantile is below the range of `Double`.
  public static func inverseRegularizedGammaP(a: Double, p: Double) -> Double { alu_gamma_p_inverse(a, p) }

  /// ∂P(a, x)/∂a.
  package static func regularizedGammaPShapeDerivative(a: Double, x: Double) -> Double {
    alu_gamma_p_shape_derivative(a, x)
  }

  /// The probability that a Beta(a, b) variate is at most x.
  ///
  ///     I_x(a, b) = ∫₀ˣ tᵃ⁻¹ (1 − t)ᵇ⁻¹ dt / B(a, b),   a, b > 0, 0 ≤ x ≤ 1
  ///
  /// - Source: DiDonato and Morris, *Algorithm 708*, ACM TOMS 18 (1992), Eq. 9.
  public static func regularizedBeta(x: Double, a: Double, b: Double) -> Double {
    var result = Double.nan
    withUnsafePointer(to: a) { a in
      withUnsafePointer(to: b) { b in withUnsafePointer(to: x) { alu_beta_i(a, b, $0, &result, 1) } }
    }
    return result
  }

  /// The x with I_x(a, b) = p: a quantile of Beta(a, b).
  public static func inverseRegularizedBeta(p: Double, a: Double, b: Double) -> Double {
    inverseRegularizedBeta(p: [p], a: [a], b: [b])[0]
  }

  /// Quantiles of many Beta distributions at once, on all threads.
  package static func inverseRegularizedBeta(p: [Double], a: [Double], b: [Double]) -> [Double] {
    precondition(p.count == a.count && p.count == b.count, "\(p.count) probabilities for \(a.count), \(b.count) shapes")
    return [Double](unsafeUninitializedCapacity: p.count) { out, count in
      nonisolated(unsafe) let target = out
      p.withUnsafeBufferPointer { p in
        a.withUnsafeBufferPointer { a in
          b.withUnsafeBufferPointer { b in
            parallelRanges(p.count, length: 1024) { range in
              guard let a = a.baseAddress, let b = b.baseAddress, let p = p.baseAddress, let out = target.baseAddress
              else { return }
              let start = range.lowerBound
              alu_beta_i_inverse(a + start, b + start, p + start, out + start, range.count)
            }
          }
        }
      }
      count = p.count
    }
  }

  /// erf(x) = 2/√π ∫₀ˣ e^(−t²) dt.
  public static func errorFunction(_ x: Double) -> Double { alu_error_function(x) }

  /// Φ(z), the probability that a standard normal variate is at most z.
  public static func normalCDF(_ z: Double) -> Double { alu_normal_cdf(z) }

  /// The z with Φ(z) = p; −∞ at 0 and ∞ at 1.
  public static func normalQuantile(_ p: Double) -> Double { alu_normal_quantile(p) }

  /// How a Gamma(α, 1) variate moves with its concentration at fixed probability.
  ///
  ///     dx/dα = −(∂P(α, x)/∂α) / p(x),   p(x) = xᵅ⁻¹ e⁻ˣ / Γ(α)
  ///
  /// The relative error is below 10⁻¹¹ for α in 10⁻⁶ … 10⁷ and every x > 0.
  /// - Source: Figurnov, Mohamed and Mnih, *Implicit reparameterization gradients*, NeurIPS 2018, Eq. 5.
  public static func gammaPathwiseGradient(alpha: Double, x: Double) -> Double {
    gammaLogPathwiseGradient(alpha: alpha, logX: alu_log_double(x)) * x
  }

  /// d log x/dα at fixed probability, also where x itself is below the range of `Double`.
  package static func gammaLogPathwiseGradient(alpha: Double, logX: Double) -> Double {
    var result = Double.nan
    withUnsafePointer(to: alpha) { alpha in
      withUnsafePointer(to: logX) { alu_gamma_log_gradient(alpha, $0, &result, 1) }
    }
    return result
  }
}

extension Tensor {
  /// log Γ, elementwise, for numbers ≥ 0; computed in `Double` and rounded once.
  public func logGamma() -> Tensor {
    let x = detached
    return .recording(x.mapped(alu_log_gamma), (self, { $0 * x.mapped(alu_digamma) }))
  }

  /// ψ = (log Γ)′, elementwise, for numbers ≥ 0; computed in `Double` and rounded once.
  public func digamma() -> Tensor {
    let x = detached
    return .recording(x.mapped(alu_digamma), (self, { $0 * x.mapped(alu_trigamma) }))
  }

  /// ψ′, elementwise, for numbers ≥ 0; computed in `Double` and rounded once.
  public func trigamma() -> Tensor {
    let x = detached
    return .recording(x.mapped(alu_trigamma), (self, { $0 * x.mapped(alu_tetragamma) }))
  }
}

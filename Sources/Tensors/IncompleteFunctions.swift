internal import CKernels

/// The regularised incomplete gamma and beta functions and their inverses, elementwise with broadcasting; computed in
/// `Double` and rounded once. Outside their domain, as for a shape that is not above 0, they are NaN.
extension Tensor {
  /// P(a, x), the probability that a Gamma(a, 1) variate is at most x.
  ///
  ///     P(a, x) = ∫₀ˣ tᵃ⁻¹ e⁻ᵗ dt / Γ(a),   ∂P/∂x = xᵃ⁻¹ e⁻ˣ / Γ(a)
  ///
  /// - Parameters:
  ///   - a: Shapes, above 0.
  ///   - x: Places, at least 0.
  /// - Edge cases: At x = 0 the slope along x is infinite for a < 1.
  /// - Source: of ∂P/∂a, Figurnov, Mohamed and Mnih, *Implicit reparameterization gradients*, NeurIPS 2018, Eq. 5.
  public static func regularizedGammaP(a: Tensor, x: Tensor) -> Tensor {
    pointwise([a, x]) { alu_incomplete_gamma($0[0], $0[1], 0, $1, $2[0], $2[1], $3) }
  }

  /// Q(a, x) = 1 − P(a, x), with its own digits where it is small.
  public static func regularizedGammaQ(a: Tensor, x: Tensor) -> Tensor {
    pointwise([a, x]) { alu_incomplete_gamma($0[0], $0[1], 1, $1, $2[0], $2[1], $3) }
  }

  /// The x with P(a, x) = p: a quantile of Gamma(a, 1).
  ///
  ///     ∂x/∂p = 1 / density(x),   ∂x/∂a = −(∂P/∂a) / density(x)
  ///
  /// - Edge cases: 0 where the quantile is below the range of `Double`, ∞ at p = 1.
  public static func inverseRegularizedGammaP(a: Tensor, p: Tensor) -> Tensor {
    pointwise([a, p]) { alu_incomplete_gamma_inverse($0[0], $0[1], $1, $2[0], $2[1], $3) }
  }

  /// I_x(a, b), the probability that a Beta(a, b) variate is at most x.
  ///
  ///     I_x(a, b) = ∫₀ˣ tᵃ⁻¹ (1 − t)ᵇ⁻¹ dt / B(a, b),   ∂I/∂x = xᵃ⁻¹ (1 − x)ᵇ⁻¹ / B(a, b)
  ///
  /// - Parameters:
  ///   - x: Places in 0 … 1.
  ///   - a: First shapes, above 0.
  ///   - b: Second shapes, above 0.
  /// - Edge cases: At x = 0 the slope along x is infinite for a < 1, at x = 1 for b < 1.
  /// - Source: of ∂I/∂a and ∂I/∂b, Boik and Robison-Cox, *Derivatives of the incomplete beta function*, J. Stat. Software
  ///   3 (1998), on the continued fraction of DiDonato and Morris, *Algorithm 708*, ACM TOMS 18 (1992), Eq. 9.
  public static func regularizedBeta(x: Tensor, a: Tensor, b: Tensor) -> Tensor {
    pointwise([x, a, b]) { alu_incomplete_beta($0[0], $0[1], $0[2], $1, $2[0], $2[1], $2[2], $3) }
  }

  /// The x with I_x(a, b) = p: a quantile of Beta(a, b).
  ///
  ///     ∂x/∂p = 1 / density(x),   ∂x/∂a = −(∂I/∂a) / density(x)
  ///
  /// - Edge cases: Where x rounds to 0 or 1 although p does not, it no longer moves with the shapes: derivatives are 0.
  public static func inverseRegularizedBeta(p: Tensor, a: Tensor, b: Tensor) -> Tensor {
    pointwise([p, a, b]) { alu_incomplete_beta_inverse($0[0], $0[1], $0[2], $1, $2[0], $2[1], $2[2], $3) }
  }
}

extension Tensor {
  /// Values of `count` elements of operands, and partial derivatives where there is room for them.
  private typealias PointwiseKernel =
    @Sendable (
      _ operands: [UnsafePointer<Scalar>], _ value: UnsafeMutablePointer<Scalar>,
      _ partials: [UnsafeMutablePointer<Scalar>?], _ count: Int
    ) -> Void

  /// A function of several numbers, elementwise; its partial derivatives are made together with it.
  private static func pointwise(_ operands: [Tensor], _ kernel: PointwiseKernel) -> Tensor {
    let shape = operands.dropFirst().reduce(operands[0].shape) { $0.broadcast(with: $1.shape) }
    let operands = operands.map { $0.broadcast(to: shape) }
    let sources = operands.map { $0.storage }
    let partials = operands.map { $0.isTracked ? Storage(uninitialized: shape.count) : nil }
    let value = Tensor(uninitialized: shape) { out in
      let out = Shared(out.baseAddress)
      parallelRanges(shape.count, length: pointwiseChunk) { range in
        guard let out = out.pointer else { return }
        let start = range.lowerBound
        kernel(
          sources.map { UnsafePointer($0.pointer + start) }, out + start,
          partials.map { $0.map { $0.pointer + start } },
          range.count)
      }
    }
    let slopes = partials.map { $0.map { Tensor(shape, $0) } }
    return .recording(value, from: operands) { upstream, _ in slopes.map { $0.map { upstream * $0 } } }
  }
}

/// How many such numbers one thread computes at a time: each takes about a microsecond.
private let pointwiseChunk = 1024

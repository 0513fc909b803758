internal import CKernels

extension Tensor {
  /// Logarithms of Gamma(α, 1) variates, exact in distribution and differentiable along α.
  ///
  ///     log x,   x ~ Gamma(α, 1);   d log x/dα = −(∂P(α, x)/∂α) / (x p(x))
  ///
  /// In log space nothing underflows: at α = 10⁻³ most variates are below 10⁻¹⁰⁰, and their softmax, a Dirichlet draw,
  /// still lies at the right vertex. Computed in `Double` and rounded once.
  ///
  /// - Shapes: those of `concentration`; the first axis is the rows that the stream tells apart, each of fewer than
  ///   2²⁴ numbers.
  /// - Edge cases: a concentration that is not above 0 gives NaN. Below 10⁻³⁰ results are held within the range of
  ///   `Scalar`, so that they stay finite.
  /// - Source: Marsaglia and Tsang, *A simple method for generating gamma variables*, ACM TOMS 26 (2000), with
  ///   log x = log x′ + log(u)/α, x′ ~ Gamma(α + 1), for α < 1; the derivative is that of Figurnov, Mohamed and Mnih,
  ///   *Implicit reparameterization gradients*, NeurIPS 2018, Eq. 5.
  public static func logGammaDraw(concentration: Tensor, using random: inout RandomStream) -> Tensor {
    drawn(concentration, using: &random, by: alu_log_gamma_draw)
  }

  /// Logarithms of *approximate* Gamma(α, 1) variates from the leading power of the distribution function.
  ///
  ///     log x = (log u + log Γ(α + 1)) / α,   d log x/dα = (ψ(α + 1) − log x) / α
  ///
  /// Good for α below 1, poor above: use ``logGammaDraw(concentration:using:)`` unless a published method asks for this.
  ///
  /// - Shapes: as in ``logGammaDraw(concentration:using:)``.
  /// - Source: Joo, Lee, Park and Moon, *Dirichlet variational autoencoder*, Pattern Recognition 107 (2020), Sec. 3.
  public static func logGammaDrawInverseCDF(concentration: Tensor, using random: inout RandomStream) -> Tensor {
    drawn(concentration, using: &random, by: alu_log_gamma_draw_inverse)
  }

  private typealias DrawKernel =
    @convention(c) (
      alu_stream, UnsafePointer<UInt32>?, Int, Int, UnsafePointer<Scalar>?, UnsafeMutablePointer<Scalar>?,
      UnsafeMutablePointer<Scalar>?
    ) -> Void

  /// The derivative is made together with the draw, while log x is still known in `Double`.
  private static func drawn(
    _ concentration: Tensor, using random: inout RandomStream, by kernel: DrawKernel
  ) -> Tensor {
    let shape = concentration.shape
    let (rows, width) = shape.rowsAndWidth
    precondition(width < 1 << 24, "rows of \(width) numbers; at most \(1 << 24 - 1) can be told apart")
    let key = random.advance()
    return random.withIdentities(of: rows) { identities in
      let slope = concentration.isTracked ? Storage(uninitialized: shape.count) : nil
      let value = Tensor(uninitialized: shape) { out in
        if shape.count == 0 { return }
        kernel(key, identities, rows, width, concentration.storage.pointer, out.baseAddress, slope?.pointer)
      }
      guard let slope else { return value }
      let derivative = Tensor(shape, slope)
      return .recording(value, (concentration, { $0 * derivative }))
    }
  }
}

internal import CKernels
internal import COpenBLAS

/// The one place that calls OpenBLAS and its LAPACK. Threads are ours: the library runs on one inside each of them,
/// because its own split changes the order of additions.
///
/// Matrices are row-major; *leading* is how far apart the stored rows of an operand lie.
enum BLAS {
  /// Evaluated once, at the first call.
  private static let singleThreaded: Void = openblas_set_num_threads(1)

  #if DoublePrecision
    private static let gemm = cblas_dgemm
    private static let trsm = cblas_dtrsm
    private static let gesdd = LAPACKE_dgesdd
    private static let syevd = LAPACKE_dsyevd
    private static let potrf = LAPACKE_dpotrf
    private static let geqrf = LAPACKE_dgeqrf
    private static let orgqr = LAPACKE_dorgqr
    private static let getrf = LAPACKE_dgetrf
    private static let getrs = LAPACKE_dgetrs
  #else
    private static let gemm = cblas_sgemm
    private static let trsm = cblas_strsm
    private static let gesdd = LAPACKE_sgesdd
    private static let syevd = LAPACKE_ssyevd
    private static let potrf = LAPACKE_spotrf
    private static let geqrf = LAPACKE_sgeqrf
    private static let orgqr = LAPACKE_sorgqr
    private static let getrf = LAPACKE_sgetrf
    private static let getrs = LAPACKE_sgetrs
  #endif

  /// C = A·B (or C += A·B), each operand transposed or not. Subnormal numbers count as 0.
  ///
  /// - Parameters:
  ///   - rows, columns, depth: C is `[rows, columns]`; the sum runs over `depth`.
  static func product(
    rows: Int, columns: Int, depth: Int,
    _ a: UnsafePointer<Scalar>, _ aLeading: Int, transposed aTransposed: Bool,
    _ b: UnsafePointer<Scalar>, _ bLeading: Int, transposed bTransposed: Bool,
    into c: UnsafeMutablePointer<Scalar>, _ cLeading: Int, accumulating: Bool = false
  ) {
    _ = singleThreaded
    if rows == 0 || columns == 0 { return }
    let before = alu_begin_flushing()
    defer { alu_end_flushing(before) }
    gemm(
      CblasRowMajor, aTransposed ? CblasTrans : CblasNoTrans, bTransposed ? CblasTrans : CblasNoTrans,
      Int32(rows), Int32(columns), Int32(depth), 1, a, Int32(max(aLeading, 1)), b, Int32(max(bLeading, 1)),
      accumulating ? 1 : 0, c, Int32(cLeading))
  }

  /// B ← T⁻¹B or T⁻ᵀB for a triangular T of size `size` and B of shape `[size, columns]`.
  static func solveTriangular(
    size: Int, columns: Int, _ triangle: UnsafePointer<Scalar>, isUpper: Bool, transposed: Bool,
    _ right: UnsafeMutablePointer<Scalar>
  ) {
    _ = singleThreaded
    if size == 0 || columns == 0 { return }
    trsm(
      CblasRowMajor, CblasLeft, isUpper ? CblasUpper : CblasLower, transposed ? CblasTrans : CblasNoTrans,
      CblasNonUnit, Int32(size), Int32(columns), 1, triangle, Int32(size), right, Int32(columns))
  }
}

/// LAPACK's drivers. What they return is 0, or the one-based place of a failure, or negative for an input with NaN.
extension BLAS {
  /// The thin singular value decomposition of `[rows, columns]`; `a` is destroyed.
  static func singularValues(
    rows: Int, columns: Int, _ a: UnsafeMutablePointer<Scalar>, values: UnsafeMutablePointer<Scalar>,
    left: UnsafeMutablePointer<Scalar>, rightTransposed: UnsafeMutablePointer<Scalar>
  ) -> Int {
    _ = singleThreaded
    let (m, n, k) = (Int32(rows), Int32(columns), Int32(min(rows, columns)))
    return Int(gesdd(LAPACK_ROW_MAJOR, letter("S"), m, n, a, n, values, left, k, rightTransposed, n))
  }

  /// Eigenvalues in ascending order; `a` becomes the eigenvectors, in columns.
  static func eigenvalues(
    size: Int, _ a: UnsafeMutablePointer<Scalar>, values: UnsafeMutablePointer<Scalar>
  ) -> Int {
    _ = singleThreaded
    return Int(syevd(LAPACK_ROW_MAJOR, letter("V"), letter("L"), Int32(size), a, Int32(size), values))
  }

  /// The Cholesky factor replaces the lower triangle of `a`.
  static func cholesky(size: Int, _ a: UnsafeMutablePointer<Scalar>) -> Int {
    _ = singleThreaded
    return Int(potrf(LAPACK_ROW_MAJOR, letter("L"), Int32(size), a, Int32(size)))
  }

  /// R replaces the upper triangle of `a`, Householder vectors the rest.
  static func householder(
    rows: Int, columns: Int, _ a: UnsafeMutablePointer<Scalar>, factors: UnsafeMutablePointer<Scalar>
  ) -> Int {
    _ = singleThreaded
    return Int(geqrf(LAPACK_ROW_MAJOR, Int32(rows), Int32(columns), a, Int32(columns), factors))
  }

  /// Q replaces the Householder vectors in `a`.
  static func orthogonal(
    rows: Int, columns: Int, _ a: UnsafeMutablePointer<Scalar>, factors: UnsafePointer<Scalar>
  ) -> Int {
    _ = singleThreaded
    return Int(
      orgqr(LAPACK_ROW_MAJOR, Int32(rows), Int32(columns), Int32(columns), a, Int32(columns), factors))
  }

  /// L and U replace `a`; row i was exchanged with row `pivots[i]`.
  static func triangularFactors(
    size: Int, _ a: UnsafeMutablePointer<Scalar>, pivots: UnsafeMutablePointer<Int32>
  ) -> Int {
    _ = singleThreaded
    return Int(getrf(LAPACK_ROW_MAJOR, Int32(size), Int32(size), a, Int32(size), pivots))
  }

  /// B ← A⁻¹B or A⁻ᵀB, from the factors.
  static func solve(
    size: Int, columns: Int, factors: UnsafePointer<Scalar>, pivots: UnsafePointer<Int32>, transposed: Bool,
    _ right: UnsafeMutablePointer<Scalar>
  ) -> Int {
    _ = singleThreaded
    return Int(
      getrs(
        LAPACK_ROW_MAJOR, letter(transposed ? "T" : "N"), Int32(size), Int32(columns), factors, Int32(size), pivots,
        right, Int32(columns)))
  }

  /// Eigenvalues in ascending order, in Double; `a` becomes the eigenvectors, in columns.
  static func eigenvalues(
    size: Int, double a: UnsafeMutablePointer<Double>, values: UnsafeMutablePointer<Double>
  ) -> Int {
    _ = singleThreaded
    return Int(LAPACKE_dsyevd(LAPACK_ROW_MAJOR, letter("V"), letter("L"), Int32(size), a, Int32(size), values))
  }

  /// The inverse of a symmetric positive definite matrix replaces the lower triangle of `a`, in Double.
  static func inverse(size: Int, double a: UnsafeMutablePointer<Double>) -> Int {
    _ = singleThreaded
    let outcome = LAPACKE_dpotrf(LAPACK_ROW_MAJOR, letter("L"), Int32(size), a, Int32(size))
    return Int(outcome == 0 ? LAPACKE_dpotri(LAPACK_ROW_MAJOR, letter("L"), Int32(size), a, Int32(size)) : outcome)
  }

  private static func letter(_ character: Unicode.Scalar) -> CChar { CChar(truncatingIfNeeded: character.value) }
}

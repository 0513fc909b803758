import COpenBLAS

/// The one place that calls OpenBLAS for products. Threads are ours: the library runs on one inside each of them,
/// because its own split changes the order of additions.
enum BLAS {
  /// Evaluated once, at the first product.
  private static let singleThreaded: Void = openblas_set_num_threads(1)

  /// C = A·B (or C += A·B), row-major, each operand transposed or not.
  ///
  /// - Parameters:
  ///   - rows, columns, depth: C is `[rows, columns]`; the sum runs over `depth`.
  ///   - leading dimensions: how far apart the stored rows of an operand lie.
  static func product(
    rows: Int, columns: Int, depth: Int,
    _ a: UnsafePointer<Scalar>, _ aLeading: Int, transposed aTransposed: Bool,
    _ b: UnsafePointer<Scalar>, _ bLeading: Int, transposed bTransposed: Bool,
    into c: UnsafeMutablePointer<Scalar>, _ cLeading: Int, accumulating: Bool = false
  ) {
    _ = singleThreaded
    if rows == 0 || columns == 0 { return }
    let (m, n, k) = (Int32(rows), Int32(columns), Int32(depth))
    let (transA, transB) = (aTransposed ? CblasTrans : CblasNoTrans, bTransposed ? CblasTrans : CblasNoTrans)
    let keep: Scalar = accumulating ? 1 : 0
    #if DoublePrecision
      cblas_dgemm(
        CblasRowMajor, transA, transB, m, n, k, 1, a, Int32(max(aLeading, 1)), b, Int32(max(bLeading, 1)), keep, c,
        Int32(cLeading))
    #else
      cblas_sgemm(
        CblasRowMajor, transA, transB, m, n, k, 1, a, Int32(max(aLeading, 1)), b, Int32(max(bLeading, 1)), keep, c,
        Int32(cLeading))
    #endif
  }
}

/// Why a matrix has no such decomposition.
public enum DecompositionError: Error, Equatable, CustomStringConvertible {
  /// A Cholesky factorisation met a pivot that is not positive: the leading block up to and including it is not
  /// positive definite.
  case notPositiveDefinite(pivot: Int, size: Int)
  /// Elimination met a pivot that is exactly zero: the matrix has no inverse.
  case singular(pivot: Int, size: Int)
  /// The matrix holds a NaN or an infinity.
  case notFinite(shape: Shape)

  /// One sentence with the place of the failure, counted from 0.
  public var description: String {
    switch self {
    case .notPositiveDefinite(let pivot, let size):
      "a matrix of shape [\(size), \(size)] is not positive definite: pivot \(pivot) is not positive"
    case .singular(let pivot, let size):
      "a matrix of shape [\(size), \(size)] is singular: pivot \(pivot) is zero"
    case .notFinite(let shape):
      "a matrix of shape \(shape) holds numbers that are not finite"
    }
  }
}

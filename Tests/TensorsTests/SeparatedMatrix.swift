import TestSupport
import Tensors

/// A matrix whose singular values (and those of its symmetric part) lie well apart.
func separated(_ shape: Shape) -> Tensor {
  let columns = shape[1]
  return irregular(shape, in: -0.5...0.5)
    + Tensor(shape, (0..<shape.count).map { $0 / columns == $0 % columns ? Scalar(2 + 2 * ($0 % columns)) : 0 })
}

/// A step at which the six-point rule's truncation is negligible for functions that vary as fast as eigenvectors.
#if DoublePrecision
  let smallStep = 1e-3
#else
  let smallStep = 1e-2
#endif

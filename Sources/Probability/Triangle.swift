import Tensors

extension Tensor {
  /// L⁻¹ b for every row, by forward substitution in Double.
  ///
  ///     ∂/∂b = L⁻ᵀ g,   ∂/∂L = −lower(L⁻ᵀ g zᵀ),   z = L⁻¹ b
  ///
  /// - Shapes: This is `[…, d, d]`, of which the lower triangle is read; `right` and the result are `[…, d]`.
  func solvingLowerTriangle(_ right: Tensor) -> Tensor {
    let width = shape[-1]
    let rows = right.shape.broadcasting(with: Shape(shape.dimensions.dropLast()))
    let factor = broadcast(to: Shape(rows.dimensions + [width]))
    let right = right.broadcast(to: rows)
    let (matrix, value) = (factor.detached, factor.detached.substituted(right.detached, transposed: false))
    return .recording(value, from: [factor, right]) { upstream, _ in
      let adjoint = matrix.substituted(upstream, transposed: true)
      let outer = adjoint.expandingDimension(at: -1) * value.expandingDimension(at: -2)
      return [-(outer * .lowerTriangle(width)), adjoint]
    }
  }

  /// The diagonal of every row.
  func diagonal() -> Tensor { (self * .identity(shape[-1])).sum(along: -1) }

  /// Σ log of the diagonal, for every row.
  func logDiagonalSum() -> Tensor { diagonal().log().sum(along: -1) }

  /// Ones on and below the diagonal.
  static func lowerTriangle(_ width: Int) -> Tensor {
    Tensor([width, width], (0..<width * width).map { $0 % width <= $0 / width ? 1 : 0 })
  }

  /// Ones on the diagonal.
  static func identity(_ width: Int) -> Tensor {
    Tensor([width, width], (0..<width * width).map { $0 % width == $0 / width ? 1 : 0 })
  }

  /// L⁻¹ b, or L⁻ᵀ b.
  private func substituted(_ right: Tensor, transposed: Bool) -> Tensor {
    let width = shape[-1]
    return Tensor(uninitialized: right.shape) { out in
      withUnsafeScalars { matrix in
        right.withUnsafeScalars { right in
          var solution = [Double](repeating: 0, count: width)
          for row in 0..<right.count / max(width, 1) {
            let base = row * width * width
            for step in 0..<width {
              let own = transposed ? width - 1 - step : step
              var rest = Double(right[row * width + own])
              for other in transposed ? own + 1..<width : 0..<own {
                let entry = transposed ? other * width + own : own * width + other
                rest -= Double(matrix[base + entry]) * solution[other]
              }
              solution[own] = rest / Double(matrix[base + own * width + own])
            }
            for column in 0..<width { out[row * width + column] = Scalar(solution[column]) }
          }
        }
      }
    }
  }
}

import Foundation
import Tensors

/// H, the differences of vertical and horizontal neighbours in maps over an image, and what is solved with it.
///
/// HᵀH is the Laplacian of the image's grid with free edges, whose eigenvectors are cosines:
///
///     (1 + HᵀH) w = b  ⇔  (1 + 4 sin²(πi/2R) + 4 sin²(πj/2C)) ŵᵢⱼ = b̂ᵢⱼ,   ^ the cosine transform of both axes
///
/// - Shapes: maps are `[rows · columns, channels]`, pixels row by row.
/// - Complexity: O(pixels · channels · (rows + columns)) for a solution: transforms are matrix products.
/// - Source: Strang, *The discrete cosine transform*, SIAM Review 41, 1999 (DCT-2).
struct NeighbourDifferences: Sendable {
  /// Differences along both axes.
  struct Edges: Sendable {
    /// `[rows − 1, columns, channels]`, lower less upper.
    let vertical: Tensor
    /// `[rows, columns − 1, channels]`, right less left.
    let horizontal: Tensor

    /// Applies an operation along both axes.
    func combined(with other: Edges, _ operation: (Tensor, Tensor) -> Tensor) -> Edges {
      Edges(vertical: operation(vertical, other.vertical), horizontal: operation(horizontal, other.horizontal))
    }
  }

  private let rows: Int
  private let columns: Int
  private let rowCosines: Tensor
  private let columnCosines: Tensor
  /// 1 / (1 + eigenvalue), `[columns · rows, 1]`, columns outermost.
  private let weights: Tensor

  init(rows: Int, columns: Int) {
    (self.rows, self.columns) = (rows, columns)
    rowCosines = Self.cosines(rows)
    columnCosines = Self.cosines(columns)
    func eigenvalue(_ index: Int, _ count: Int) -> Double {
      let sine = sin(Double.pi * Double(index) / Double(2 * count))
      return 4 * sine * sine
    }
    weights = Tensor(
      [columns * rows, 1],
      (0..<columns * rows).map { Scalar(1 / (1 + eigenvalue($0 / rows, columns) + eigenvalue($0 % rows, rows))) })
  }

  /// H maps.
  func of(_ maps: Tensor) -> Edges {
    let image = maps.reshaped(to: [rows, columns, maps.shape[1]])
    return Edges(
      vertical: image.slice(along: 0, 1..<rows) - image.slice(along: 0, 0..<rows - 1),
      horizontal: image.slice(along: 1, 1..<columns) - image.slice(along: 1, 0..<columns - 1))
  }

  /// Hᵀ edges.
  func adjoint(_ edges: Edges) -> Tensor {
    let channels = edges.vertical.shape[2]
    let row = Tensor.zeros([1, columns, channels])
    let column = Tensor.zeros([rows, 1, channels])
    let vertical =
      Tensor.concatenated([row, edges.vertical], along: 0) - Tensor.concatenated([edges.vertical, row], along: 0)
    let horizontal =
      Tensor.concatenated([column, edges.horizontal], along: 1)
      - Tensor.concatenated([edges.horizontal, column], along: 1)
    return (vertical + horizontal).reshaped(to: [rows * columns, channels])
  }

  /// (1 + HᵀH)⁻¹ maps.
  func smoothed(_ maps: Tensor) -> Tensor {
    let channels = maps.shape[1]
    func turned(_ values: Tensor, _ outer: Int, _ inner: Int) -> Tensor {
      values.reshaped(to: [outer, inner, channels]).permuted([1, 0, 2]).reshaped(to: [inner, outer * channels])
    }
    let once = rowCosines.matrixProduct(maps.reshaped(to: [rows, columns * channels]))
    let twice = columnCosines.matrixProduct(turned(once, rows, columns))
    let scaled = (twice.reshaped(to: [columns * rows, channels]) * weights).reshaped(to: [columns, rows * channels])
    let back = turned(columnCosines.matrixProduct(scaled, transposingSelf: true), columns, rows)
    return rowCosines.matrixProduct(back, transposingSelf: true).reshaped(to: [rows * columns, channels])
  }

  /// The orthonormal matrix of the second cosine transform, a frequency a row.
  private static func cosines(_ count: Int) -> Tensor {
    Tensor(
      [count, count],
      (0..<count * count).map { place in
        let (frequency, sample) = (Double(place / count), Double(place % count))
        let length = (place < count ? 1 : 2.0) / Double(count)
        return Scalar(length.squareRoot() * cos(Double.pi * frequency * (sample + 0.5) / Double(count)))
      })
  }
}

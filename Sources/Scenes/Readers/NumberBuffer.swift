import Tensors

/// Where the rows, columns and bands of a scene lie in a flat array: `row·r + column·c + band·b`.
struct ArrayLayout: Equatable {
  var rows: Int
  var columns: Int
  var bands: Int
  var rowStride: Int
  var columnStride: Int
  var bandStride: Int
}

/// Numbers of some type in memory, not yet in the order of a scene.
protocol NumberBuffer {
  /// All numbers.
  func doubles() -> [Double]
  /// The numbers as `[rows × columns, bands]`, pixels row by row.
  func gathered(_ layout: ArrayLayout) -> Tensor
}

struct TypedNumbers<Number: StoredNumber>: NumberBuffer {
  let values: UnsafeBufferPointer<Number>

  func doubles() -> [Double] { values.map { $0.double } }

  func gathered(_ layout: ArrayLayout) -> Tensor {
    let (rows, columns, bands) = (layout.rows, layout.columns, layout.bands)
    return Tensor(uninitialized: [rows * columns, bands]) { target in
      let (values, target) = (Shared(reading: values.baseAddress), Shared(target.baseAddress))
      // One image column at a time: MATLAB's pixels then lie next to each other in every band.
      parallelFor(columns) { column in
        guard let from = values.pointer, let to = target.pointer else { return }
        for first in stride(from: 0, to: bands, by: 16) {
          let block = first..<min(first + 16, bands)
          for row in 0..<rows {
            let source = from + row * layout.rowStride + column * layout.columnStride
            let place = to + (row * columns + column) * bands
            for band in block { place[band] = source[band * layout.bandStride].scalar }
          }
        }
      }
    }
  }
}

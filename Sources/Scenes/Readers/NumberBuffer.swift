import Tensors

/// Where the rows, columns and bands of a scene lie in a flat array: `start + row·r + column·c + band·b`.
struct ArrayLayout: Equatable {
  var rows: Int
  var columns: Int
  var bands: Int
  var rowStride: Int
  var columnStride: Int
  var bandStride: Int
  /// The place of the first number.
  var start = 0

  /// The layout of the part of the image inside a window.
  func cropped(_ window: ReadingOptions.Window?, path: String) throws -> ArrayLayout {
    guard let window = try window?.checked(rows: rows, columns: columns, path: path) else { return self }
    var result = self
    result.start += window.rows.lowerBound * rowStride + window.columns.lowerBound * columnStride
    result.rows = window.rows.count
    result.columns = window.columns.count
    return result
  }
}

/// Numbers of some type in memory, not yet in the order of a scene.
protocol NumberBuffer {
  /// All numbers.
  func doubles() -> [Double]
  /// Whether all numbers are such; the first that is not ends the search.
  func allSatisfy(_ condition: (Double) -> Bool) -> Bool
  /// The numbers as `[rows × columns, bands]`, pixels row by row.
  func gathered(_ layout: ArrayLayout) -> Tensor
}

struct TypedNumbers<Number: StoredNumber>: NumberBuffer {
  let values: UnsafeBufferPointer<Number>

  func doubles() -> [Double] { values.map { $0.double } }

  func allSatisfy(_ condition: (Double) -> Bool) -> Bool { values.allSatisfy { condition($0.double) } }

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
            let source = from + layout.start + row * layout.rowStride + column * layout.columnStride
            let place = to + (row * columns + column) * bands
            for band in block { place[band] = source[band * layout.bandStride].scalar }
          }
        }
      }
    }
  }
}

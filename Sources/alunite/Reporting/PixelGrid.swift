/// The pixels a report keeps: all of them, or every so many rows and columns where there are too many.
struct PixelGrid {
  /// How many rows and columns lie between two kept pixels, themselves counted: 1 keeps all.
  let stride: Int
  /// The kept pixels, row by row.
  let pixels: [Int]

  /// The finest grid with at most `most` pixels whose stride is a multiple of `unit`.
  init(rows: Int, columns: Int, most: Int, multipleOf unit: Int = 1) {
    func count(_ stride: Int) -> Int { ((rows + stride - 1) / stride) * ((columns + stride - 1) / stride) }
    var stride = unit
    while count(stride) > max(most, 1), stride < max(rows, columns) { stride += unit }
    self.stride = stride
    pixels = Swift.stride(from: 0, to: rows, by: stride).flatMap { row in
      Swift.stride(from: 0, to: columns, by: stride).map { row * columns + $0 }
    }
  }
}

import Tensors

/// What a model sees of a scene, gathered batch by batch and never all at once.
///
/// An *item* is a pixel, except in the view `.scene`, whose single item 0 is the whole scene.
///
/// - Shapes: a batch of n items is `[n, bands]` for `.pixel`, `[n, side, side, bands]` for `.window` (the pixel in the
///   middle) and `[1, rows, columns, bands]` for `.scene`.
/// - Edge cases: in a window a masked neighbour is replaced by the pixel in the middle, so that nothing is learned or
///   read from it; in the view `.scene` masked pixels are zeros. A window may be larger than the scene; reflection then goes
///   back and forth, and a scene one pixel wide repeats that pixel.
public struct Patches: Sendable {
  /// How much is seen at once.
  public let view: View
  /// The number of image rows.
  public let rows: Int
  /// The number of image columns.
  public let columns: Int
  private let spectra: Tensor
  private let rowSource: [Int]
  private let columnSource: [Int]
  private let isValid: [Bool]?

  /// The view of spectra `[rows × columns, bands]`.
  ///
  /// - Parameter isValid: Which pixels hold measurements; all of them where nothing is said.
  /// - Precondition: a window's side is odd and positive.
  public init(of spectra: Tensor, rows: Int, columns: Int, view: View, isValid: [Bool]? = nil) {
    precondition(
      spectra.rank == 2 && spectra.shape[0] == rows * columns,
      "spectra of shape \(spectra.shape) for \(rows) rows × \(columns) columns")
    precondition(isValid.map { $0.count == rows * columns } ?? true, "a mask of \(isValid?.count ?? 0) pixels")
    self.spectra = spectra.detached
    self.isValid = isValid.flatMap { $0.contains(false) ? $0 : nil }
    self.rows = rows
    self.columns = columns
    self.view = view
    if case .window(let side, let padding) = view {
      precondition(side > 0 && side % 2 == 1, "a window of side \(side) has no middle pixel")
      rowSource = Self.sources(extent: rows, radius: side / 2, padding)
      columnSource = Self.sources(extent: columns, radius: side / 2, padding)
    } else {
      rowSource = []
      columnSource = []
    }
  }

  /// The view of a scene.
  public init(of scene: Scene, view: View) {
    self.init(of: scene.spectra, rows: scene.rows, columns: scene.columns, view: view, isValid: scene.isValid)
  }

  /// The number of items: pixels, or 1 for the whole scene.
  public var count: Int { view == .scene ? 1 : rows * columns }

  /// The number of bands.
  public var bands: Int { spectra.shape[1] }

  /// What the model sees of these items, in this order.
  public func batch(_ items: [Int]) -> Tensor {
    check(items)
    switch view {
    case .pixel: return spectra.gatheringRows(items)
    case .scene: return spectra.reshaped(to: [1, rows, columns, bands])
    case .window(let side, _): return windows(around: items, side: side)
    }
  }

  /// The spectra that a reconstruction is compared with: `[n, bands]`, or every pixel's for the view `.scene`.
  public func centers(_ items: [Int]) -> Tensor {
    check(items)
    return view == .scene ? spectra : spectra.gatheringRows(items)
  }

  private func check(_ items: [Int]) {
    if view == .scene {
      precondition(items == [0], "the view of a whole scene has one item, 0; asked for \(items.count) items")
    }
    for item in items {
      precondition(item >= 0 && item < count, "item \(item) of \(count)")
    }
  }

  private func windows(around pixels: [Int], side: Int) -> Tensor {
    let itemCount = side * side * bands
    return spectra.withUnsafeScalars { source in
      Tensor(uninitialized: [pixels.count, side, side, bands]) { target in
        let (source, target) = (Shared(reading: source.baseAddress), Shared(target.baseAddress))
        let itemsPerChunk = 64
        parallelFor((pixels.count + itemsPerChunk - 1) / itemsPerChunk) { chunk in
          guard let from = source.pointer, let to = target.pointer else { return }
          for place in (chunk * itemsPerChunk)..<min(pixels.count, (chunk + 1) * itemsPerChunk) {
            copyWindow(around: pixels[place], side: side, from: from, to: to + place * itemCount)
          }
        }
      }
    }
  }

  private func copyWindow(
    around pixel: Int, side: Int, from source: UnsafePointer<Scalar>, to target: UnsafeMutablePointer<Scalar>
  ) {
    let (row, column) = (pixel / columns, pixel % columns)
    let radius = side / 2
    let isInside = column >= radius && column + radius < columns
    for line in 0..<side {
      let sourceRow = rowSource[row + line]
      let start = target + line * side * bands
      if sourceRow < 0 {
        start.update(repeating: 0, count: side * bands)
      } else if isInside {
        start.update(from: source + (sourceRow * columns + column - radius) * bands, count: side * bands)
      } else {
        copyEdge(row: sourceRow, column: column, side: side, from: source, to: start)
      }
    }
    if let isValid { coverMasked(isValid, around: pixel, side: side, from: source, to: target) }
  }

  private func coverMasked(
    _ isValid: [Bool], around pixel: Int, side: Int, from source: UnsafePointer<Scalar>,
    to target: UnsafeMutablePointer<Scalar>
  ) {
    let (row, column) = (pixel / columns, pixel % columns)
    for place in 0..<side * side {
      let (sourceRow, sourceColumn) = (rowSource[row + place / side], columnSource[column + place % side])
      if sourceRow >= 0, sourceColumn >= 0, !isValid[sourceRow * columns + sourceColumn] {
        (target + place * bands).update(from: source + pixel * bands, count: bands)
      }
    }
  }

  private func copyEdge(
    row: Int, column: Int, side: Int, from source: UnsafePointer<Scalar>, to target: UnsafeMutablePointer<Scalar>
  ) {
    for place in 0..<side {
      let sourceColumn = columnSource[column + place]
      if sourceColumn < 0 {
        (target + place * bands).update(repeating: 0, count: bands)
      } else {
        (target + place * bands).update(from: source + (row * columns + sourceColumn) * bands, count: bands)
      }
    }
  }

  /// For every position −radius ..< extent + radius the position its value is taken from; −1 means zeros.
  private static func sources(extent: Int, radius: Int, _ padding: View.Padding) -> [Int] {
    (-radius..<extent + radius).map { position in
      if position >= 0 && position < extent { return position }
      guard padding == .reflect else { return -1 }
      if extent == 1 { return 0 }
      let period = 2 * (extent - 1)
      let phase = ((position % period) + period) % period
      return min(phase, period - phase)
    }
  }
}

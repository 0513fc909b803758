import Tensors

/// Square blocks of one material each, blurred by a mean filter.
///
/// The label image is larger than the scene by the filter's reach on every side, and what the filter could only half
/// see is cut off: fractions are exact multiples of 1/side², and the interiors of blocks stay pure. Each material fills
/// at least one block; the other blocks are drawn evenly.
///
/// - Source: the synthetic image of DFFN (8 × 8 blocks, 5 × 5 filter, 60 × 60 pixels).
public struct BlockField: Sendable, Equatable {
  /// The side of a block in pixels.
  public var size: Int
  /// The side of the filter in pixels, odd.
  public var filter: Int

  /// Blocks of 8 × 8 pixels under a filter of 5 × 5, unless told otherwise.
  public init(size: Int = 8, filter: Int = 5) { (self.size, self.filter) = (size, filter) }

  /// The fractions, `[pixels, endmembers]`.
  func abundances(rows: Int, columns: Int, endmembers: Int, seed: UInt64) -> Tensor {
    let reach = filter / 2
    let (height, width) = (rows + 2 * reach, columns + 2 * reach)
    let labels = labels(rows: rows, columns: columns, endmembers: endmembers, seed: seed)
    let acrossCount = Self.blocks(in: width, size: size)
    var map = [Double](repeating: 0, count: height * width * endmembers)
    for row in 0..<height {
      for column in 0..<width {
        let label = labels[(row / size) * acrossCount + column / size]
        map[(row * width + column) * endmembers + label] = 1
      }
    }
    let blurred = meanFiltered(map, rows: height, columns: width, channels: endmembers, side: filter)
    return Tensor(uninitialized: [rows * columns, endmembers]) { target in
      for row in 0..<rows {
        for column in 0..<columns {
          let source = ((row + reach) * width + column + reach) * endmembers
          for k in 0..<endmembers { target[(row * columns + column) * endmembers + k] = Scalar(blurred[source + k]) }
        }
      }
    }
  }

  /// One material for each block: all of them once at random places, then any.
  private func labels(rows: Int, columns: Int, endmembers: Int, seed: UInt64) -> [Int] {
    let count = blockCount(rows: rows, columns: columns)
    var random = Purpose.layout.stream(seed: seed)
    let order = random.permutation(count)
    var labels = (0..<count).map { _ in Int.random(in: 0..<endmembers, using: &random) }
    for k in 0..<endmembers { labels[order[k]] = k }
    return labels
  }

  private func blockCount(rows: Int, columns: Int) -> Int {
    let margin = filter / 2 * 2
    return Self.blocks(in: rows + margin, size: size) * Self.blocks(in: columns + margin, size: size)
  }

  private static func blocks(in extent: Int, size: Int) -> Int { (extent + size - 1) / size }

  /// - Throws: ``RecipeError`` when blocks or filter are impossible, or too few for the minerals.
  func validate(rows: Int, columns: Int, endmembers: Int) throws {
    try require((1...32_768).contains(size), "abundances.size", "1 to 32768 pixels", "\(size)")
    try require(
      filter % 2 == 1 && (1...101).contains(filter), "abundances.filter", "an odd number from 1 to 101", "\(filter)")
    let count = blockCount(rows: rows, columns: columns)
    try require(
      count >= endmembers, "abundances.size",
      "blocks small enough to give each of \(endmembers) minerals one", "\(size), which makes \(count)")
  }
}

extension BlockField: Codable {
  static let fields = ["size", "filter"]

  /// Reads `size` and `filter`, which have defaults.
  public init(from decoder: any Decoder) throws {
    let fields = try RecipeFields(decoder, known: ["field"] + Self.fields)
    self.init(
      size: try fields.optional("size", "a whole number of pixels") ?? 8,
      filter: try fields.optional("filter", "a whole number of pixels") ?? 5)
  }
}

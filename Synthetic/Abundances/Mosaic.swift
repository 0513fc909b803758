import Tensors

/// Cells of constant abundance, like fields seen from the air, each drawn from a mixture of Dirichlets.
public struct Mosaic: Sendable, Equatable {
  /// The shape of the cells.
  public enum Cells: String, Sendable, Codable, CaseIterable {
    /// All pixels nearest to the same one of uniformly scattered sites.
    case voronoi
    /// Squares.
    case blocks
  }

  /// The shape of the cells.
  public var cells: Cells
  /// The side of a square cell in pixels, or of the square that has a Voronoi cell's mean area.
  public var size: Int
  /// The side of the mean filter that blurs the borders, odd; 1 leaves them sharp.
  public var filter: Int
  /// What a cell's fractions are drawn from.
  public var mixture: DirichletMixture

  /// Voronoi cells of 8 × 8 pixels on average with sharp borders, unless told otherwise.
  public init(
    cells: Cells = .voronoi, size: Int = 8, filter: Int = 1, mixture: DirichletMixture = .flatAndSparse
  ) {
    (self.cells, self.size, self.filter, self.mixture) = (cells, size, filter, mixture)
  }

  /// The fractions, `[pixels, endmembers]`.
  func abundances(rows: Int, columns: Int, endmembers: Int, seed: UInt64) -> Tensor {
    let labels =
      switch cells {
      case .blocks: Self.blockLabels(rows: rows, columns: columns, size: size)
      case .voronoi: VoronoiSites(rows: rows, columns: columns, spacing: size, seed: seed).labels()
      }
    let draws = mixture.draws((labels.max() ?? 0) + 1, of: endmembers, seed: seed)
    if filter == 1 { return draws.gatheringRows(labels) }
    let map = draws.gatheringRows(labels).scalars.map { Double($0) }
    let blurred = meanFiltered(map, rows: rows, columns: columns, channels: endmembers, side: filter)
    return Tensor([rows * columns, endmembers], blurred.map { Scalar($0) })
  }

  private static func blockLabels(rows: Int, columns: Int, size: Int) -> [Int] {
    let across = (columns + size - 1) / size
    return (0..<rows * columns).map { pixel in (pixel / columns / size) * across + pixel % columns / size }
  }

  /// - Throws: ``RecipeError`` when the cells, the filter or the mixture are impossible.
  func validate(endmembers: Int) throws {
    try require((1...32_768).contains(size), "abundances.size", "1 to 32768 pixels", "\(size)")
    try require(
      filter % 2 == 1 && (1...101).contains(filter), "abundances.filter", "an odd number from 1 to 101", "\(filter)")
    try mixture.validate(endmembers: endmembers)
  }
}

/// Sites scattered uniformly over an image, sorted into square bins so that the nearest is found at once.
private struct VoronoiSites {
  private let rows: Int
  private let columns: Int
  private let spacing: Int
  private let sites: [(row: Double, column: Double)]
  private let bins: [[Int]]
  private let binsAcross: Int

  /// One site for every `spacing`² pixels, at least one.
  init(rows: Int, columns: Int, spacing: Int, seed: UInt64) {
    (self.rows, self.columns, self.spacing) = (rows, columns, spacing)
    let count = max(1, rows * columns / (spacing * spacing))
    var random = Purpose.layout.stream(seed: seed)
    let places = random.uniform([count, 2]).scalars.map { Double($0) }
    sites = (0..<count).map { (places[2 * $0] * Double(rows), places[2 * $0 + 1] * Double(columns)) }
    binsAcross = columns / spacing + 1
    var bins = [[Int]](repeating: [], count: binsAcross * (rows / spacing + 1))
    for (number, site) in sites.enumerated() {
      bins[Int(site.row) / spacing * binsAcross + Int(site.column) / spacing].append(number)
    }
    self.bins = bins
  }

  /// The number of the nearest site for every pixel; the lowest number where two are as near.
  func labels() -> [Int] {
    var labels = [Int](repeating: 0, count: rows * columns)
    labels.withUnsafeMutableBufferPointer { labels in
      let labels = Shared(labels.baseAddress)
      parallelRanges(rows, length: 8) { lines in
        guard let labels = labels.pointer else { return }
        for row in lines {
          for column in 0..<columns {
            labels[row * columns + column] = nearest(to: (Double(row) + 0.5, Double(column) + 0.5))
          }
        }
      }
    }
    return labels
  }

  /// Looks at ever wider rings of bins until no unseen site can be nearer.
  private func nearest(to place: (row: Double, column: Double)) -> Int {
    let home = (row: Int(place.row) / spacing, column: Int(place.column) / spacing)
    let binsDown = bins.count / binsAcross
    var best = (distance: Double.infinity, site: Int.max)
    for ring in 0...max(binsDown, binsAcross) {
      for binRow in max(0, home.row - ring)...min(binsDown - 1, home.row + ring) {
        let step = abs(binRow - home.row) == ring ? 1 : max(1, 2 * ring)
        for binColumn in stride(from: home.column - ring, through: home.column + ring, by: step)
        where (0..<binsAcross).contains(binColumn) {
          for site in bins[binRow * binsAcross + binColumn] {
            let (down, across) = (sites[site].row - place.row, sites[site].column - place.column)
            let distance = down * down + across * across
            if (distance, site) < best { best = (distance, site) }
          }
        }
      }
      let reach = Double(ring * spacing)
      if best.distance <= reach * reach { break }
    }
    return best.site
  }
}

extension Mosaic: Codable {
  static let fields = ["cells", "size", "filter"] + DirichletMixture.fields

  /// Reads `cells`, `size`, `filter` and the mixture's fields, which have defaults.
  public init(from decoder: any Decoder) throws {
    let fields = try RecipeFields(decoder, known: ["field"] + Self.fields)
    self.init(
      cells: try fields.choice("cells", default: .voronoi),
      size: try fields.optional("size", "a whole number of pixels") ?? 8,
      filter: try fields.optional("filter", "a whole number of pixels") ?? 1,
      mixture: try DirichletMixture(fields))
  }

  /// Writes the mixture's components beside the cells' fields.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: RecipeFields.Key.self)
    try container.encode(cells, forKey: "cells")
    try container.encode(size, forKey: "size")
    try container.encode(filter, forKey: "filter")
    try mixture.encode(to: encoder)
  }
}

import Foundation
import Scenes
import Tensors

/// Regions of alike pixels that lie together, about as wide as asked for.
///
///     distance of pixel j from a region = θ(yⱼ, c) + m ‖position − centre‖² / S²
///
/// Centres begin on a hexagonal grid of width S. In every round each pixel joins the nearest of the centres within S of it
/// and centres become the mean spectra and positions. Afterwards each region keeps its largest connected part; other parts,
/// and regions of fewer than S²/4 pixels, join the neighbouring region of the most similar mean spectrum.
///
/// - Edge cases: masked pixels belong to no region. A part without valid neighbours outside itself stays a region.
/// - Complexity: about 5 · pixels · bands a round.
/// - Source: Achanta et al., *SLIC superpixels compared to state-of-the-art superpixel methods*, IEEE TPAMI 34, 2012,
///   Algorithm 1, with the distances of Wang et al., IEEE TGRS 55, 2017.
package struct Superpixels: Sendable {
  /// The region of every valid pixel.
  package private(set) var labels: [Int]
  /// The mean spectra, `[regions, bands]`.
  package private(set) var means: Tensor
  /// The distance of every valid pixel from its region.
  package private(set) var distances: [Double]

  private struct Center {
    var row: Double
    var column: Double
    /// The mean spectrum's direction.
    var direction: [Scalar]
  }

  private let width: Double
  private let spatialWeight: Double
  private let scene: Scene
  private let pixels: [Int]
  private let neighbours: ImageNeighbours
  private let spectra: Tensor
  private let directions: Tensor

  /// - Parameters:
  ///   - spectra: Those of the scene's valid pixels, `[pixels, bands]`.
  ///   - width: S in pixels.
  ///   - spatialWeight: m.
  package init(of scene: Scene, spectra: Tensor, width: Int, spatialWeight: Double, rounds: Int = 10) {
    (self.scene, self.spectra, self.width, self.spatialWeight) = (scene, spectra, Double(width), spatialWeight)
    pixels = scene.validPixels
    neighbours = ImageNeighbours(scene)
    directions = spectra / spectra.norm(along: -1, keepingDimensions: true).maximum(with: 1e-12)
    labels = [Int](repeating: -1, count: pixels.count)
    distances = [Double](repeating: .infinity, count: pixels.count)
    means = spectra
    var centers = seeds()
    for _ in 0..<rounds {
      assign(to: centers)
      updateMeans()
      centers = currentCenters()
    }
    connect()
    updateMeans()
    measure(from: currentCenters())
  }

  /// The number of regions.
  package var count: Int { means.shape[0] }

  // MARK: Rounds

  /// Pixels on a hexagonal grid; where the grid meets a masked pixel there is none.
  private func seeds() -> [Center] {
    let places = ImageNeighbours.places(in: scene)
    var centers: [Center] = []
    var (row, isOdd) = (width / 2, false)
    while row < Double(scene.rows) + width / 2 {
      var column = isOdd ? width : width / 2
      while column < Double(scene.columns) + width / 2 {
        let (r, c) = (min(Int(row), scene.rows - 1), min(Int(column), scene.columns - 1))
        let place = places[r * scene.columns + c]
        if place >= 0 {
          centers.append(Center(row: Double(r), column: Double(c), direction: directions[Int(place)].scalars))
        }
        column += width
      }
      row += width * 0.75.squareRoot()
      isOdd.toggle()
    }
    return centers
  }

  private mutating func assign(to centers: [Center]) {
    let places = ImageNeighbours.places(in: scene)
    let reach = Int(width)
    for place in labels.indices { (labels[place], distances[place]) = (-1, .infinity) }
    for (label, center) in centers.enumerated() {
      let (row, column) = (Int(center.row.rounded()), Int(center.column.rounded()))
      for r in max(0, row - reach)...max(0, min(scene.rows - 1, row + reach)) {
        for c in max(0, column - reach)...max(0, min(scene.columns - 1, column + reach)) {
          let place = Int(places[r * scene.columns + c])
          if place < 0 { continue }
          let found = distance(place, center)
          if found < distances[place] { (distances[place], labels[place]) = (found, label) }
        }
      }
    }
    for place in labels.indices where labels[place] < 0 { joinNearest(place, centers) }
    renumber()
  }

  /// A pixel no centre reaches joins the nearest, or begins a region where there are none.
  private mutating func joinNearest(_ place: Int, _ centers: [Center]) {
    let best = centers.indices.min { squaredOffset(place, centers[$0]) < squaredOffset(place, centers[$1]) }
    labels[place] = best ?? 0
  }

  /// Regions without pixels drop out.
  private mutating func renumber() {
    var numbers: [Int: Int] = [:]
    for place in labels.indices {
      let next = numbers.count
      let label = labels[place]
      let number = numbers[label] ?? next
      numbers[label] = number
      labels[place] = number
    }
  }

  private mutating func updateMeans() {
    let (bands, count) = (spectra.shape[1], (labels.max() ?? -1) + 1)
    var sums = [Double](repeating: 0, count: count * bands)
    var members = [Double](repeating: 0, count: count)
    spectra.withUnsafeScalars { values in
      for place in labels.indices {
        members[labels[place]] += 1
        for band in 0..<bands { sums[labels[place] * bands + band] += Double(values[place * bands + band]) }
      }
    }
    means = Tensor([count, bands], sums.indices.map { Scalar(sums[$0] / max(members[$0 / bands], 1)) })
  }

  private func currentCenters() -> [Center] {
    let count = means.shape[0]
    var (rows, columns, members) = (
      [Double](repeating: 0, count: count), [Double](repeating: 0, count: count), [Double](repeating: 0, count: count)
    )
    for (place, label) in labels.enumerated() {
      rows[label] += Double(pixels[place] / scene.columns)
      columns[label] += Double(pixels[place] % scene.columns)
      members[label] += 1
    }
    let units = means / means.norm(along: -1, keepingDimensions: true).maximum(with: 1e-12)
    return (0..<count).map {
      Center(row: rows[$0] / members[$0], column: columns[$0] / members[$0], direction: units[$0].scalars)
    }
  }

  private mutating func measure(from centers: [Center]) {
    for place in labels.indices { distances[place] = distance(place, centers[labels[place]]) }
  }

  // MARK: Distances

  private func squaredOffset(_ place: Int, _ center: Center) -> Double {
    let row = Double(pixels[place] / scene.columns) - center.row
    let column = Double(pixels[place] % scene.columns) - center.column
    return row * row + column * column
  }

  private func distance(_ place: Int, _ center: Center) -> Double {
    let bands = directions.shape[1]
    let cosine = directions.withUnsafeScalars { values in
      center.direction.withUnsafeBufferPointer { direction in
        var sum: Scalar = 0
        for band in 0..<bands { sum += values[place * bands + band] * direction[band] }
        return Double(sum)
      }
    }
    return acos(min(max(cosine, -1), 1)) + spatialWeight * squaredOffset(place, center) / (width * width)
  }

  // MARK: Connection

  private mutating func connect() {
    var parts = connectedParts()
    let sizes = parts.reduce(into: [Int: Int]()) { $0[$1.label] = max($0[$1.label] ?? 0, $1.places.count) }
    let least = Int(width * width / 4)
    // Small parts first, so that what they join is settled as late as possible.
    parts.sort { ($0.places.count, $0.places[0]) < ($1.places.count, $1.places[0]) }
    var next = (labels.max() ?? 0) + 1
    for part in parts where part.places.count < (sizes[part.label] ?? 0) || part.places.count < least {
      let own = next
      next += 1
      for place in part.places { labels[place] = own }
      let target = mostSimilarNeighbour(of: part.places, label: own)
      for place in part.places { labels[place] = target ?? own }
    }
    renumber()
  }

  /// The four-connected parts of every region.
  private func connectedParts() -> [(label: Int, places: [Int])] {
    var isSeen = [Bool](repeating: false, count: labels.count)
    return labels.indices.compactMap { start in
      if isSeen[start] { return nil }
      isSeen[start] = true
      var places = [start]
      var next = 0
      while next < places.count {
        for other in beside(places[next]) where !isSeen[other] && labels[other] == labels[start] {
          isSeen[other] = true
          places.append(other)
        }
        next += 1
      }
      return (labels[start], places)
    }
  }

  private func beside(_ place: Int) -> [Int] {
    [neighbours.right[place], neighbours.left[place], neighbours.below[place], neighbours.above[place]]
      .filter { $0 >= 0 }.map { Int($0) }
  }

  /// The region beside these pixels whose pixel there has the most similar spectrum to their mean.
  private func mostSimilarNeighbour(of places: [Int], label: Int) -> Int? {
    let mean = spectra.gatheringRows(places).mean(along: 0)
    let others = Set(places.flatMap(beside)).filter { labels[$0] != label }.sorted()
    if others.isEmpty { return nil }
    let angles = spectra.gatheringRows(others).angle(to: Tensor.stacked(others.map { _ in mean })).scalars
    let best = others.indices.min { (angles[$0], others[$0]) < (angles[$1], others[$1]) }
    return best.map { labels[others[$0]] }
  }
}

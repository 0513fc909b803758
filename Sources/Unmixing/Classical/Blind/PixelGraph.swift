import Foundation
import Tensors

/// Pixels joined to those of most similar spectra, wherever they lie.
///
///     w = exp(−‖x − y‖² / h²) when y is among the k nearest of x or x among those of y, else 0
///     h = the mean distance of a pixel to its k nearest
///
/// - Edge cases: of equally near pixels the first counts. Where all distances are 0, so are no weights: w = 1.
/// - Complexity: 2 · pixels² · bands operations to build; the matrix of distances exists in tiles only.
/// - Source: Cai et al., *Graph regularized nonnegative matrix factorization for data representation*, IEEE TPAMI 33,
///   2011, §3.1 (heat kernel weighting).
package struct PixelGraph: Sendable {
  /// Where the edges of each pixel begin; one more at the end.
  package let starts: [Int]
  /// The other end of every edge, in order.
  package let ends: [Int32]
  /// Its weight.
  package let weights: [Double]
  /// The sum of every pixel's weights.
  package let degrees: [Double]

  /// The graph of spectra `[pixels, bands]`.
  ///
  /// - Precondition: `nearest` ≥ 1.
  package init(_ spectra: SpectraBlocks, nearest: Int) {
    let found = NearestSpectra(spectra, count: min(nearest, spectra.count - 1))
    let width =
      found.squares.isEmpty
      ? 0 : found.squares.reduce(0) { $0 + $1.squareRoot() } / Double(found.squares.count)
    var edges = [[(end: Int32, weight: Double)]](repeating: [], count: spectra.count)
    for place in found.places.indices {
      let (pixel, other) = (place / found.count, Int(found.places[place]))
      let weight = width > 0 ? exp(-found.squares[place] / (width * width)) : 1
      edges[pixel].append((Int32(other), weight))
      edges[other].append((Int32(pixel), weight))
    }
    let unique = edges.map(Self.withoutRepeats)
    starts = unique.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1.count) }
    ends = unique.flatMap { $0.map(\.end) }
    weights = unique.flatMap { $0.map(\.weight) }
    degrees = unique.map { $0.reduce(0) { $0 + $1.weight } }
  }

  /// Edges that both ends asked for count once.
  private static func withoutRepeats(_ edges: [(end: Int32, weight: Double)]) -> [(end: Int32, weight: Double)] {
    let sorted = edges.sorted { $0.end < $1.end }
    return sorted.indices.filter { $0 == 0 || sorted[$0].end != sorted[$0 - 1].end }.map { sorted[$0] }
  }

  /// The number of pixels.
  var count: Int { degrees.count }

  /// Calls `body` with every pixel, the numbers of its row and the weighted sum of its neighbours' rows.
  func forEachPixel(
    of values: Tensor, _ body: (_ pixel: Int, _ own: UnsafeBufferPointer<Scalar>, _ sums: [Double]) -> Void
  ) {
    let columns = values.shape[1]
    values.withUnsafeScalars { values in
      var sums = [Double](repeating: 0, count: columns)
      for pixel in 0..<count {
        for column in 0..<columns { sums[column] = 0 }
        for edge in starts[pixel]..<starts[pixel + 1] {
          let other = Int(ends[edge]) * columns
          for column in 0..<columns { sums[column] += weights[edge] * Double(values[other + column]) }
        }
        body(pixel, UnsafeBufferPointer(rebasing: values[pixel * columns..<(pixel + 1) * columns]), sums)
      }
    }
  }
}

/// (μ/2) Tr(Aᵀ (D − W) A): abundances of similar spectra are to be similar.
///
/// - Source: Lu et al., *Manifold regularized sparse NMF for hyperspectral unmixing*, IEEE TGRS 51, 2013.
/// - Deviation: D A is added to both parts of the gradient, whose difference is the paper's. All pixels move at once, and
///   2D bounds D − W whatever the weights are, where D alone does not: with it the objective never grows.
struct GraphSmoothness: AbundancePenalty {
  /// μ.
  let weight: Double
  /// W and D.
  let graph: PixelGraph

  mutating func addGradient(at abundances: Tensor, to gradient: inout SplitGradient) {
    let count = abundances.shape[1]
    graph.forEachPixel(of: abundances) { pixel, own, sums in
      let degree = graph.degrees[pixel]
      for k in 0..<count {
        let pull = degree * Double(own[k])
        gradient.attraction[pixel * count + k] += weight * (sums[k] + pull)
        gradient.repulsion[pixel * count + k] += 2 * weight * pull
      }
    }
  }

  func value(at abundances: Tensor) -> Double {
    var sum = 0.0
    graph.forEachPixel(of: abundances) { pixel, own, sums in
      for k in own.indices {
        let value = Double(own[k])
        sum += value * (graph.degrees[pixel] * value - sums[k])
      }
    }
    return weight / 2 * sum
  }
}

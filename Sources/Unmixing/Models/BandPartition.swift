import Tensors

/// Bands dealt into views that complement each other: every view has bands of every cluster of similar ones.
///
/// Bands are similar as far as their images correlate. They are grouped into clusters, the two most similar first
/// (average linkage); the clusters, one after another, are then dealt out to the views in turn.
///
/// - Edge cases: sizes of views differ by at most one, and a cluster of at least as many bands as there are views meets
///   all of them. A band without variance is similar to none. One cluster, or no spectra, gives every n-th band.
/// - Complexity: O(bands³), with a small constant.
/// - Source: Wang et al., *DSANet*, §2.2; the paper names neither similarity nor clustering.
package struct BandPartition: Sendable {
  /// The view of every band.
  package let viewOfBand: [Int]

  /// - Parameter spectra: `[pixels, bands]`; `nil` deals the bands out in their order.
  package init(bands: Int, views: Int, clusters: Int, spectra: Tensor?) {
    let order = spectra.map { Self.clusters(of: $0, count: clusters).flatMap { $0 } } ?? Array(0..<bands)
    precondition(order.count == bands, "\(order.count) bands in clusters of \(bands)")
    var viewOfBand = [Int](repeating: 0, count: bands)
    for (place, band) in order.enumerated() { viewOfBand[band] = place % views }
    self.viewOfBand = viewOfBand
  }

  /// Clusters of similar bands, each in order, the one of the first band first.
  package static func clusters(of spectra: Tensor, count: Int) -> [[Int]] {
    var clusters = (0..<spectra.shape[1]).map { [$0] }
    var similarity = correlations(of: spectra)
    while clusters.count > max(1, count) {
      let (left, right) = mostSimilar(similarity)
      let (own, other) = (Double(clusters[left].count), Double(clusters[right].count))
      for place in clusters.indices {
        let average = (own * similarity[left][place] + other * similarity[right][place]) / (own + other)
        similarity[left][place] = average
        similarity[place][left] = average
      }
      clusters[left] += clusters[right]
      clusters.remove(at: right)
      similarity.remove(at: right)
      for place in similarity.indices { similarity[place].remove(at: right) }
    }
    return clusters.map { $0.sorted() }.sorted { $0[0] < $1[0] }
  }

  /// The pair of greatest similarity, the first of equals.
  private static func mostSimilar(_ similarity: [[Double]]) -> (Int, Int) {
    var best = (0, 1)
    for left in similarity.indices {
      similarity[left].withUnsafeBufferPointer { row in
        for right in left + 1..<max(left + 1, row.count) where row[right] > similarity[best.0][best.1] {
          best = (left, right)
        }
      }
    }
    return best
  }

  /// Absolute values of Pearson's correlation between band images.
  private static func correlations(of spectra: Tensor) -> [[Double]] {
    let bands = spectra.shape[1]
    let covariance = Scatter(of: spectra).covariance
    let deviations = (0..<bands).map { covariance[$0 * bands + $0].squareRoot() }
    return (0..<bands).map { row in
      (0..<bands).map { column in
        let scale = deviations[row] * deviations[column]
        return scale > 0 ? abs(covariance[row * bands + column]) / scale : 0
      }
    }
  }
}

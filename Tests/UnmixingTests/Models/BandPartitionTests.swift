import Scenes
import TestSupport
import Tensors
import Testing
import Unmixing

/// Bands are dealt out evenly, and similar ones apart.
@Suite struct BandPartitionTests {
  /// Spectra whose bands follow three patterns, in turn of unequal length, with a little of their own.
  private static let spectra: Tensor = {
    let patterns = irregular([200, 3], salt: 1)
    let own = irregular([200, 23], in: -0.1...0.1, salt: 2)
    let kinds = [(0, 9), (1, 5), (2, 9)].flatMap { [Int](repeating: $0.0, count: $0.1) }
    return patterns.spread(over: kinds) * 2 + own
  }()

  @Test(arguments: [1, 2, 3, 5, 8], [1, 3, 10, 40])
  func everyBandIsInOneViewAndSizesDifferByAtMostOne(_ views: Int, _ clusters: Int) {
    let partition = BandPartition(bands: 23, views: views, clusters: clusters, spectra: Self.spectra)
    let sizes = (0..<views).map { view in partition.viewOfBand.count { $0 == view } }
    #expect(partition.viewOfBand.count == 23 && sizes.reduce(0, +) == 23)
    #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
  }

  @Test(arguments: [2, 3, 4], [1, 2, 3, 7])
  func everyViewMeetsEveryClusterLargeEnough(_ views: Int, _ clusters: Int) {
    let partition = BandPartition(bands: 23, views: views, clusters: clusters, spectra: Self.spectra)
    let groups = BandPartition.clusters(of: Self.spectra, count: clusters)
    #expect(groups.count == clusters)
    for group in groups where group.count >= views {
      #expect(Set(group.map { partition.viewOfBand[$0] }) == Set(0..<views), "\(group)")
    }
  }

  @Test func clustersAreTheBandsThatFollowOnePattern() {
    let groups = BandPartition.clusters(of: Self.spectra, count: 3)
    #expect(groups == [Array(0..<9), Array(9..<14), Array(14..<23)])
  }

  @Test func bandsOfOppositeSignAreSimilar() {
    let x = irregular([50, 2])
    let first = x.slice(along: 1, 0..<1), second = x.slice(along: 1, 1..<2)
    #expect(BandPartition.clusters(of: .concatenated([first, second, -first], along: 1), count: 2) == [[0, 2], [1]])
  }

  @Test func withoutSpectraOrWithOneClusterBandsAreInterleaved() {
    let expected = (0..<23).map { $0 % 3 }
    #expect(BandPartition(bands: 23, views: 3, clusters: 10, spectra: nil).viewOfBand == expected)
    #expect(BandPartition(bands: 23, views: 3, clusters: 1, spectra: Self.spectra).viewOfBand == expected)
  }

  @Test func aBandWithoutVarianceStandsAlone() {
    let x = irregular([50, 1])
    let groups = BandPartition.clusters(of: .concatenated([x, .ones([50, 1]), x * 3], along: 1), count: 2)
    #expect(groups == [[0, 2], [1]])
  }
}

extension Tensor {
  /// Columns side by side, which may repeat.
  fileprivate func spread(over columns: [Int]) -> Tensor {
    .concatenated(columns.map { slice(along: 1, $0..<$0 + 1) }, along: 1)
  }
}

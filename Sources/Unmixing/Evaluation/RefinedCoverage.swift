import Scenes
import Tensors

/// How often the intervals that are published hold the truth, beside those of the network.
///
/// A run is judged by the posterior its network gives, which is what training can change. Where the decoder is linear
/// `unmix` and `report` publish refined intervals instead; their coverage is told under `calibration.refined.coverage…`.
///
/// - Edge cases: of more than 20,000 pixels as many at equal distances are judged, and as many of the held-out ones.
/// - Complexity: that of ``TrainedModel/refined(_:of:schedule:probabilities:at:observing:)``.
public struct RefinedCoverage: Sendable {
  private let entries: [Metrics.Entry]
  private let test: [Metrics.Entry]

  /// The coverage of a model's refined intervals on a scene with a truth; nothing for a decoder that is not linear, a point
  /// estimate, or a truth without abundances.
  ///
  /// - Parameters:
  ///   - estimate: the network's, whose endmembers are paired with the truth as `metrics` has them.
  ///   - metrics: of that estimate.
  ///   - test: the held-out pixels, if there was a split.
  public init(
    of model: TrainedModel, _ estimate: Estimate, in scene: Scene, against truth: GroundTruth?, like metrics: Metrics,
    test: [Int]? = nil, observing: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws {
    guard let truth, model.linearMixing != nil, estimate.deviation != nil, metrics.all["calibration.boundary"] != nil
    else {
      (entries, self.test) = ([], [])
      return
    }
    let ends = CoverageLevel.allCases.flatMap { [(1 - $0.probability) / 2, (1 + $0.probability) / 2] }.sorted()
    let chosen = Set(Self.some(of: scene.validPixels) + Self.some(of: test ?? [])).sorted().filter { scene.isValid[$0] }
    let refined = try model.refined(
      estimate, of: scene, probabilities: ends, at: chosen, observing: observing)
    var judged = truth
    // Pixels without a finite truth are left out.
    var isChosen = [Bool](repeating: false, count: scene.pixelCount)
    for pixel in chosen { isChosen[pixel] = true }
    judged.abundances = truth.abundances.replacingRows(where: isChosen.map { !$0 }, with: .nan)
    let found = try Evaluation(matching: metrics.matching).metrics(of: refined, against: judged, test: test)
    (entries, self.test) = (Self.renamed(found.all), found.test.map(Self.renamed) ?? [])
  }

  /// The metrics with these among them.
  public func added(to metrics: Metrics) -> Metrics { metrics.adding(entries, test: test) }

  /// What a level's coverage is called.
  static func id(of level: CoverageLevel) -> String { "calibration.refined.coverage\(level.rawValue)" }

  private static func some(of pixels: [Int]) -> [Int] {
    pixels.count <= most ? pixels : (0..<most).map { pixels[$0 * pixels.count / most] }
  }

  private static let most = 20_000

  private static func renamed(_ values: Metrics.Values) -> [Metrics.Entry] {
    CoverageLevel.allCases.compactMap { level in
      values["calibration.coverage\(level.rawValue)"].map { Metrics.Entry(id(of: level), $0) }
    }
  }
}

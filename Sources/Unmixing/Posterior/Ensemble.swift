import Foundation
import Scenes
import Tensors

/// Where the variance of an abundance comes from.
///
///     Var a = mean over runs of (noise + posterior) + variance between runs
///
/// - Shapes: `[pixels, endmembers]`.
public struct VarianceParts: Sendable {
  /// What the scene's own noise would leave open under a run's endmembers; `nil` where decoders are not linear.
  public let noise: Tensor?
  /// What the runs' posteriors have beyond that: errors that endmembers do not explain. All of them where there is no noise.
  public let posterior: Tensor
  /// The variance of the means of the runs' posteriors: what another seed would have said.
  public let between: Tensor

  /// The parts.
  public init(noise: Tensor?, posterior: Tensor, between: Tensor) {
    (self.noise, self.posterior, self.between) = (noise, posterior, between)
  }

  /// The averages over some pixels and all endmembers, as shares of their sum: noise, posterior, between.
  public func shares(over pixels: [Int]) -> (noise: Double, posterior: Double, between: Double) {
    func sum(_ part: Tensor?) -> Double {
      part.map { Double($0.gatheringRows(pixels).mean().scalar) } ?? 0
    }
    let parts = (sum(noise), sum(posterior), sum(between))
    let total = max(parts.0 + parts.1 + parts.2, .leastNormalMagnitude)
    return (parts.0 / total, parts.1 / total, parts.2 / total)
  }
}

/// Several runs' estimates of one scene as one: the mixture of their posteriors with equal weights.
///
/// Endmembers are brought into the order of the first run: by name where all runs have the same names in the same order and
/// learnt them from labels, else by the least sum of angles.
///
/// - Source: Lakshminarayanan, Pritzel and Blundell, *Simple and scalable predictive uncertainty estimation using deep
///   ensembles*, NeurIPS 2017; the parts follow the law of total variance.
public struct Ensemble: Sendable {
  /// One run's estimate.
  public struct Member: Sendable {
    /// With standard deviations.
    public let estimate: Estimate
    /// Standard deviations of the posterior under the scene's noise alone, `[pixels, endmembers]`.
    public let noise: Tensor?
    /// Whether names and order of the endmembers are those of labels.
    public let isLabelled: Bool

    /// A member.
    public init(_ estimate: Estimate, noise: Tensor?, isLabelled: Bool) {
      (self.estimate, self.noise, self.isLabelled) = (estimate, noise, isLabelled)
    }

    func reordered(_ order: [Int]) -> Member {
      let columns = noise.map { noise in
        Tensor.concatenated(order.map { noise.slice(along: 1, $0..<$0 + 1) }, along: 1)
      }
      return Member(estimate.reordered(order), noise: columns, isLabelled: isLabelled)
    }
  }

  /// Their mixture: means, deviations and quantiles, with the parts of its variance and the spread of its endmembers.
  public let estimate: Estimate

  /// The mixture of at least two members of the same scene.
  ///
  /// - Throws: ``UnmixingError`` where numbers of endmembers or bands differ, or a member has no standard deviations.
  public init(_ members: [Member]) throws {
    guard let first = members.first, members.count > 1 else {
      throw UnmixingError.mismatch(field: "runs", expected: "at least two", found: "\(members.count)")
    }
    let aligned = try [first] + members.dropFirst().map { try Self.aligned($0, with: first) }
    if let place = aligned.firstIndex(where: { $0.estimate.deviation == nil }) {
      throw UnmixingError.missing(
        field: "standard deviations", neededFor: "an ensemble", remedy: "run \(place + 1) gives a point estimate")
    }
    var result = first.estimate
    let share = Scalar(1) / Scalar(aligned.count)
    func average(_ tensors: [Tensor]) -> Tensor { tensors.dropFirst().reduce(tensors[0], +) * share }
    let means = aligned.map(\.estimate.mean)
    result.mean = average(means)
    // Variances and quantiles are about the means of what was drawn, which may not be those shown.
    let centres = aligned.map { $0.estimate.posteriorMean ?? $0.estimate.mean }
    let centre = average(centres)
    result.posteriorMean = first.estimate.posteriorMean == nil ? nil : centre
    let between = average(centres.map { ($0 - centre).squared() })
    let within = average(aligned.compactMap { $0.estimate.deviation?.squared() })
    let noises = aligned.compactMap { $0.noise?.squared() }
    let noise = noises.count == aligned.count ? average(noises).minimum(with: within) : nil
    result.deviation = (within + between).sqrt()
    result.varianceParts = VarianceParts(
      noise: noise, posterior: noise.map { within - $0 } ?? within, between: between)
    result.quantiles = Self.quantiles(aligned.map(\.estimate))
    let angles = aligned.compactMap(\.estimate.reconstructionAngle)
    result.reconstructionAngle = angles.count == aligned.count ? average(angles) : nil
    let sources = aligned.compactMap(\.estimate.intervalSource)
    // A pixel without an interval in one of them has none; 0 is the least source.
    result.intervalSource =
      sources.count == aligned.count ? sources.dropFirst().reduce(sources[0]) { $0.minimum(with: $1) } : nil
    result.paretoShape = nil
    (result.draw, result.raw, result.totalConcentration, result.pureEndmembers) = (nil, nil, nil, nil)
    result.add(endmembersOf: aligned.map(\.estimate))
    estimate = result
  }

  private static func aligned(_ member: Member, with first: Member) throws -> Member {
    let (own, other) = (first.estimate, member.estimate)
    if own.endmemberCount != other.endmemberCount {
      throw UnmixingError.sizeMismatch(
        field: "endmembers of a run", expected: own.endmemberCount, found: other.endmemberCount)
    }
    if first.isLabelled && member.isLabelled && own.names == other.names { return member }
    guard let left = own.endmembers, let right = other.endmembers else {
      throw UnmixingError.missing(
        field: "endmembers", neededFor: "an ensemble of runs without labels", remedy: "a run gives none")
    }
    let pairs = Assignment(minimizing: try SpectralAngles.matrix(left, right)).columnOfRow
    return member.reordered(pairs.compactMap(\.self))
  }

  /// Quantiles of the mixture, between the least and the largest of its members'.
  private static func quantiles(_ estimates: [Estimate]) -> [Estimate.Quantile] {
    let probabilities = estimates[0].quantiles.map(\.probability)
    guard !probabilities.isEmpty, estimates.allSatisfy({ $0.quantiles.map(\.probability) == probabilities }) else {
      return []
    }
    let values = estimates.map { $0.quantiles.map(\.values.scalars) }
    let (shape, count) = (estimates[0].mean.shape, estimates[0].mean.count)
    var results = probabilities.map { _ in [Scalar](repeating: 0, count: count) }
    for place in 0..<count where estimates[0].isValid[place / shape[1]] {
      let own = values.map { member in
        zip(probabilities, member).map { (probability: $0, value: Double($1[place])) }
      }
      let curves = own.map(QuantileCurve.init)
      for level in probabilities.indices {
        let ends = own.map { $0[level].value }
        results[level][place] = Scalar(
          Self.quantile(probabilities[level], of: curves, from: ends.min() ?? 0, to: ends.max() ?? 0))
      }
    }
    return zip(probabilities, results).map { Estimate.Quantile(probability: $0, values: Tensor(shape, $1)) }
  }

  /// By bisection of the mean distribution function.
  private static func quantile(
    _ probability: Double, of curves: [QuantileCurve], from low: Double, to high: Double
  ) -> Double {
    var (low, high) = (low, high)
    while high - low > 1e-5 {
      let middle = 0.5 * (low + high)
      let below = curves.reduce(0) { $0 + $1.distribution(middle) } / Double(curves.count)
      if below < probability { low = middle } else { high = middle }
    }
    return 0.5 * (low + high)
  }
}

extension Estimate {
  /// Puts the members' mean endmembers in place of the own, with their standard deviation.
  fileprivate mutating func add(endmembersOf members: [Estimate]) {
    let spectra = members.compactMap { $0.endmembers?.spectra }
    guard var library = endmembers, spectra.count == members.count else { return }
    let mean = spectra.dropFirst().reduce(spectra[0], +) / Scalar(spectra.count)
    let squares = spectra.map { ($0 - mean).squared() }
    endmemberDeviation = (squares.dropFirst().reduce(squares[0], +) / Scalar(max(1, spectra.count - 1))).sqrt()
    library = SpectralLibrary(
      names: library.names, spectra: mean, axis: library.axis, source: "mean of \(members.count) runs")
    endmembers = library
  }
}

extension TrainedModel {
  /// Standard deviations of the exact posterior under the scene's own noise, as a check estimates it, `[pixels,
  /// endmembers]`: what would be left open if mixtures of the decoder's endmembers explained the scene. `nil` where the
  /// decoder is not linear or the estimate has no check.
  ///
  /// - Throws: what `observing` throws.
  public func noiseDeviation(
    of estimate: Estimate, in scene: Scene, observing: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }
  ) throws -> Tensor? {
    guard let mixing = linearMixing, let check = estimate.check else { return nil }
    let (pixels, count) = (scene.validPixels, mixing.endmembers.shape[0])
    let scaled = description.scaling.applied(to: scene.spectra)
    let posterior = LinearPosterior(
      endmembers: mixing.endmembers, deviations: check.deviations, concentration: priorConcentration(count))
    var random = RandomPurpose.refinement.stream(seed: description.seed, index: 1 << 22)
    var result = Tensor.zeros([scene.pixelCount, count])
    for start in stride(from: 0, to: pixels.count, by: 4096) {
      let tile = Array(pixels[start..<min(start + 4096, pixels.count)])
      random.rows = tile.map { UInt32($0) }
      let summary = posterior.sample(
        scaled.gatheringRows(tile), schedule: .init(draws: 300), probabilities: [], random: random)
      result.setRows(tile, to: summary.deviation)
      try observing(start + tile.count, pixels.count)
    }
    return result
  }
}

import Scenes
import Tensors

/// What a method says about a scene: abundances with their uncertainty, and endmembers.
///
/// - Shapes: `[pixels, endmembers]` or `[pixels]`, pixels as in ``Scene``.
/// - Edge cases: rows of masked pixels are zeros and mean nothing; see `isValid`.
public struct Estimate: Sendable {
  /// A map of one quantile.
  public struct Quantile: Sendable {
    /// The probability below it.
    public let probability: Double
    /// The quantile, `[pixels, endmembers]`.
    public let values: Tensor

    /// A map `[pixels, endmembers]` of the quantile of this probability.
    public init(probability: Double, values: Tensor) {
      self.probability = probability
      self.values = values
    }
  }

  /// The name of every endmember.
  public var names: [String]
  /// The number of image rows.
  public let rows: Int
  /// The number of image columns.
  public let columns: Int
  /// Which pixels were unmixed.
  public let isValid: [Bool]
  /// Expected fractions, see ``means``, or the point estimate.
  public var mean: Tensor
  /// The posterior standard deviation; `nil` for a method without a posterior. Rows of pixels whose posterior nothing told
  /// reliably are NaN, here and in ``quantiles``.
  public var deviation: Tensor?
  /// Quantiles of every abundance by itself, in order of probability; empty where there are none.
  public var quantiles: [Quantile] = []
  /// Whose `mean` is; `nil` where that was not noted, or where there is one only.
  public var means: MeanKind?
  /// The mean of the draws that deviation and quantiles come from, where `mean` is the network's; not written to files.
  public var posteriorMean: Tensor?
  /// Where deviation, quantiles and draw come from; `nil` where there are none, or where it was not noted.
  public var posterior: PosteriorKind?
  /// k̂ of the importance weights that a pixel's interval comes from or was checked by, held in −1…10, `[pixels]`; NaN where
  /// none were computed. See ``Probability/ImportanceWeights``.
  public var paretoShape: Tensor?
  /// Where each pixel's interval comes from, as numbers of ``IntervalSource``, `[pixels]`; `nil` where it was not noted.
  public var intervalSource: Tensor?
  /// One draw from the posterior.
  public var draw: Tensor?
  /// Σ α of a Dirichlet posterior, `[pixels]`.
  public var totalConcentration: Tensor?
  /// The angle between a spectrum and its reconstruction in radians, `[pixels]`.
  public var reconstructionAngle: Tensor?
  /// How far a spectrum is from its best mixture, in standard deviations of the noise, `[pixels]`: see ``ModelCheck``.
  public var residualScore: Tensor?
  /// Whether mixtures of the endmembers and noise explain the scene; `nil` where that was not looked at.
  public var check: ModelCheck?
  /// Draws of some pixels, one by one, where they were asked for; written to files and not read back.
  public var keptDraws: KeptDraws?
  /// Where the variance comes from, of an ensemble of runs.
  public var varianceParts: VarianceParts?
  /// The standard deviation of the endmembers over an ensemble's runs, `[endmembers, bands]`.
  public var endmemberDeviation: Tensor?
  /// What the network computed before its read-out brought it to the simplex, where that changed it.
  public var raw: Tensor?
  /// The endmembers, in the scene's bands.
  public var endmembers: SpectralLibrary?
  /// The endmembers read out a second way: the mean spectra of the purest pixels. See ``PurePixels``.
  public var pureEndmembers: SpectralLibrary?
  /// The objective after every iteration of a method that iterates on the scene; empty for others.
  public var objective: [Double] = []
  /// What was done to endmembers before they were mixed: `unitNorm` where each was divided by its norm, else `raw`.
  public var mixing = SpectrumScaling.raw
  /// Whether the endmembers began as those of the truth.
  public var startsFromTruth = false

  /// An estimate without uncertainty; what is known of it is set afterwards.
  public init(
    names: [String], of scene: Scene, mean: Tensor, endmembers: SpectralLibrary? = nil
  ) {
    precondition(
      mean.shape == [scene.pixelCount, names.count],
      "abundances of shape \(mean.shape) for \(scene.pixelCount) pixels and \(names.count) names")
    self.names = names
    rows = scene.rows
    columns = scene.columns
    isValid = scene.isValid
    self.mean = mean
    self.endmembers = endmembers
  }

  /// Abundances, as they were before a division by their sums, times the endmembers as they were mixed, `[pixels, bands]`;
  /// zeros in masked pixels, `nil` without endmembers. Of directions alone where ``mixing`` is `unitNorm`.
  package var mixture: Tensor? {
    guard let endmembers else { return nil }
    let mixed = Self.mixed(endmembers.spectra, mixing)
    return (raw ?? mean).matrixProduct(mixed) * Tensor([isValid.count, 1], isValid.map { $0 ? 1 : 0 })
  }

  /// Endmembers as abundances mix them.
  static func mixed(_ endmembers: Tensor, _ mixing: SpectrumScaling) -> Tensor {
    guard mixing == .unitNorm else { return endmembers }
    return endmembers / endmembers.norm(along: -1, keepingDimensions: true).maximum(with: Scalar.leastNormalMagnitude)
  }

  /// −Σₖ aₖ log aₖ of the mean abundances, `[pixels]`: 0 for a pure pixel, log K for an even mixture.
  public var entropy: Tensor {
    let shares = mean.maximum(with: 1e-12)
    return -(shares * shares.log()).sum(along: -1).minimum(with: 0)
  }

  /// The number of endmembers.
  public var endmemberCount: Int { names.count }

  /// What must be known wherever the estimate is shown, a sentence each.
  package var remarks: [String] { remarks(onDead: "; --restarts trains anew") }

  /// The same, with other words of advice where endmembers are dead.
  package func remarks(onDead advice: String) -> [String] {
    let dead = deadEndmembers.map { names[$0] }.joined(separator: ", ")
    return [
      dead.isEmpty ? nil : "dead endmembers (no pixel holds 0.01 of them): \(dead)\(advice)",
      posterior.map { "standard deviations and quantiles: \($0.remark)\(sources)" },
      remarkOnMeans,
      withheld == 0
        ? nil
        : "\(withheld) pixels have no interval (NaN): nothing that was tried for them can be trusted (k̂ above 0.7, or chains "
          + "that did not meet)",
      startsFromTruth ? "the endmembers began as the reference spectra of the truth: this is no blind unmixing" : nil,
      varianceParts.flatMap(remark),
      check?.verdict(wavelengths: endmembers?.axis?.wavelengths),
    ].compactMap { $0 }
  }

  /// Where the variance comes from.
  private func remark(on parts: VarianceParts) -> String? {
    let hasInterval = deviation.map(Evaluation.finiteRows) ?? isValid
    let pixels = validPixels.filter { hasInterval[$0] }
    if pixels.isEmpty { return nil }
    let shares = parts.shares(over: pixels)
    func percent(_ share: Double) -> String { "\(Int((100 * share).rounded())) %" }
    let noise = parts.noise == nil ? "" : "the scene's noise \(percent(shares.noise)), "
    return "variance: \(noise)posteriors \(parts.noise == nil ? "" : "beyond it ")\(percent(shares.posterior)), "
      + "between runs \(percent(shares.between))"
  }

  /// How many valid pixels have each source, where there is more than one or it needs saying.
  private var sources: String {
    let known = IntervalSource.allCases.filter { $0 != .withheld && pixels(from: $0) > 0 }
    if known.isEmpty || known == [.network] && withheld == 0 { return "" }
    if known == [.gibbs] { return " (\(known[0].name))" }
    return " (" + known.map { "\($0.name) for \(pixels(from: $0)) pixels" }.joined(separator: ", ") + ")"
  }

  /// How many valid pixels' intervals come from a source.
  public func pixels(from source: IntervalSource) -> Int {
    guard let intervalSource else { return 0 }
    return intervalSource.withUnsafeScalars { values in
      isValid.indices.count { isValid[$0] && Int(values[$0]) == source.rawValue }
    }
  }

  /// How many valid pixels have no interval because none can be trusted.
  public var withheld: Int { pixels(from: .withheld) }

  /// The largest abundance an endmember has over the scene when it counts as dead.
  public static let deadBelow: Scalar = 0.01

  /// The endmembers, from 0, that no pixel has a hundredth of: the method gave them no part in the scene.
  public var deadEndmembers: [Int] {
    let (count, abundances) = (endmemberCount, raw ?? mean)
    return abundances.withUnsafeScalars { values in
      (0..<count).filter { k in
        isValid.indices.allSatisfy { !isValid[$0] || values[$0 * count + k] < Self.deadBelow }
      }
    }
  }
}

extension Estimate {
  /// The estimate with endmembers in another order: endmember k of the result is `order[k]` of this one.
  public func reordered(_ order: [Int], names newNames: [String]? = nil) -> Estimate {
    func columns(_ values: Tensor) -> Tensor {
      .concatenated(order.map { values.slice(along: 1, $0..<$0 + 1) }, along: 1)
    }
    var result = self
    result.names = newNames ?? order.map { names[$0] }
    result.mean = columns(mean)
    result.deviation = deviation.map(columns)
    result.quantiles = quantiles.map { Quantile(probability: $0.probability, values: columns($0.values)) }
    result.draw = draw.map(columns)
    result.raw = raw.map(columns)
    result.posteriorMean = posteriorMean.map(columns)
    result.varianceParts = varianceParts.map {
      VarianceParts(noise: $0.noise.map(columns), posterior: columns($0.posterior), between: columns($0.between))
    }
    result.endmemberDeviation = endmemberDeviation.map { $0.gatheringRows(order) }
    result.keptDraws = nil
    func chosen(_ library: SpectralLibrary) -> SpectralLibrary {
      var chosen = library.selecting(spectra: order)
      chosen.names = result.names
      return chosen
    }
    result.endmembers = endmembers.map(chosen)
    result.pureEndmembers = pureEndmembers.map(chosen)
    return result
  }
}

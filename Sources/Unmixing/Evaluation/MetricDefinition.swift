import Foundation

/// What a metric's id stands for.
///
/// Papers mean different things by "RMSE" and "SAD". Every number here therefore carries an id that is spelled out, and
/// every id a formula; reports print both.
public struct MetricDefinition: Sendable, Hashable {
  /// The id, with `<name>` where an endmember's name stands.
  public let id: String
  /// What tables call it.
  public let title: String
  /// The unit, empty for fractions and reflectance.
  public let unit: String
  /// The formula, as text.
  public let formula: String

  /// All metrics, in the order of reports.
  ///
  /// Symbols: aₙₖ is the true abundance of endmember k in pixel n and âₙₖ the estimate paired with it, N the number of
  /// compared pixels, K of true endmembers, B of bands.
  public static let all: [MetricDefinition] =
    abundance + endmember + reconstruction + calibration + cost

  /// The definition that an id follows, with any endmember's name put back to `<name>`.
  public static func of(_ id: String) -> MetricDefinition? {
    all.first { $0.id == id } ?? all.first { $0.matches(id) }
  }

  /// The endmember's name inside an id; `nil` when the metric is of no single endmember.
  static func endmemberName(in id: String) -> String? {
    guard let definition = of(id), definition.id.hasSuffix(namePlace), definition.id != id else { return nil }
    return String(id.dropFirst(definition.id.count - namePlace.count))
  }

  private static let namePlace = "<name>"

  private func matches(_ id: String) -> Bool {
    self.id.hasSuffix(Self.namePlace) && id.hasPrefix(self.id.dropLast(Self.namePlace.count))
  }

  init(_ id: String, _ title: String, unit: String = "", _ formula: String) {
    (self.id, self.title, self.unit, self.formula) = (id, title, unit, formula)
  }

  private static let abundance = compared + drawn + readouts(following: compared)

  /// The same numbers for one draw from the posterior instead of its mean.
  private static let drawn = compared.filter { $0.id.hasPrefix("abundance.rmse.") }.map { definition in
    MetricDefinition(
      definition.id.replacingOccurrences(of: "abundance.rmse.", with: "abundance.rmse.sample."),
      definition.title.replacingOccurrences(of: "RMSE", with: "RMSE of one posterior draw"),
      "\(definition.formula), â one draw from the posterior instead of its mean")
  }

  private static let compared = [
    MetricDefinition("pixels", "compared pixels", "N: valid pixels with a finite true abundance"),
    MetricDefinition(
      "abundance.rmse.entry", "abundance RMSE, all entries", "sqrt( Σₙₖ (âₙₖ − aₙₖ)² / (N·K) )"),
    MetricDefinition(
      "abundance.rmse.endmemberMean", "abundance RMSE, mean over endmembers",
      "(1/K) Σₖ sqrt( Σₙ (âₙₖ − aₙₖ)² / N ): the mean of the per-endmember values, at most the one over all entries"),
    MetricDefinition(
      "abundance.rmse.vector", "abundance RMSE, vector norm",
      "sqrt( Σₙ ‖âₙ − aₙ‖² / N ): √K times the one over all entries"),
    MetricDefinition(
      "abundance.rmse.pixelMean", "abundance RMSE, mean over pixels", "(1/N) Σₙ sqrt( Σₖ (âₙₖ − aₙₖ)² / K )"),
    MetricDefinition(
      "abundance.rmse.endmember.<name>", "abundance RMSE of <name>", "sqrt( Σₙ (âₙₖ − aₙₖ)² / N )"),
    MetricDefinition(
      "abundance.rmse.rowMinimum", "abundance RMSE, row minimum (not one-to-one)",
      "(1/J) Σⱼ minₖ sqrt( Σₙ (âₙⱼ − aₙₖ)² / N ): each of J estimates takes the truth nearest to it, several the same "
        + "one; only for comparison with papers that report this"),
  ]

  private static let endmember = [
    MetricDefinition(
      "endmember.sad.mean", "endmember angle, mean", unit: "rad",
      "(1/K) Σₖ θ(êₖ, eₖ) with θ(x, y) = arccos( ⟨x, y⟩ / ‖x‖‖y‖ ), over the paired endmembers"),
    MetricDefinition("endmember.sad.degrees.mean", "endmember angle, mean", unit: "°", "endmember.sad.mean · 180/π"),
    MetricDefinition("endmember.sad.<name>", "endmember angle of <name>", unit: "rad", "θ(êₖ, eₖ)"),
    MetricDefinition(
      "endmember.sad.rowMinimum", "endmember angle, row minimum (not one-to-one)", unit: "rad",
      "(1/J) Σⱼ minₖ θ(êⱼ, eₖ), the truths chosen apart from those of the abundances; only for comparison with papers "
        + "that report this"),
  ]

  private static let reconstruction = [
    MetricDefinition(
      "reconstruction.angle", "reconstruction angle", unit: "rad", "(1/N) Σₙ θ(x̂ₙ, xₙ)"),
    MetricDefinition(
      "reconstruction.rmse", "reconstruction RMSE", "sqrt( Σₙ ‖x̂ₙ − xₙ‖² / (N·B) ), in reflectance"),
  ]

  private static let calibration =
    [
      MetricDefinition(
        "calibration.boundary", "true abundances on the boundary",
        "share of entries with aₙₖ ≤ ε or aₙₖ ≥ 1 − ε, ε = 10⁻⁴; they are left out of coverage, because an interval with "
          + "equal tails of a continuous posterior never contains 0 or 1"),
      MetricDefinition(
        "calibration.boundaryExpected", "abundances expected on the boundary",
        "mean over entries of the marginal posterior's probability F(ε) + 1 − F(1 − ε); ideally calibration.boundary"),
    ]
    + CoverageLevel.allCases.flatMap { level in
      [
        MetricDefinition(
          "calibration.coverage\(level.rawValue)", "coverage of \(level.rawValue) % intervals",
          "share of entries off the boundary with |U − ½| ≤ 0.\(level.rawValue)/2, where "
            + "U = (F(aₙₖ) − F(ε)) / (F(1 − ε) − F(ε)), ε = 10⁻⁴, F the marginal posterior's distribution function: aₙₖ "
            + "is inside the equal-tailed \(level.rawValue) % interval of the posterior given that the abundance is off "
            + "the boundary; missed where F(1 − ε) − F(ε) < 10⁻⁶; ideally 0.\(level.rawValue). Of stored quantiles F is "
            + "logistic-normal between them; among draws U is spread over its step"),
        MetricDefinition(
          "calibration.coverage\(level.rawValue).<name>", "coverage of \(level.rawValue) % intervals of <name>",
          "the same for one endmember"),
      ]
    }
    + CoverageLevel.allCases.map { level in
      MetricDefinition(
        RefinedCoverage.id(of: level), "coverage of refined \(level.rawValue) % intervals",
        "calibration.coverage\(level.rawValue) of the intervals that unmix and report publish: of draws from the exact "
          + "posterior of a linear decoder, in place of the network's own")
    }
    + [
      MetricDefinition(
        "calibration.withheld", "pixels without an interval",
        "the share of pixels of which no interval can be trusted; the other calibration metrics leave them out"),
      MetricDefinition(
        "calibration.crps", "continuous ranked probability score",
        "mean over entries of ∫ (F(t) − [t ≥ aₙₖ])² dt, F the marginal posterior's distribution function; boundary "
          + "included; the absolute error when the posterior is a point"),
    ]

  private static let cost = [
    MetricDefinition(
      "seconds", "time of training", unit: "s",
      "time by the clock from the first step to the last, over all processes of a resumed run"),
    MetricDefinition(
      "peakMemoryBytes", "peak memory", unit: "B",
      "the most physical memory the process that finished the run had held when it wrote the metrics"),
  ]
}

/// The probabilities that intervals are checked at, in per cent.
public enum CoverageLevel: Int, CaseIterable, Sendable {
  case fifty = 50, eighty = 80, ninety = 90, ninetyFive = 95, ninetyNine = 99

  /// The probability.
  public var probability: Double { Double(rawValue) / 100 }
}

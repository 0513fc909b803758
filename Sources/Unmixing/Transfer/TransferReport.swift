import Foundation
import Scenes

/// A ``TransferGap`` in words and tables, beside the one that is left after an adaptation, where there was one.
public struct TransferReport: Sendable {
  private let gap: TransferGap
  private let adapted: TransferGap?

  /// The report of a gap, and of the one that is left after an ``Adaptation``.
  public init(_ gap: TransferGap, adapted: TransferGap? = nil) { (self.gap, self.adapted) = (gap, adapted) }

  /// Where the result, the adapted one if there is one, is not to be trusted, in sentences; one that says so where nothing
  /// speaks against it.
  public var verdict: [String] {
    let result = adapted ?? gap
    let (target, home) = (result.target, gap.synthetic)
    var sentences: [String] = []
    if target.shareOutside95 > max(0.1, 2 * home.shareOutside95) {
      sentences.append(
        "\(percent(target.shareOutside95)) of the target's values lie outside the 95 % interval of the model's residuals (synthetic: "
          + "\(percent(home.shareOutside95))): its intervals for abundances are too narrow there.")
    }
    if target.shareUnlikely > 0.05 {
      sentences.append(
        "\(percent(target.shareUnlikely)) of the target's pixels fit worse than 99 % of synthetic ones; do not trust these "
          + "(map unlikely-pixels).")
    }
    if target.reconstructionAngle > 1.5 * target.leastSquaresAngle {
      sentences.append(
        "Least squares with the same spectra reconstructs the target better by a factor of "
          + "\(Numeral.short(target.reconstructionAngle / target.leastSquaresAngle)): the encoder misreads it.")
    }
    if target.leastSquaresAngle > 2 * home.leastSquaresAngle {
      sentences.append(
        "Even least squares misses the target by \(Numeral.short(target.leastSquaresAngle)) rad (synthetic: "
          + "\(Numeral.short(home.leastSquaresAngle))): materials of the target are missing from the recipe, or its light is "
          + "another.")
    }
    let worst = ranges(result.bands.indices.filter { result.bands[$0].score > 3 })
    if !worst.isEmpty {
      sentences.append("The spectra differ most in \(worst.prefix(6).joined(separator: ", ")).")
    }
    let strangers = result.correlations.compactMap { name, value in value.map { (name, $0) } ?? (name, 0) }
      .filter { $0.1 < 0.5 }.map(\.0).sorted()
    if !strangers.isEmpty {
      sentences.append(
        "Maps of \(strangers.joined(separator: ", ")) do not agree with those of least squares (correlation below 0.5)."
      )
    }
    if let adapted, adapted.endmemberAngle > max(0.05, 2 * gap.endmemberAngle) {
      sentences.append(
        "Adapting moved the endmembers from \(Numeral.short(gap.endmemberAngle)) to \(Numeral.short(adapted.endmemberAngle)) "
          + "rad from the recipe's spectra, on average: their names may no longer be right.")
    }
    return sentences.isEmpty ? ["Nothing measured here speaks against the result."] : sentences
  }

  /// The table, the correlations, and the verdict.
  public var text: String {
    let gaps = [gap] + (adapted.map { [$0] } ?? [])
    var table = TextTable(
      ["figure", "target"] + (adapted == nil ? [] : ["target, adapted"]) + ["synthetic"]
        + (adapted == nil ? [] : ["synthetic, adapted"]), rightAligned: Set(1..<5))
    for (name, value) in Self.figures {
      let sides = gaps.map(\.target) + gaps.map(\.synthetic)
      table.add([name] + sides.map { value($0).map(Numeral.short) ?? "–" })
    }
    var maps = TextTable(
      ["endmember", "correlation with least squares"] + (adapted == nil ? [] : ["adapted"]), rightAligned: [1, 2])
    for name in gap.correlations.keys.sorted() {
      maps.add([name] + gaps.map { ($0.correlations[name] ?? nil).map(Numeral.short) ?? "–" })
    }
    return [table.text, maps.text, verdict.joined(separator: "\n")].joined(separator: "\n\n")
  }

  /// One row a band: number, wavelength, mean residual, and the residuals' size relative to that at home; the last two
  /// again as they are after an adaptation.
  public var bandTable: String {
    let last = adapted?.bands
    var text = CommaSeparated.line(
      ["band", "wavelength (nm)", "bias", "score"] + (last == nil ? [] : ["bias, adapted", "score, adapted"]))
    for (number, band) in gap.bands.enumerated() {
      let after = last.map { ["\($0[number].bias)", "\($0[number].score)"] } ?? []
      text += CommaSeparated.line(
        ["\(number + 1)", band.wavelength.map { "\($0)" } ?? "", "\(band.bias)", "\(band.score)"] + after)
    }
    return text
  }

  private static let figures: [(String, @Sendable (TransferGap.Side) -> Double?)] = [
    ("share outside the predictive 95 % interval", { $0.shareOutside95 }),
    ("share of pixels unlike the synthetic ones", { $0.shareUnlikely }),
    ("energy distance from the training spectra", { $0.energyDistance }),
    ("entropy of abundances (nats)", { $0.entropy }),
    ("total concentration, median", { $0.totalConcentration }),
    ("reconstruction angle (rad)", { $0.reconstructionAngle }),
    ("the same by least squares (rad)", { $0.leastSquaresAngle }),
  ]

  private func percent(_ share: Double) -> String { "\(Int((100 * share).rounded())) %" }

  /// Runs of neighbouring bands, as wavelengths where they are known.
  private func ranges(_ bands: [Int]) -> [String] {
    var runs: [ClosedRange<Int>] = []
    for band in bands {
      if let last = runs.last, last.upperBound == band - 1 {
        runs[runs.count - 1] = last.lowerBound...band
      } else {
        runs.append(band...band)
      }
    }
    return runs.sorted { $0.count > $1.count }.map { run in
      let (first, last) = (gap.bands[run.lowerBound].wavelength, gap.bands[run.upperBound].wavelength)
      guard let first, let last else { return "bands \(run.lowerBound + 1)–\(run.upperBound + 1)" }
      return run.count == 1 ? "\(Int(first)) nm" : "\(Int(first))–\(Int(last)) nm"
    }
  }
}

import Foundation
import Scenes

/// A ``TransferGap`` in words and tables.
public struct TransferReport: Sendable {
  private let gap: TransferGap

  /// The report of a gap.
  public init(_ gap: TransferGap) { self.gap = gap }

  /// Where the result is not to be trusted, in sentences; one that says so where nothing speaks against it.
  public var verdict: [String] {
    let (target, home) = (gap.target, gap.synthetic)
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
    let worst = ranges(gap.bands.indices.filter { gap.bands[$0].score > 3 })
    if !worst.isEmpty {
      sentences.append("The spectra differ most in \(worst.prefix(6).joined(separator: ", ")).")
    }
    let strangers = gap.correlations.compactMap { name, value in value.map { (name, $0) } ?? (name, 0) }
      .filter { $0.1 < 0.5 }.map(\.0).sorted()
    if !strangers.isEmpty {
      sentences.append(
        "Maps of \(strangers.joined(separator: ", ")) do not agree with those of least squares (correlation below 0.5)."
      )
    }
    return sentences.isEmpty ? ["Nothing measured here speaks against the result."] : sentences
  }

  /// The table, the correlations, and the verdict.
  public var text: String {
    var table = TextTable(["figure", "target", "synthetic"], rightAligned: [1, 2])
    for (name, value) in Self.figures {
      table.add([name, value(gap.target).map(Numeral.short) ?? "–", value(gap.synthetic).map(Numeral.short) ?? "–"])
    }
    var maps = TextTable(["endmember", "correlation with least squares"], rightAligned: [1])
    for (name, value) in gap.correlations.sorted(by: { $0.key < $1.key }) {
      maps.add([name, value.map(Numeral.short) ?? "–"])
    }
    return [table.text, maps.text, verdict.joined(separator: "\n")].joined(separator: "\n\n")
  }

  /// One row a band: number, wavelength, mean residual, and the residuals' size relative to that at home.
  public var bandTable: String {
    var text = CommaSeparated.line(["band", "wavelength (nm)", "bias", "score"])
    for (number, band) in gap.bands.enumerated() {
      text += CommaSeparated.line([
        "\(number + 1)", band.wavelength.map { "\($0)" } ?? "", "\(band.bias)", "\(band.score)",
      ])
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

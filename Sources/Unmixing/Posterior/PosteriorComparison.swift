import Foundation
import Probability
import Tensors

/// Posteriors of the same pixels by different ways, held against each other.
public struct PosteriorComparison: Sendable, Codable {
  /// The posteriors of one kind.
  public struct Side: Sendable, Codable {
    /// `amortised`, `refined` or `nuts`.
    public let posterior: String
    /// The mean standard deviation of each endmember's abundance.
    public let deviation: [Double]
    /// The mean width of each endmember's central 90 % interval.
    public let width: [Double]
    /// k̂ of every pixel; `nil` where no weights were computed or k̂ is not finite.
    public let paretoShape: [Double?]
    /// The largest split-R̂ of every pixel's chains, where there are some.
    public let convergence: [Double?]
    /// Where the draws of every pixel come from.
    public let source: [IntervalSource]

    /// The share of pixels whose draws cannot be trusted.
    public var withheld: Double { Double(source.count { $0 == .withheld }) / Double(max(1, source.count)) }
  }

  /// How far one kind is from another, over pixels that both tell; medians and 95 % quantiles over pixels and endmembers.
  public struct Distance: Sendable, Codable {
    /// The kind that is compared.
    public let posterior: String
    /// The kind it is compared with.
    public let reference: String
    /// How many pixels are compared.
    public let pixels: Int
    /// |E₁[a] − E₂[a]| in standard deviations of the reference.
    public let mean: Spread
    /// The ratio of standard deviations.
    public let deviation: Spread
    /// The ratio of the widths of 90 % intervals.
    public let width: Spread
    /// The largest |F₁(q₂(p)) − p| over p = 0.1 … 0.9: by how much deciles of the reference miss their probability.
    public let probability: Spread
    /// The energy distance 2 E‖X − Y‖ − E‖X − X′‖ − E‖Y − Y′‖ of a pixel's draws.
    public let energy: Spread
  }

  /// Quantiles over pixels, or pixels and endmembers.
  public struct Spread: Sendable, Codable {
    /// The 5 % quantile.
    public let low: Double
    /// The median.
    public let median: Double
    /// The 95 % quantile.
    public let high: Double

    init(_ values: [Double]) {
      let sorted = values.filter(\.isFinite).sorted()
      func quantile(_ p: Double) -> Double {
        sorted.isEmpty ? 0 : sorted[Int((p * Double(sorted.count - 1)).rounded())]
      }
      (low, median, high) = (quantile(0.05), quantile(0.5), quantile(0.95))
    }
  }

  /// The scene's pixels, from 0.
  public let pixels: [Int]
  /// The endmembers' names.
  public let endmembers: [String]
  /// Every kind.
  public let sides: [Side]
  /// Every kind but the last against every later one. Pixels that a kind withholds are compared too where that kind is the
  /// network's: whether it should have been withheld is what one wants to see.
  public let distances: [Distance]

  private static let probabilities = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95]

  /// Holds draws of the same pixels against each other.
  ///
  /// - Precondition: all are of the same pixels and endmembers.
  public init(_ all: [(kind: PosteriorKind, draws: PosteriorDraws)], endmembers: [String]) {
    precondition(all.allSatisfy { $0.draws.pixels == all[0].draws.pixels }, "draws of different pixels")
    let told = all.map { Told($0.kind, $0.draws) }
    pixels = all[0].draws.pixels
    self.endmembers = endmembers
    sides = told.map(\.side)
    distances = told.indices.flatMap { first in
      (first + 1..<max(told.count, first + 1)).map { second in told[first].distance(to: told[second]) }
    }
  }

  /// One kind's draws with what is compared of them.
  private struct Told {
    let kind: PosteriorKind
    let draws: PosteriorDraws
    let mean: [Double]
    let deviation: [Double]
    let quantiles: [[Double]]

    init(_ kind: PosteriorKind, _ draws: PosteriorDraws) {
      (self.kind, self.draws) = (kind, draws)
      let summary = draws.summary(PosteriorComparison.probabilities)
      mean = summary.mean.scalars.map { Double($0) }
      deviation = summary.deviation.scalars.map { Double($0) }
      quantiles = summary.quantiles.map { $0.scalars.map { Double($0) } }
    }

    var count: Int { draws.draws.shape[2] }

    func width(_ place: Int) -> Double { quantiles[quantiles.count - 1][place] - quantiles[0][place] }

    var side: Side {
      func averages(_ value: (Int) -> Double) -> [Double] {
        (0..<count).map { k in
          draws.pixels.indices.reduce(0) { $0 + value($1 * count + k) } / Double(max(1, draws.pixels.count))
        }
      }
      func finite(_ values: [Double]) -> [Double?] { values.map { $0.isFinite ? $0 : nil } }
      return Side(
        posterior: kind.rawValue, deviation: averages { deviation[$0] }, width: averages(width),
        paretoShape: finite(draws.paretoShape), convergence: finite(draws.convergence), source: draws.source)
    }

    private func isTold(_ pixel: Int) -> Bool { kind == .amortised || draws.source[pixel] != .withheld }

    func distance(to other: Told) -> Distance {
      let shown = draws.pixels.indices.filter { isTold($0) && other.isTold($0) }
      let places = shown.flatMap { pixel in (0..<count).map { pixel * count + $0 } }
      let flat = draws.draws.scalars
      let misses = shown.flatMap { pixel in
        (0..<count).map { k -> Double in
          let (rows, stride) = (draws.draws.shape[0], draws.pixels.count * count)
          return (1...9).map { decile -> Double in
            let limit = Scalar(other.quantiles[decile][pixel * count + k])
            let below = (0..<rows).count { flat[$0 * stride + pixel * count + k] <= limit }
            return abs(Double(below) / Double(rows) - PosteriorComparison.probabilities[decile])
          }.max() ?? 0
        }
      }
      return Distance(
        posterior: kind.rawValue, reference: other.kind.rawValue, pixels: shown.count,
        mean: Spread(places.map { abs(mean[$0] - other.mean[$0]) / other.deviation[$0] }),
        deviation: Spread(places.map { deviation[$0] / other.deviation[$0] }),
        width: Spread(places.map { width($0) / other.width($0) }), probability: Spread(misses),
        energy: Spread(shown.map { energyDistance(rows(of: $0), other.rows(of: $0), most: 300) }))
    }

    /// The draws of one pixel, `[draws, endmembers]`.
    private func rows(of pixel: Int) -> Tensor {
      draws.draws.slice(along: 1, pixel..<pixel + 1).reshaped(to: [draws.draws.shape[0], count])
    }
  }
}

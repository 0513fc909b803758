import Foundation
import Synthetic
import Tensors
import TestSupport
import Testing

@Suite struct CirculantEmbeddingTests {
  static let side = 24
  static let fieldCount = 300

  /// The covariance at lag h averaged over positions p and q = p + h has, by Isserlis' theorem, the variance
  ///
  ///     Σ_{p, p′} [C(p − p′)² + C(p − p′ + h) C(p − p′ − h)] / n²
  ///
  /// in one field. The mean over 300 independent fields must lie within 4.8 standard deviations: 1.6e-6 of false alarm
  /// for each of the 24 comparisons, 4e-5 for the suite. Seed 20.
  @Test(arguments: [(0.5, 4.0), (1.0, 3.0), (1.5, 2.0), (2.2, 1.5)])
  func fieldsHaveTheMaternCovariance(smoothness: Double, length: Double) {
    check(MaternCovariance(smoothness: smoothness, length: length))
  }

  /// The same of the spherical covariance, with 6 more comparisons.
  @Test func fieldsHaveTheSphericalCovariance() { check(SphericalCovariance(length: 6)) }

  private func check(_ covariance: some Covariance) {
    let embedding = CirculantEmbedding(of: covariance, rows: Self.side, columns: Self.side)
    // What is clipped would bias the variance by its share; the tolerance at lag 0 is about 1 %.
    #expect(embedding.clippedShare < 1e-4)
    let fields = (0..<UInt32(Self.fieldCount / 2)).flatMap { pair in
      let (first, second) = embedding.fields(seed: 20, stream: 1, pair: pair)
      return [first, second].map { $0.map { Double($0) } }
    }
    for lag in [(0, 0), (0, 1), (1, 0), (2, 3), (0, 6), (9, 4)] {
      let estimate = fields.reduce(0) { $0 + empirical($1, lag) } / Double(fields.count)
      let deviation = (variance(covariance, lag) / Double(fields.count)).squareRoot()
      let expected = covariance(distance(lag.0, lag.1))
      expectClose(estimate, expected, absolute: 4.8 * deviation, because: "4.8 standard deviations at lag \(lag)")
    }
  }

  /// Half the mean square of differences D = z(p) − z(p + h) is 1 − C(h), and it is known far better than C: with
  /// G(δ) = 2C(δ) − C(δ + h) − C(δ − h) for the covariance of two differences, its variance in one field is
  ///
  ///     Σ_{p, p′} G(p − p′)² / 2n²
  ///
  /// At lag 1 this is about 1 % of its value over 300 fields. Same false alarm as above for each of 16; seed 22.
  @Test(arguments: [(0.5, 4.0), (1.0, 3.0), (1.5, 2.0), (2.2, 1.5)])
  func neighboursDifferAsTheCovarianceSays(smoothness: Double, length: Double) {
    let covariance = MaternCovariance(smoothness: smoothness, length: length)
    let embedding = CirculantEmbedding(of: covariance, rows: Self.side, columns: Self.side)
    let fields = (0..<UInt32(Self.fieldCount / 2)).flatMap { pair in
      let (first, second) = embedding.fields(seed: 22, stream: 1, pair: pair)
      return [first, second].map { $0.map { Double($0) } }
    }
    for lag in [(0, 1), (1, 0), (1, 1), (3, 2)] {
      let estimate = fields.reduce(0) { $0 + halfMeanSquareDifference($1, lag) } / Double(fields.count)
      let points = Double((Self.side - lag.0) * (Self.side - lag.1))
      var sum = 0.0
      forEachDifference(Self.side - lag.0, Self.side - lag.1) { down, across, count in
        let same = 2 * covariance(distance(down, across))
        let forth = covariance(distance(down + lag.0, across + lag.1))
        let back = covariance(distance(down - lag.0, across - lag.1))
        sum += count * (same - forth - back) * (same - forth - back)
      }
      let deviation = (sum / 2 / Double(fields.count)).squareRoot() / points
      expectClose(
        estimate, 1 - covariance(distance(lag.0, lag.1)), absolute: 4.8 * deviation,
        because: "4.8 standard deviations at lag \(lag)")
    }
  }

  private func halfMeanSquareDifference(_ field: [Double], _ lag: (Int, Int)) -> Double {
    var sum = 0.0
    for row in 0..<Self.side - lag.0 {
      for column in 0..<Self.side - lag.1 {
        let step = field[row * Self.side + column] - field[(row + lag.0) * Self.side + column + lag.1]
        sum += step * step / 2
      }
    }
    return sum / Double((Self.side - lag.0) * (Self.side - lag.1))
  }

  @Test func theTwoFieldsOfATransformAreIndependent() {
    // Var of the mean product of independent fields: Σ C(p − p′)² / n². Same false alarm as above; seed 21.
    let covariance = MaternCovariance(smoothness: 1, length: 3)
    let embedding = CirculantEmbedding(of: covariance, rows: Self.side, columns: Self.side)
    let products = (0..<150).map { pair in
      let (first, second) = embedding.fields(seed: 21, stream: 1, pair: UInt32(pair))
      return zip(first, second).reduce(0) { $0 + Double($1.0 * $1.1) } / Double(first.count)
    }
    var sum = 0.0
    forEachDifference(Self.side, Self.side) { down, across, count in
      let value = covariance(distance(down, across))
      sum += count * value * value
    }
    let pairs = Double(Self.side * Self.side)
    let deviation = (sum / (pairs * pairs) / 150).squareRoot()
    expectClose(products.reduce(0, +) / 150, 0, absolute: 4.8 * deviation, because: "4.8 standard deviations")
  }

  @Test func growsTheTorusWhileEigenvaluesAreNegative() {
    let long = CirculantEmbedding(of: MaternCovariance(smoothness: 1, length: 20), rows: 16, columns: 16)
    #expect(long.torusRows > 32)
    #expect(long.clippedShare == 0)
    let short = CirculantEmbedding(of: MaternCovariance(smoothness: 1, length: 2), rows: 16, columns: 20)
    #expect((short.torusRows, short.torusColumns) == (32, 64))
  }

  private func distance(_ down: Int, _ across: Int) -> Double { Double(down * down + across * across).squareRoot() }

  private func empirical(_ field: [Double], _ lag: (Int, Int)) -> Double {
    var sum = 0.0
    for row in 0..<Self.side - lag.0 {
      for column in 0..<Self.side - lag.1 {
        sum += field[row * Self.side + column] * field[(row + lag.0) * Self.side + column + lag.1]
      }
    }
    return sum / Double((Self.side - lag.0) * (Self.side - lag.1))
  }

  /// The variance of `empirical` for one field of that covariance.
  private func variance(_ covariance: some Covariance, _ lag: (Int, Int)) -> Double {
    let (rows, columns) = (Self.side - lag.0, Self.side - lag.1)
    var sum = 0.0
    forEachDifference(rows, columns) { down, across, count in
      let same = covariance(distance(down, across))
      let forth = covariance(distance(down + lag.0, across + lag.1))
      let back = covariance(distance(down - lag.0, across - lag.1))
      sum += count * (same * same + forth * back)
    }
    return sum / Double(rows * columns) / Double(rows * columns)
  }

  /// Every difference between two positions of a window, with the number of pairs that have it.
  private func forEachDifference(_ rows: Int, _ columns: Int, _ body: (Int, Int, Double) -> Void) {
    for down in -rows + 1..<rows {
      for across in -columns + 1..<columns { body(down, across, Double((rows - abs(down)) * (columns - abs(across)))) }
    }
  }
}

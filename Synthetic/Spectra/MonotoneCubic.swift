/// A curve through given points that rises and falls only where the points do.
///
/// Piecewise cubic Hermite interpolation with slopes limited to the harmonic mean of the neighbouring secants,
/// zero where these differ in sign. Outside the points the curve stays at its end values.
///
/// - Source: Fritsch & Butland (1984), *A method for constructing local monotone piecewise cubic interpolants*,
///   SIAM J. Sci. Stat. Comput. 5(2).
package struct MonotoneCubic: Sendable {
  private let x: [Double]
  private let y: [Double]
  private let slopes: [Double]

  /// The curve through `points`, at least two, with increasing abscissas.
  package init(through points: [(x: Double, y: Double)]) {
    precondition(points.count >= 2, "\(points.count) points do not make a curve")
    precondition(zip(points, points.dropFirst()).allSatisfy { $0.x < $1.x }, "abscissas must increase")
    x = points.map(\.x)
    y = points.map(\.y)
    slopes = Self.limitedSlopes(x, y)
  }

  /// The curve's ordinate.
  package func callAsFunction(_ at: Double) -> Double {
    guard at > x[0] else { return y[0] }
    guard at < x[x.count - 1] else { return y[y.count - 1] }
    let right = x.firstIndex { $0 > at } ?? x.count - 1
    let left = right - 1
    let width = x[right] - x[left]
    let t = (at - x[left]) / width
    let (t2, t3) = (t * t, t * t * t)
    return y[left] * (2 * t3 - 3 * t2 + 1) + y[right] * (3 * t2 - 2 * t3)
      + width * (slopes[left] * (t3 - 2 * t2 + t) + slopes[right] * (t3 - t2))
  }

  private static func limitedSlopes(_ x: [Double], _ y: [Double]) -> [Double] {
    let secants: [Double] = (1..<x.count).map { i in
      let (rise, run) = (y[i] - y[i - 1], x[i] - x[i - 1])
      return rise / run
    }
    var slopes = [Double](repeating: 0, count: x.count)
    slopes[0] = secants[0]
    slopes[x.count - 1] = secants[x.count - 2]
    for i in 1..<max(1, x.count - 1) where secants[i - 1] * secants[i] > 0 {
      let (before, after) = (x[i] - x[i - 1], x[i + 1] - x[i])
      let (first, second) = (2 * after + before, after + 2 * before)
      slopes[i] = (first + second) / (first / secants[i - 1] + second / secants[i])
    }
    return slopes
  }
}

/// The nearest point of the simplex: non-negative, with sum one.
///
///     max(v − τ, 0) with τ such that the sum is one
///
/// - Complexity: O(count²): counts are small, and nothing is allocated.
/// - Source: Held, Wolfe and Crowder, *Validation of subgradient optimization*, Mathematical Programming 6, 1974.
package enum SimplexProjection {
  /// Projects `count` finite numbers in place.
  package static func project(_ values: UnsafeMutablePointer<Double>, count: Int) {
    // Of the numbers still above the threshold, those below the next threshold drop out until none does.
    var (threshold, members) = (-Double.infinity, 0)
    while true {
      var (sum, next) = (-1.0, 0)
      for index in 0..<count where values[index] > threshold {
        sum += values[index]
        next += 1
      }
      if next == members || next == 0 { break }
      (threshold, members) = (sum / Double(next), next)
    }
    for index in 0..<count { values[index] = max(values[index] - threshold, 0) }
  }
}

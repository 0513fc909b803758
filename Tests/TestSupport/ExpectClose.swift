import Tensors
import Testing

/// A tolerance of so many roundings to `Scalar`: 1.2·10⁻⁷ each in Float, 2.2·10⁻¹⁶ in Double.
package func roundings(_ count: Double) -> Double { count * Double(Scalar.ulpOfOne) }

/// Expects two numbers to agree.
///
///     |actual − expected| ≤ absolute + relative · |expected|
///
/// - Parameters:
///   - absolute, relative: The tolerance; both are 0 unless given.
///   - reason: Why the tolerance is what it is; it is part of the message of a failure.
/// - Edge cases: Equal infinities agree. A NaN agrees with a NaN only.
package func expectClose<Number: BinaryFloatingPoint>(
  _ actual: Number, _ expected: Number, absolute: Double = 0, relative: Double = 0, because reason: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  expectClose([actual], [expected], absolute: absolute, relative: relative, because: reason, at: sourceLocation)
}

/// Expects two lists of numbers to agree, each pair within the tolerance.
package func expectClose<Number: BinaryFloatingPoint>(
  _ actual: [Number], _ expected: [Number], absolute: Double = 0, relative: Double = 0, because reason: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  expectClose(actual, expected, absolute: absolute, relative: relative, because: reason, at: sourceLocation)
}

/// Expects two tensors to have the same shape and to agree, each pair of numbers within the tolerance.
package func expectClose(
  _ actual: Tensor, _ expected: Tensor, absolute: Double = 0, relative: Double = 0, because reason: String,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard actual.shape == expected.shape else {
    Issue.record("shape \(actual.shape), expected \(expected.shape)", sourceLocation: sourceLocation)
    return
  }
  expectClose(
    actual.scalars, expected.scalars, absolute: absolute, relative: relative, because: reason, at: sourceLocation)
}

private func expectClose<Number: BinaryFloatingPoint>(
  _ actual: [Number], _ expected: [Number], absolute: Double, relative: Double, because reason: String,
  at location: SourceLocation
) {
  guard actual.count == expected.count else {
    Issue.record("\(actual.count) numbers, expected \(expected.count)", sourceLocation: location)
    return
  }
  let apart = actual.indices.filter { !agree(Double(actual[$0]), Double(expected[$0]), absolute, relative) }
  guard let first = apart.first else { return }
  let (found, wanted) = (Double(actual[first]), Double(expected[first]))
  Issue.record(
    """
    \(apart.count) of \(actual.count) numbers differ; at \(first): \(found), expected \(wanted), \
    apart by \(abs(found - wanted)), allowed \(absolute) + \(relative)·|expected| (\(reason))
    """, sourceLocation: location)
}

private func agree(_ actual: Double, _ expected: Double, _ absolute: Double, _ relative: Double) -> Bool {
  if actual == expected || (actual.isNaN && expected.isNaN) { return true }
  guard actual.isFinite, expected.isFinite else { return false }
  return abs(actual - expected) <= absolute + relative * abs(expected)
}

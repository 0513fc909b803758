import Tensors
import Testing

/// How derivatives are compared with finite differences in this build.
package enum GradientTolerance {
  #if DoublePrecision
    /// The agreement asked for, relative to the derivative.
    package static let relative = 1e-6
    /// The step, relative to the argument. The truncation of the six-point rule is of order step⁶ ≈ 10⁻¹⁵.
    package static let step = 3e-3
  #else
    /// The agreement asked for, relative to the derivative: Float differences cannot see more.
    package static let relative = 2e-3
    /// The step, relative to the argument: large, because Float differences lose digits in proportion to 1/step.
    package static let step = 3e-2
  #endif
  /// How many units in the last place the value of a function may be off; this bounds what a difference can tell.
  package static let roundoff = 16.0
}

/// Checks the derivatives of a function with respect to every parameter of a model against finite differences.
///
/// The function may return any shape; checked is the derivative of its sum weighted with fixed, irregular weights, so
/// that no two outputs can hide each other's errors. The difference is the six-point rule
///
///     f′(x) ≈ (45 (f₊₁ − f₋₁) − 9 (f₊₂ − f₋₂) + (f₊₃ − f₋₃)) / 60h,   h = step · max(|x|, 0.01)
///
/// and must agree within `relative`·|f′| plus what rounding does to the difference, 16 ulp(f)/h.
///
/// - Parameters:
///   - function: Must have seven derivatives around the point; keep kinks further than 3h away.
///   - model: The point. A model is a `Tensor`, an array of them, or any other `Module`.
///   - components: At most this many numbers of every parameter are checked, evenly spread.
package func checkGradient<Model: Module>(
  of function: (inout Model) throws -> Tensor, at model: Model, relative: Double = GradientTolerance.relative,
  step: Double = GradientTolerance.step, components: Int = 64, sourceLocation: SourceLocation = #_sourceLocation
) rethrows {
  var tracked = model
  let (_, gradient) = try valueAndGradient(at: &tracked) { model in
    let value = try function(&model)
    return (value * weights(value.shape)).sum()
  }
  let (points, slopes) = (model.parameters, gradient.parameters)
  for (position, (point, slope)) in zip(points, slopes).enumerated() {
    guard point.shape == slope.shape else {
      Issue.record(
        "parameter \(position): a derivative of shape \(slope.shape) for shape \(point.shape)",
        sourceLocation: sourceLocation)
      continue
    }
    let stride = max(1, (point.count + components - 1) / max(1, components))
    for element in Swift.stride(from: 0, to: point.count, by: stride) {
      let x = Double(point.scalars[element])
      let h = step * max(abs(x), 0.01)
      let difference = try sixPointDifference(h) { shift in
        var copy = model
        var visited = 0
        copy.forEachParameter { parameter in
          if visited == position {
            parameter.withUnsafeMutableScalars { $0[element] = Scalar(x + shift) }
          }
          visited += 1
        }
        return try weightedSum(function(&copy))
      }
      let derivative = Double(slope.scalars[element])
      let allowed =
        relative * max(abs(derivative), abs(difference.slope))
        + GradientTolerance.roundoff * Double(Scalar.ulpOfOne) * difference.magnitude / h
      if !(abs(derivative - difference.slope) <= allowed) {
        Issue.record(
          """
          parameter \(position) of shape \(point.shape), element \(element) = \(x): derivative \(derivative), \
          finite difference \(difference.slope), allowed to differ by \(allowed)
          """, sourceLocation: sourceLocation)
      }
    }
  }
}

/// Fixed weights without pattern between 0.5 and 1.5.
private func weights(_ shape: Shape) -> Tensor {
  Tensor(shape, (0..<shape.count).map { Scalar(weight($0)) })
}

private func weight(_ index: Int) -> Double {
  let product = Double(index + 1) * 0.6180339887498949
  // Rounded to a quarter of Float's digits, so that a product with it rounds the same way on both sides.
  return 0.5 + ((product - product.rounded(.down)) * 1024).rounded() / 1024
}

/// The weighted sum in Double, and the sum of its terms' magnitudes, which bounds its rounding error.
private func weightedSum(_ value: Tensor) -> (sum: Double, magnitude: Double) {
  var result = (sum: 0.0, magnitude: 0.0)
  for (index, number) in value.scalars.enumerated() {
    let term = weight(index) * Double(number)
    result.sum += term
    result.magnitude += abs(term)
  }
  return result
}

private func sixPointDifference(
  _ h: Double, _ function: (_ shift: Double) throws -> (sum: Double, magnitude: Double)
) rethrows -> (slope: Double, magnitude: Double) {
  var total = 0.0
  var magnitude = 0.0
  for (steps, coefficient) in [(1.0, 45.0), (2, -9), (3, 1)] {
    let (above, below) = (try function(steps * h), try function(-steps * h))
    total += coefficient * (above.sum - below.sum)
    magnitude = max(magnitude, above.magnitude, below.magnitude)
  }
  return (total / (60 * h), magnitude)
}

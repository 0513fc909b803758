import Foundation
import Probability
import Tensors
import Testing

/// How often a random check of a sound distribution fails: each is designed for one false alarm in a million.
package enum FalseAlarm {
  /// The two-sided normal deviate of probability 10⁻⁶.
  package static let deviate = 4.8916
  /// The Kolmogorov–Smirnov distance times √n of probability 10⁻⁶: √(ln(2·10⁶)/2).
  package static let kolmogorov = 2.6934
}

/// A family of distributions and what is known about it independently of the code under test.
///
/// Parameters are given for one row and one event; checks repeat the row as often as they need draws. Everything known
/// is a formula in Double over the same parameters, which arrive rounded to `Scalar`.
package struct KnownFamily<Family: Distribution>: Sendable {
  package typealias Parameters = [[Double]]

  /// Makes a member from parameters `[…, event]`.
  package var make: @Sendable ([Tensor]) -> Family
  /// The log density of an event.
  package var logDensity: @Sendable (_ parameters: Parameters, _ value: [Double]) -> Double
  /// P(x_component ≤ value), if known.
  package var cumulative: (@Sendable (_ parameters: Parameters, _ component: Int, _ value: Double) -> Double)?
  /// E[x_component^power] for powers 1, 2 and 3, if known.
  package var moment: (@Sendable (_ parameters: Parameters, _ component: Int, _ power: Int) -> Double)?

  package init(
    make: @escaping @Sendable ([Tensor]) -> Family,
    logDensity: @escaping @Sendable (_ parameters: Parameters, _ value: [Double]) -> Double,
    cumulative: (@Sendable (_ parameters: Parameters, _ component: Int, _ value: Double) -> Double)? = nil,
    moment: (@Sendable (_ parameters: Parameters, _ component: Int, _ power: Int) -> Double)? = nil
  ) {
    self.make = make
    self.logDensity = logDensity
    self.cumulative = cumulative
    self.moment = moment
  }
}

/// Runs every check that applies to a member of a family.
///
/// - Parameters:
///   - parameters: One row for each parameter.
///   - values: Events inside the support, away from its edge, for the log density.
///   - draws: How many rows the random checks draw.
///   - tolerance: Of log densities, relative to 1 + |log p|: a few roundings to Scalar, or what cancels in Double.
package func checkDistribution<Family: Distribution>(
  _ family: KnownFamily<Family>, at parameters: [[Scalar]], values: [[Scalar]], draws: Int = 40_000, seed: UInt64,
  tolerance: Double = max(4 * Double(Scalar.ulpOfOne), 1e-12), sourceLocation: SourceLocation = #_sourceLocation
) {
  checkLogDensity(family, at: parameters, values: values, tolerance: tolerance, sourceLocation: sourceLocation)
  if let value = values.first {
    checkNotANumberStaysInItsRow(family, at: parameters, value: value, sourceLocation: sourceLocation)
  }
  checkDraws(family, at: parameters, draws: draws, seed: seed, sourceLocation: sourceLocation)
  checkEntropy(family, at: parameters, draws: draws, seed: seed, sourceLocation: sourceLocation)
  checkQuantiles(family, at: parameters, sourceLocation: sourceLocation)
  checkPathwiseGradient(family, at: parameters, draws: draws, seed: seed, sourceLocation: sourceLocation)
}

/// The log density agrees with the formula, for parameters that all rows share and for parameters of their own.
package func checkLogDensity<Family: Distribution>(
  _ family: KnownFamily<Family>, at parameters: [[Scalar]], values: [[Scalar]], tolerance: Double,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let value = Tensor([values.count, values[0].count], values.flatMap { $0 })
  let expected = values.map { family.logDensity(parameters.map { $0.map { Double($0) } }, $0.map { Double($0) }) }
  let shared = family.make(parameters.map { Tensor($0) }).logDensity(of: value)
  let own = family.make(repeated(parameters, values.count)).logDensity(of: value)
  #expect(shared.shape == [values.count], sourceLocation: sourceLocation)
  #expect(own == shared, "parameters in a shape of their own change the score", sourceLocation: sourceLocation)
  for (row, expected) in expected.enumerated() {
    expectClose(
      Double(shared.scalars[row]), expected, absolute: tolerance, relative: tolerance,
      because: "computed in Double from the same rounded arguments", sourceLocation: sourceLocation)
  }
}

/// A NaN in any one argument makes its row NaN and leaves the others as they were.
package func checkNotANumberStaysInItsRow<Family: Distribution>(
  _ family: KnownFamily<Family>, at parameters: [[Scalar]], value: [Scalar],
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let arguments = repeated(parameters + [value], 3)
  let sound = family.make(Array(arguments.dropLast())).logDensity(of: arguments[parameters.count]).scalars
  for spoiled in arguments.indices {
    var arguments = arguments
    arguments[spoiled].withUnsafeMutableScalars { $0[$0.count / 3] = .nan }
    let result = family.make(Array(arguments.dropLast())).logDensity(of: arguments[parameters.count]).scalars
    #expect(
      result[1].isNaN && result[0] == sound[0] && result[2] == sound[2],
      "NaN in argument \(spoiled): \(result) instead of \(sound) with NaN in row 1", sourceLocation: sourceLocation)
  }
}

/// Draws are finite, repeatable, keyed by row, and follow the cumulative distribution and the stated moments.
package func checkDraws<Family: Distribution>(
  _ family: KnownFamily<Family>, at parameters: [[Scalar]], draws: Int, seed: UInt64,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let distribution = family.make(repeated(parameters, draws))
  var random = RandomStream(seed: seed)
  let sample = distribution.sample(using: &random)
  #expect(sample.shape == distribution.shape, sourceLocation: sourceLocation)
  checkRowsAreKeyed(family, at: parameters, sample: sample, seed: seed, sourceLocation: sourceLocation)
  let exact = parameters.map { $0.map { Double($0) } }
  let width = sample.shape[-1]
  let (mean, variance) = (distribution.mean.scalars, distribution.variance.scalars)
  for component in 0..<width {
    let column = column(component, of: sample)
    #expect(column.allSatisfy { $0.isFinite }, "component \(component) is not finite", sourceLocation: sourceLocation)
    if let cumulative = family.cumulative {
      let distance = kolmogorovDistance(column) { cumulative(exact, component, $0) }
      #expect(
        distance * Double(draws).squareRoot() < FalseAlarm.kolmogorov,
        "component \(component): KS distance \(distance) of \(draws) draws", sourceLocation: sourceLocation)
    }
    let centre = Double(mean[component])
    expectMean(column, is: centre, "the mean of component \(component)", sourceLocation: sourceLocation)
    expectMean(
      column.map { ($0 - centre) * ($0 - centre) }, is: Double(variance[component]),
      "the variance of component \(component)", sourceLocation: sourceLocation)
  }
}

/// The same row identities give the same draws, wherever the rows stand in a batch.
private func checkRowsAreKeyed<Family: Distribution>(
  _ family: KnownFamily<Family>, at parameters: [[Scalar]], sample: Tensor, seed: UInt64,
  sourceLocation: SourceLocation
) {
  let chosen = [7, 3, 11]
  var random = RandomStream(seed: seed)
  random.rows = chosen.map(UInt32.init)
  let few = family.make(repeated(parameters, chosen.count)).sample(using: &random)
  #expect(few == sample.gatheringRows(chosen), "a draw depends on its batch", sourceLocation: sourceLocation)
  random = RandomStream(seed: seed)
  random.rows = chosen.map(UInt32.init)
  let draw = family.make(repeated(parameters, chosen.count)).draw(using: &random)
  #expect(draw.value == few, "a draw with its coordinate is another draw", sourceLocation: sourceLocation)
}

/// The entropy agrees with the mean of −log p over draws.
package func checkEntropy<Family: Distribution>(
  _ family: KnownFamily<Family>, at parameters: [[Scalar]], draws: Int, seed: UInt64,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  let distribution = family.make(repeated(parameters, draws))
  guard let entropic = distribution as? any EntropicDistribution else { return }
  var random = RandomStream(seed: seed, stream: 1)
  let scores = distribution.logDensity(of: distribution.draw(using: &random))
  expectMean(
    scores.scalars.map { -Double($0) }, is: Double(entropic.entropy.scalars[0]), "the entropy",
    sourceLocation: sourceLocation)
}

/// The cumulative distribution at a quantile is its probability.
package func checkQuantiles<Family: Distribution>(
  _ family: KnownFamily<Family>, at parameters: [[Scalar]], sourceLocation: SourceLocation = #_sourceLocation
) {
  guard let distribution = family.make(repeated(parameters, 2)) as? any MarginalQuantiles,
    let cumulative = family.cumulative
  else { return }
  let exact = parameters.map { $0.map { Double($0) } }
  for probability in [1e-3, 0.05, 0.5, 0.95, 0.999] {
    let quantile = distribution.marginalQuantile(probability)
    #expect(quantile.shape == distribution.shape, sourceLocation: sourceLocation)
    for component in 0..<quantile.shape[-1] {
      let value = Double(quantile.scalars[component])
      // A sum of location and distance is rounded to the larger of them.
      let scale = max(abs(value), abs(Double(distribution.mean.scalars[component])))
      let step = max(2 * scale * Double(Scalar.ulpOfOne), Double(Scalar.leastNormalMagnitude))
      let (below, above) = (cumulative(exact, component, value - step), cumulative(exact, component, value + step))
      #expect(
        below <= probability + 1e-9 && above >= probability - 1e-9,
        "component \(component): quantile \(value) of \(probability) has probability \(below) … \(above)",
        sourceLocation: sourceLocation)
    }
  }
}

/// The mean over draws of the derivative of Σ k x_k, Σ k x_k² and Σ k x_k³ is the derivative of their expectation.
package func checkPathwiseGradient<Family: Distribution>(
  _ family: KnownFamily<Family>, at parameters: [[Scalar]], draws: Int, seed: UInt64,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  guard let moment = family.moment else { return }
  let exact = parameters.map { $0.map { Double($0) } }
  for power in 1...3 {
    var tracked = repeated(parameters, draws)
    let (_, gradient) = valueAndGradient(at: &tracked) { parameters in
      var random = RandomStream(seed: seed, stream: 2)
      let draw = family.make(parameters).sample(using: &random)
      let weights = Tensor((1...draw.shape[-1]).map { Scalar($0) })
      return (weights * (power == 1 ? draw : power == 2 ? draw.squared() : draw * draw.squared())).sum()
    }
    for (which, slopes) in gradient.enumerated() {
      let width = parameters[which].count
      for component in 0..<width {
        let expected = sixPointSlope(at: exact[which][component]) { argument in
          var moved = exact
          moved[which][component] = argument
          return moved[0].indices.reduce(0) { $0 + Double($1 + 1) * moment(moved, $1, power) }
        }
        let column = column(component, of: slopes)
        expectMean(
          column, is: expected, "∂E[Σ k x^\(power)]/∂parameter \(which)[\(component)]", sourceLocation: sourceLocation)
      }
    }
  }
}

/// Expects the mean of independent numbers to lie within 4.89 standard errors (one false alarm in a million) of a
/// number, or to be it where they do not vary.
package func expectMean(
  _ numbers: [Double], is expected: Double, _ what: String, sourceLocation: SourceLocation = #_sourceLocation
) {
  let (mean, error) = meanAndStandardError(numbers)
  // What rounding of each number to Scalar, and of their sum to Double, can do to the mean.
  let largest = numbers.reduce(0) { max($0, abs($1)) }
  let rounding = max(2 * Double(Scalar.ulpOfOne), 1e-11) * max(abs(expected), 0.5 * largest)
  #expect(
    abs(mean - expected) <= FalseAlarm.deviate * error + rounding,
    "\(what): \(mean) ± \(error) over \(numbers.count) draws, expected \(expected)", sourceLocation: sourceLocation)
}

/// The mean and its standard error.
package func meanAndStandardError(_ numbers: [Double]) -> (mean: Double, error: Double) {
  let count = Double(numbers.count)
  let mean = numbers.reduce(0, +) / count
  let squares = numbers.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
  return (mean, (squares / (count - 1) / count).squareRoot())
}

/// The largest distance between the empirical and a given distribution function.
package func kolmogorovDistance(_ numbers: [Double], _ cumulative: (Double) -> Double) -> Double {
  let count = Double(numbers.count)
  return numbers.sorted().enumerated().reduce(0) { largest, entry in
    let probability = cumulative(entry.element)
    let (below, above) = (Double(entry.offset) / count, Double(entry.offset + 1) / count)
    return max(largest, abs(probability - below), abs(above - probability))
  }
}

/// log Γ of the C library, independent of this package's own.
package func libraryLogGamma(_ x: Double) -> Double { lgamma(x) }

/// f′ by the six-point rule in Double.
package func sixPointSlope(at x: Double, _ function: (Double) -> Double) -> Double {
  let h = 3e-3 * max(abs(x), 1e-2)
  func difference(_ steps: Double) -> Double { function(x + steps * h) - function(x - steps * h) }
  return (45 * difference(1) - 9 * difference(2) + difference(3)) / (60 * h)
}

/// One position of the last axis, for every row.
package func column(_ component: Int, of tensor: Tensor) -> [Double] {
  tensor.withUnsafeScalars { numbers in
    stride(from: component, to: numbers.count, by: tensor.shape[-1]).map { Double(numbers[$0]) }
  }
}

/// Whether every number is neither infinite nor NaN.
package func isFinite(_ tensor: Tensor) -> Bool {
  tensor.withUnsafeScalars { numbers in numbers.allSatisfy { $0.isFinite } }
}

/// Every row `count` times: tensors of shape `[count, event]`.
package func repeated(_ rows: [[Scalar]], _ count: Int) -> [Tensor] {
  rows.map { Tensor([1, $0.count], $0).broadcast(to: [count, $0.count]) }
}

import Foundation

/// Finds a chain's step size and the scale of every coordinate while it warms up.
///
/// The step follows the acceptance statistic by dual averaging; variances of the coordinates are those of windows that
/// double in length, shrunk towards 10⁻³.
///
/// - Source: Hoffman and Gelman, *The No-U-Turn Sampler*, JMLR 15, 2014, Sec. 3.2 (γ = 0.05, t₀ = 10, κ = 0.75); windows
///   as in Stan's reference manual, "Automatic parameter tuning".
struct StepAdaptation {
  /// The leapfrog's step.
  private(set) var stepSize = 0.1
  /// The diagonal of the inverse mass matrix.
  private(set) var variances: [Double]

  private let target: Double
  private let warmup: Int
  private let windowEnds: Set<Int>
  private let windows: Range<Int>
  private var transition = 0
  private var (count, error, averaged, centre) = (0.0, 0.0, 0.0, 0.0)
  private var (seen, means, squares): (Double, [Double], [Double])

  init(_ schedule: HamiltonianMonteCarlo, dimensions: Int) {
    variances = [Double](repeating: 1, count: dimensions)
    (target, warmup) = (schedule.targetAcceptance, schedule.warmup)
    (seen, means, squares) = (0, [Double](repeating: 0, count: dimensions), [Double](repeating: 0, count: dimensions))
    let (first, last) = (min(75, warmup * 3 / 20), warmup - min(50, warmup / 10))
    windows = first..<max(last, first)
    var (ends, end, length): (Set<Int>, Int, Int) = ([], first, 25)
    while end < last && warmup >= 20 {
      // A window that would leave less than twice its length takes the rest.
      end = end + 3 * length > last ? last : end + length
      ends.insert(end)
      length *= 2
    }
    windowEnds = ends
    centre = log(10 * stepSize)
  }

  /// Learns from a transition of the warm-up; after the last one the step is the average.
  mutating func learn(acceptance: Double, position: [Double]) {
    count += 1
    error += (target - (acceptance.isFinite ? acceptance : 0) - error) / (count + 10)
    let trial = centre - count.squareRoot() / 0.05 * error
    averaged += pow(count, -0.75) * (trial - averaged)
    stepSize = exp(trial)
    if windows.contains(transition) { observe(position) }
    transition += 1
    if windowEnds.contains(transition) { endWindow() }
    if transition == warmup { stepSize = exp(averaged) }
  }

  private mutating func observe(_ position: [Double]) {
    seen += 1
    for i in position.indices {
      let distance = position[i] - means[i]
      means[i] += distance / seen
      squares[i] += distance * (position[i] - means[i])
    }
  }

  private mutating func endWindow() {
    guard seen > 1 else { return }
    for i in variances.indices {
      variances[i] = (seen * squares[i] / (seen - 1) + 5e-3) / (seen + 5)
      (means[i], squares[i]) = (0, 0)
    }
    stepSize = exp(averaged)
    (seen, count, error, averaged, centre) = (0, 0, 0, 0, log(10 * stepSize))
  }
}

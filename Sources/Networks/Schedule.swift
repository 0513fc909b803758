import Foundation
import Tensors

/// How the learning rate changes with the step, counted from 0.
public indirect enum Schedule: Sendable, Hashable {
  /// The same rate always.
  case constant(Scalar)
  /// From `rate` to `least` along half a cosine over `steps`, then `least`: Loshchilov & Hutter, ICLR 2017, Eq. 5, one period.
  case cosine(from: Scalar, to: Scalar = 0, over: Int)
  /// `rate` · `factor` to the power of the number of whole periods of `every` steps that have passed.
  case step(from: Scalar, by: Scalar, every: Int)
  /// `rate` · `factor` to the power of the step.
  case exponential(from: Scalar, by: Scalar)
  /// Rises linearly over the first `steps`, reaching the first rate of `then` at its end; `then` counts from there.
  case warmup(over: Int, then: Schedule)

  /// The rate at a step.
  public func rate(at step: Int) -> Scalar {
    precondition(step >= 0, "steps count from 0, not \(step)")
    switch self {
    case .constant(let rate):
      return rate
    case .cosine(let rate, let least, let steps):
      if step >= steps { return least }
      return least + (rate - least) * (1 + Scalar.cosineOfHalfTurn(Double(step) / Double(steps))) / 2
    case .step(let rate, let factor, let period):
      precondition(period > 0, "a period of \(period) steps")
      return rate * factor.raised(to: step / period)
    case .exponential(let rate, let factor):
      return rate * factor.raised(to: step)
    case .warmup(let steps, let schedule):
      if step < steps { return schedule.rate(at: 0) * Scalar(step + 1) / Scalar(steps + 1) }
      return schedule.rate(at: step - steps)
    }
  }
}

extension Scalar {
  fileprivate func raised(to exponent: Int) -> Scalar { Scalar(pow(Double(self), Double(exponent))) }
  fileprivate static func cosineOfHalfTurn(_ share: Double) -> Scalar { Scalar(cos(Double.pi * share)) }
}

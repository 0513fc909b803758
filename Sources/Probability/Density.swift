import Tensors

/// Something that scores values: log p(value), up to a constant if it says so.
///
/// Values are `[rows, event]`: the last axis is one event (the abundances of a pixel, the bands of a spectrum), the axes
/// before it are independent rows, usually pixels. The score drops the last axis.
///
/// A NaN in the value or in a parameter makes the score of its row NaN, and of no other row.
public protocol Density: Sendable {
  /// log p(value) in nats, one number for each row: `[rows]` for a value of `[rows, event]`.
  func logDensity(of value: Tensor) -> Tensor

  /// log p of a draw, from this density or another, by the coordinate it was made in where this density can use that.
  func logDensity(of draw: Draw) -> Tensor
}

extension Density {
  /// log p of the draw's value.
  public func logDensity(of draw: Draw) -> Tensor { logDensity(of: draw.value) }
}

/// A density that can also be drawn from, and whose first moments are known.
public protocol Distribution: Density {
  /// The shape of one draw.
  var shape: Shape { get }
  /// E[x], of the shape of a draw.
  var mean: Tensor { get }
  /// Var[x] of every component, of the shape of a draw.
  var variance: Tensor { get }
  /// A draw. Row r of it depends on the seed and on the identity `random.rows?[r] ?? r` only, never on the batch.
  func sample(using random: inout RandomStream) -> Tensor
  /// The draw ``sample(using:)`` would give, with the coordinate it was made in.
  func draw(using random: inout RandomStream) -> Draw
}

extension Distribution {
  /// A draw without another coordinate.
  public func draw(using random: inout RandomStream) -> Draw { Draw(sample(using: &random)) }
}

/// A distribution whose draws are differentiable functions of its parameters.
///
/// The derivative of E[f(x)] is then the expectation of the derivative of f(x), which one draw estimates without bias.
public protocol ReparameterizedDistribution: Distribution {
  /// Whether probabilities are integrals of exp(``Density/logDensity(of:)-(Tensor)``) with respect to Lebesgue measure
  /// (on the simplex, that of all components but one).
  ///
  /// Only then is a value that was not drawn from the distribution, such as a label, scored by a finite number that a
  /// better fit raises. A point mass such as ``Delta`` has no density: it scores −∞ everywhere but at its point.
  var hasDensity: Bool { get }

  /// KL(self ‖ prior) in nats, one number for each row, where a formula for this pair is known; otherwise `nil`.
  func closedFormDivergence(from prior: any Density) -> Tensor?

  /// KL(self ‖ prior) in nats, one number for each row: by formula where one is known, else estimated at one draw.
  ///
  ///     KL(q ‖ p) = E_q[log q(x) − log p(x)] ≈ log q(x) − log p(x),   x ~ q
  ///
  /// - Parameter draw: A draw from this distribution, carrying its history.
  func divergence(from prior: any Density, at draw: Draw) -> Tensor
}

extension ReparameterizedDistribution {
  /// Yes.
  public var hasDensity: Bool { true }

  /// No formula is known.
  public func closedFormDivergence(from prior: any Density) -> Tensor? { nil }

  /// The closed form where there is one, else the estimate at one draw.
  public func divergence(from prior: any Density, at draw: Draw) -> Tensor {
    closedFormDivergence(from: prior) ?? logDensity(of: draw) - prior.logDensity(of: draw)
  }

  /// The same at the value of a draw. Where it may have been rounded to the edge of its support, the estimate is biased;
  /// use ``divergence(from:at:)-(_,Draw)``.
  public func divergence(from prior: any Density, at sample: Tensor) -> Tensor {
    divergence(from: prior, at: Draw(sample))
  }
}

/// A distribution whose entropy has a formula.
public protocol EntropicDistribution: Distribution {
  /// −E[log p(x)] in nats, one number for each row.
  var entropy: Tensor { get }
}

/// A distribution whose components have quantiles in closed form, by a convergent inversion, or over fixed points.
public protocol MarginalQuantiles: Distribution {
  /// For every component the value below which it falls with this probability; of the shape of a draw, not differentiable.
  ///
  /// - Parameter probability: In (0, 1).
  func marginalQuantile(_ probability: Double) -> Tensor

  /// The same for several probabilities, where that is cheaper together.
  func marginalQuantiles(_ probabilities: [Double]) -> [Tensor]
}

extension MarginalQuantiles {
  /// One after another.
  public func marginalQuantiles(_ probabilities: [Double]) -> [Tensor] { probabilities.map(marginalQuantile) }
}

/// A distribution of positive numbers that can be drawn and scored by their logarithms.
///
/// A component of a sparse draw is often smaller than any `Scalar`; its logarithm never is. Scoring a draw through its
/// logarithm therefore stays exact where the draw itself has become 0.
public protocol LogarithmicDistribution: ReparameterizedDistribution {
  /// log x of a draw x. The same stream gives the draw ``Distribution/sample(using:)`` would give.
  func sampleLogarithm(using random: inout RandomStream) -> Tensor

  /// log p(x) at x = exp(logarithm); the density is that of x, not of its logarithm.
  func logDensity(atLogarithm logarithm: Tensor) -> Tensor
}

extension LogarithmicDistribution {
  /// The exponential of a draw in logarithms.
  public func sample(using random: inout RandomStream) -> Tensor { sampleLogarithm(using: &random).exp() }

  /// A draw with its logarithm.
  public func draw(using random: inout RandomStream) -> Draw { Draw(logarithm: sampleLogarithm(using: &random)) }

  /// log p by the draw's logarithm where that is known.
  public func logDensity(of draw: Draw) -> Tensor {
    draw.logarithm.map { logDensity(atLogarithm: $0) } ?? logDensity(of: draw.value)
  }
}

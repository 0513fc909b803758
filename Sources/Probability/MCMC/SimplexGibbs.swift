internal import CKernels
import Tensors

/// Draws from the posterior of linear mixing: a Gaussian cut off at the edges of the simplex, times a Dirichlet.
///
///     p(a∣y) ∝ exp(τ (c·a − ½ aᵀG a)) Πₖ aₖ^(αₖ − 1),   c = Mᵀy/σ²,  G = MᵀM/σ²,  τ = 1
///
/// A sweep visits every pair (i, j) once and draws how aᵢ + aⱼ is split; then it steps along those eigenvectors of G within the
/// simplex whose curvature is less than half that of every exchange they overlap with, since exchanges alone would need
/// hundreds of sweeps where three endmembers lie almost on a line. Under α = 1 a conditional is a normal density
/// cut off at either end and is drawn from by inversion, exact in the tails. Otherwise sweeps alternate between such
/// draws, accepted by the ratio of the priors, and random walks of logit(aᵢ/(aᵢ + aⱼ)), which get along near the edge
/// where α is small. With ``Noise/unknown(observations:shape:rate:)`` τ is drawn before every sweep.
///
/// Neither the bands nor M are needed, only c and G: a sweep costs the same for 10 bands as for 1000. What is drawn for a
/// row depends on its identity, the sweep and the seed, not on the batch or the number of threads.
///
/// - Shapes: G is `[count, count]`, row-major, c `[rows, count]`; c may be off by a constant that a row's components
///   share, which changes nothing on the simplex.
/// - Edge cases: components that G cannot tell apart are drawn as the prior has it. One component is always 1.
/// - Source: Dobigeon, Moussaoui, Coulon, Tourneret and Hero, *Joint Bayesian endmember extraction and linear unmixing
///   for hyperspectral imagery*, IEEE TSP 57, 2009, Sec. III, for the model.
/// - Deviation: the paper draws one abundance at a time given all but a reference; exchanges between all pairs mix better
///   where two endmembers are alike, because the badly determined direction is then a move of its own.
public struct SimplexGibbs: Sendable {
  /// What is known of the noise.
  public enum Noise: Sendable, Equatable {
    /// c and G are in units of it.
    case known
    /// c and G are in units of a guess; the noise's precision relative to the guess has the prior Gamma(shape, rate), and
    /// the likelihood τ^(observations/2) exp(−½ τ ‖y − Ma‖²). Shape and rate 0 are Jeffreys' prior 1/τ,
    /// under which a y that M mixes exactly has no proper posterior: chains end at it, with no noise left.
    case unknown(observations: Double, shape: Double, rate: Double)
  }

  /// How long chains are.
  public struct Schedule: Sendable, Equatable {
    /// Sweeps before the first draw.
    public var warmup: Int
    /// How many draws are kept.
    public var draws: Int
    /// Sweeps from one draw to the next.
    public var thinning: Int

    /// `warmup` + 1 + (`draws` − 1) · `thinning` sweeps.
    public init(warmup: Int = 100, draws: Int = 600, thinning: Int = 1) {
      precondition(warmup >= 0 && draws >= 1 && thinning >= 1, "a schedule of \(warmup), \(draws), \(thinning)")
      (self.warmup, self.draws, self.thinning) = (warmup, draws, thinning)
    }
  }

  /// The most components there may be.
  public static let mostComponents = Int(alu_gibbs_most)

  /// The number of components.
  public let count: Int
  /// G.
  public let gram: [Double]
  /// α.
  public let concentration: [Double]
  /// What is known of the noise.
  public let noise: Noise

  /// A sampler; all concentrations are 1 unless given.
  ///
  /// - Precondition: `gram` has 1 to ``mostComponents`` squared finite entries, concentrations are positive.
  public init(gram: [Double], concentration: [Double]? = nil, noise: Noise = .known) {
    count = Int(Double(gram.count).squareRoot())
    precondition(
      gram.count == count * count && (1...Self.mostComponents).contains(count) && gram.allSatisfy(\.isFinite),
      "\(gram.count) inner products: the square of 1 to \(Self.mostComponents) finite ones is allowed")
    let alpha = concentration ?? [Double](repeating: 1, count: count)
    precondition(alpha.count == count && alpha.allSatisfy { $0 > 0 }, "concentrations \(alpha) of \(count) components")
    if case .unknown(let observations, let shape, let rate) = noise {
      precondition(
        observations > 2 && shape >= 0 && rate >= 0, "noise of \(observations) observations, prior \(shape), \(rate)")
    }
    self.gram = gram
    self.concentration = alpha
    self.noise = noise
  }

  /// Runs one chain for every row and sums it up.
  ///
  /// - Parameters:
  ///   - products: c, `[rows, count]` row-major.
  ///   - squares: ‖y‖² in the units of c, one number a row; needed where the noise is unknown.
  ///   - start: where the chains begin, `[rows, count]`; negative parts become 0 and rows are divided by their sums.
  ///   - probabilities: of the quantiles wanted, in (0, 1).
  ///   - keepsDraws: whether all draws are returned.
  ///   - random: its seed, stream and `rows` are the key; sweep s has the index `random.index` + s.
  public func sample(
    products: [Double], squares: [Double] = [], start: Tensor, schedule: Schedule = Schedule(),
    probabilities: [Double] = [], keepsDraws: Bool = false, random: RandomStream
  ) -> SimplexSummary {
    let (rows, kept) = (start.shape[0], schedule.draws)
    precondition(
      start.shape == [rows, count] && products.count == rows * count,
      "\(products.count) products and a start of shape \(start.shape) for \(count) components")
    precondition(probabilities.allSatisfy { $0 > 0 && $0 < 1 }, "quantiles of \(probabilities)")
    precondition(random.rows.map { $0.count == rows } ?? true, "row identities for another number of rows than \(rows)")
    if case .unknown = noise { precondition(squares.count == rows, "\(squares.count) squares for \(rows) rows") }
    // One after another: mean, deviation, effective draws, last draw, noise and its deviation, quantiles, draws.
    let (levels, entries) = (probabilities.count, rows * count)
    let drawsAt = (4 + levels) * entries + 2 * rows
    var memory = [Scalar](repeating: 0, count: drawsAt + (keepsDraws ? kept * entries : 0))
    memory.withUnsafeMutableBufferPointer { memory in
      probabilities.withUnsafeBufferPointer { probabilities in
        guard let base = memory.baseAddress, rows > 0 else { return }
        var out = alu_gibbs_result()
        (out.mean, out.deviation, out.effective) = (base, base + entries, base + 2 * entries)
        out.last = base + 3 * entries
        (out.noise, out.noise_deviation) = (base + 4 * entries, base + 4 * entries + rows)
        (out.quantiles, out.probabilities, out.levels) = (
          base + 4 * entries + 2 * rows, probabilities.baseAddress, levels
        )
        out.draws = keepsDraws ? base + drawsAt : nil
        run(products, squares, start.detached, schedule, random, &out)
      }
    }
    func tensor(_ place: Int, _ shape: Shape) -> Tensor { Tensor(shape, Array(memory[place..<place + shape.count])) }
    let shape: Shape = [rows, count]
    return SimplexSummary(
      mean: tensor(0, shape), deviation: tensor(entries, shape), probabilities: probabilities,
      quantiles: (0..<levels).map { tensor((4 + $0) * entries + 2 * rows, shape) },
      effectiveDraws: tensor(2 * entries, shape), last: tensor(3 * entries, shape),
      draws: keepsDraws ? tensor(drawsAt, [kept, rows, count]) : nil,
      noise: noise == .known ? nil : tensor(4 * entries, [rows]),
      noiseDeviation: noise == .known ? nil : tensor(4 * entries + rows, [rows]))
  }

  private func run(
    _ products: [Double], _ squares: [Double], _ start: Tensor, _ schedule: Schedule, _ random: RandomStream,
    _ out: inout alu_gibbs_result
  ) {
    let rows = start.shape[0]
    var problem = alu_gibbs_problem()
    if case .unknown(let observations, let shape, let rate) = noise {
      (problem.bands, problem.shape, problem.rate) = (observations, shape, rate)
    }
    problem.count = count
    (problem.warmup, problem.kept, problem.thinning) = (schedule.warmup, schedule.draws, schedule.thinning)
    problem.key = alu_stream(seed: random.seed, stream: random.stream, index: random.index)
    let isUniform = concentration.allSatisfy { $0 == 1 }
    gram.withUnsafeBufferPointer { gram in
      concentration.withUnsafeBufferPointer { alpha in
        problem.gram = gram.baseAddress
        problem.concentration = isUniform ? nil : alpha.baseAddress
        start.withUnsafeScalars { start in
          if let identities = random.rows {
            alu_gibbs(&problem, products, squares, identities, start.baseAddress, rows, &out)
          } else {
            alu_gibbs(&problem, products, squares, nil, start.baseAddress, rows, &out)
          }
        }
      }
    }
  }
}

/// What chains on the simplex have drawn.
///
/// - Shapes: `[rows, components]`, unless said otherwise.
public struct SimplexSummary: Sendable {
  /// Posterior means.
  public let mean: Tensor
  /// Posterior standard deviations.
  public let deviation: Tensor
  /// The probabilities of ``quantiles``.
  public let probabilities: [Double]
  /// Quantiles of every component by itself, interpolated between neighbouring draws.
  public let quantiles: [Tensor]
  /// How many independent draws would tell the mean as well: variance over that of the means of 20 consecutive batches.
  /// NaN below 40 draws, for which batches are too short.
  public let effectiveDraws: Tensor
  /// The last draw.
  public let last: Tensor
  /// All draws, `[draws, rows, components]`, where they were asked for.
  public let draws: Tensor?
  /// Where the noise was unknown, the mean of its standard deviation relative to the guess, `[rows]`.
  public let noise: Tensor?
  /// The standard deviation of that, `[rows]`.
  public let noiseDeviation: Tensor?
}

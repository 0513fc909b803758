/// What every blind factorization is shaped by.
protocol FactorizationOptions: ClassicalOptions {
  /// What is done to pixels and endmembers before they are compared.
  var spectra: SpectrumScaling { get }
  /// δ, the weight of the row of ones that asks abundances to sum to one; 0 asks nothing.
  var sumToOne: Double { get }
  /// The most iterations.
  var iterations: Int { get }
  /// The relative change of the objective below which an iteration counts as standstill; 0 never stops early.
  var tolerance: Double { get }
}

extension FactorizationOptions {
  /// The options with words.
  public static var choices: [String: [String]] { ["spectra": words(SpectrumScaling.self)] }

  /// Refuses what no factorization can be computed with.
  func checkFactorization() throws {
    try require((0...1e4).contains(sumToOne), "sumToOne", "0 … 10000", sumToOne)
    try checkIterations()
  }

  /// Refuses an endless or empty iteration.
  func checkIterations() throws {
    try require((1...1_000_000).contains(iterations), "iterations", "1 … 1000000", iterations)
    try require((0..<1).contains(tolerance), "tolerance", "at least 0 and below 1", tolerance)
  }

  /// Refuses a weight that is negative or not finite.
  func checkWeight(_ value: Double, _ field: String) throws {
    try require(value >= 0 && value.isFinite, field, "a finite number of at least 0", value)
  }
}

/// When an alternating method stops, and what its objective was on the way.
///
///     |Jₜ − Jₜ₋₁| < tolerance · Jₜ₋₁   in `patience` iterations in a row, or after the most iterations
///
/// - Source: Qian et al., *Hyperspectral unmixing via L½ sparsity-constrained nonnegative matrix factorization*, IEEE
///   TGRS 49, 2011, §IV, for ten iterations in a row.
struct ObjectiveHistory {
  /// The objective after every iteration.
  private(set) var values: [Double] = []
  private let iterations: Int
  private let tolerance: Double
  private let patience: Int
  private var still = 0

  init(iterations: Int, tolerance: Double, patience: Int = 10) {
    (self.iterations, self.tolerance, self.patience) = (iterations, tolerance, patience)
  }

  /// Notes the objective after an iteration and tells of the progress.
  ///
  /// - Parameter hasSettled: Whether whatever else must have come to rest has.
  /// - Returns: Whether to stop.
  /// - Throws: ``UnmixingError/diverged(epoch:loss:)`` when the objective is not finite, and what `progress` throws.
  mutating func note(
    _ objective: Double, hasSettled: Bool = true, _ progress: (_ done: Int, _ total: Int) throws -> Void
  ) throws -> Bool {
    if !objective.isFinite { throw UnmixingError.diverged(epoch: values.count + 1, loss: objective) }
    if let last = values.last {
      let isStill = hasSettled && abs(objective - last) < tolerance * max(abs(last), .leastNormalMagnitude)
      still = isStill ? still + 1 : 0
    }
    values.append(objective)
    let isLast = still >= patience || values.count >= iterations
    try progress(isLast ? iterations : values.count, iterations)
    return isLast
  }
}

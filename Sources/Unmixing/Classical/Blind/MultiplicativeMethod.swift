import Scenes
import Tensors

/// A blind method that differs from others only in what it asks of the abundances.
///
///     J = ½ ‖Y − A M‖² + ½ δ² Σ (1 − Σₖ aₖ)² + Σ penalties(A)
///
/// Every iteration moves the endmembers, then the abundances, each by its multiplicative update (``Factorization``), and
/// records J.
protocol MultiplicativeMethod: ClassicalMethod where Options: FactorizationOptions {
  /// What shapes it.
  var options: Options { get }
  /// Where the endmembers come from that it begins with.
  var endmembers: any EndmemberExtractor { get }
  /// What it is called.
  static var title: String { get }

  /// What is asked of the abundances of this scene.
  func penalties(for problem: BlindProblem) throws -> [any AbundancePenalty]
}

extension MultiplicativeMethod {
  /// Endmembers and abundances of every valid pixel.
  ///
  /// - Parameter progress: Told after every iteration; what it throws ends the work.
  /// - Throws: ``UnmixingError`` when the scene does not allow so many endmembers, has valid pixels that are not finite, or
  ///   options are out of their ranges.
  public func unmix(_ scene: Scene, progress: (_ done: Int, _ total: Int) throws -> Void) throws -> Estimate {
    try options.check()
    let problem = try BlindProblem(scene, endmembers: endmembers, scaling: options.spectra)
    var penalties = try penalties(for: problem)
    var factors = Factorization(problem, sumToOne: options.sumToOne)
    var gradient = SplitGradient(count: factors.abundances.count)
    var history = ObjectiveHistory(iterations: options.iterations, tolerance: options.tolerance)
    while true {
      factors.improveEndmembers()
      gradient.clear()
      for index in penalties.indices { penalties[index].addGradient(at: factors.abundances, to: &gradient) }
      factors.improveAbundances(gradient)
      for index in penalties.indices { penalties[index].follow(factors.abundances) }
      let objective = penalties.reduce(factors.fit) { $0 + $1.value(at: factors.abundances) }
      if try history.note(objective, progress) { break }
    }
    return problem.estimate(
      abundances: factors.abundances, endmembers: factors.endmembers, objective: history.values, source: Self.title)
  }
}

import Scenes
import Tensors

/// What shapes a method with endmembers that vary from pixel to pixel.
protocol VariabilityOptions: FactorizationOptions {
  /// How closely a pixel's endmembers are held to the reference.
  var coupling: Double { get }
  /// The weight of smoothness across the image.
  var smoothness: Double { get }
  /// ρ, the penalty of the abundances' solver.
  var penalty: Double { get }
}

extension VariabilityOptions {
  /// Abundances sum to one exactly: nothing weighs it.
  var sumToOne: Double { 0 }

  /// Refuses what no such method can be computed with.
  func checkVariability() throws {
    try checkIterations()
    try require((1e-6...1e6).contains(coupling), "coupling", "1e-6 … 1e6", coupling)
    try checkWeight(smoothness, "smoothness")
    try require((1e-6...1e6).contains(penalty), "penalty", "1e-6 … 1e6", penalty)
  }
}

/// A reference that follows the pixels' endmembers, with what it costs.
protocol MovingReference: EndmemberReference {
  /// Adapts all pixels' endmembers to abundances `[pixels, endmembers]` and then moves the reference towards them.
  mutating func adapt(_ spectra: SpectraBlocks, _ abundances: [Double]) -> AdaptedEndmembers

  /// (λ/2) Σ ‖S − T‖² of what was last adapted from the moved reference, with what else is asked of the reference.
  func value(_ adapted: AdaptedEndmembers) -> Double
}

/// A method whose pixels mix endmembers of their own, near a reference that is learned with them.
///
///     J = ½ Σ ‖y − Sᵀa‖² + (λ/2) Σ ‖S − T‖² + R(A) + what is asked of T,   a on the simplex, S ≥ floor
///
/// Every iteration moves S, then T, then A; none of the three makes J grow.
protocol VariabilityMethod: ClassicalMethod where Options: VariabilityOptions {
  associatedtype Reference: MovingReference
  /// What shapes it.
  var options: Options { get }
  /// Where the reference endmembers come from.
  var endmembers: any EndmemberExtractor { get }
  /// What it is called.
  static var title: String { get }
  /// What keeps abundances from varying across the image, its weight, and the coupling of the solver's copies.
  var regularizer: (kind: SpatialSimplexSolver.Regularizer, weight: Double, penalty: Double) { get }

  /// The reference at the start.
  func reference(for problem: BlindProblem) throws -> Reference
}

extension VariabilityMethod {
  /// Mean endmembers and abundances of every valid pixel.
  ///
  /// - Parameter progress: Told after every iteration; what it throws ends the work.
  /// - Throws: ``UnmixingError`` when the scene does not allow so many endmembers, has valid pixels that are not finite or
  ///   is too large for the memory, or options are out of their ranges.
  public func unmix(_ scene: Scene, progress: (_ done: Int, _ total: Int) throws -> Void) throws -> Estimate {
    try options.check()
    let problem = try BlindProblem(scene, endmembers: endmembers, scaling: options.spectra)
    var reference = try reference(for: problem)
    var abundances = problem.abundances.scalars.map { Double($0) }
    var solver = SpatialSimplexSolver(
      from: abundances, count: problem.count, ImageNeighbours(scene), regularizer.kind, weight: regularizer.weight,
      penalty: regularizer.penalty)
    let power = problem.spectra.blocks.reduce(0.0) { sum, block in
      sum + block.withUnsafeScalars { $0.reduce(0.0) { $0 + Double($1) * Double($1) } }
    }
    var history = ObjectiveHistory(iterations: options.iterations, tolerance: options.tolerance, patience: 1)
    while true {
      let adapted = reference.adapt(problem.spectra, abundances)
      let moved = solver.improved(abundances, adapted.gram, adapted.products)
      let objective =
        power / 2 + solver.misfit(of: moved, adapted.gram, adapted.products) + solver.regularity(of: moved)
        + reference.value(adapted)
      let isAtRest = Self.change(from: abundances, to: moved) < options.tolerance
      abundances = moved
      if try history.note(objective, hasSettled: isAtRest, progress) { break }
    }
    return result(problem, reference, abundances, history.values)
  }

  /// ‖moved − abundances‖ / ‖abundances‖.
  private static func change(from abundances: [Double], to moved: [Double]) -> Double {
    let (distance, length) = zip(abundances, moved).reduce((0.0, 0.0)) { sums, pair in
      (sums.0 + (pair.0 - pair.1) * (pair.0 - pair.1), sums.1 + pair.0 * pair.0)
    }
    return (distance / max(length, .leastNormalMagnitude)).squareRoot()
  }

  private func result(
    _ problem: BlindProblem, _ reference: Reference, _ abundances: [Double], _ objective: [Double]
  ) -> Estimate {
    let readout = EndmemberReadout(problem.spectra, abundances, reference)
    return problem.estimate(
      abundances: Tensor([problem.pixels.count, problem.count], abundances.map { Scalar($0) }),
      endmembers: readout.means, isOnSimplex: true, angles: readout.angles, objective: objective, source: Self.title)
  }
}

/// What the pixels' own endmembers say: their means, weighted by abundance, and how well they explain the spectra.
private struct EndmemberReadout {
  /// Mean endmembers, `[endmembers, bands]`.
  let means: Tensor
  /// The angle between each spectrum and its reconstruction, `[pixels]`.
  let angles: Tensor

  /// A pixel without an endmember still counts this much towards its mean, so that one no pixel holds has a mean.
  private static let leastWeight = 1e-9

  init(_ spectra: SpectraBlocks, _ abundances: [Double], _ reference: some EndmemberReference) {
    let (count, bands) = (abundances.count / spectra.count, spectra.bands)
    var sums = [[Double]](
      repeating: [Double](repeating: 0, count: count * bands), count: spectra.blocks.count)
    var mixtures = Tensor.zeros([spectra.count, bands])
    sums.withUnsafeMutableBufferPointer { sums in
      mixtures.withUnsafeMutableScalars { mixtures in
        let (sums, mixtures) = (Shared(sums.baseAddress), Shared(mixtures.baseAddress))
        _ = AdaptedEndmembers(spectra, abundances: abundances, reference) { block, pixel, own in
          guard let sums = sums.pointer, let mixtures = mixtures.pointer else { return }
          for k in 0..<count {
            let share = abundances[pixel * count + k]
            for band in 0..<bands {
              sums[block][k * bands + band] += (share + Self.leastWeight) * own[k * bands + band]
              mixtures[pixel * bands + band] += Scalar(share * own[k * bands + band])
            }
          }
        }
      }
    }
    var totals = [Double](repeating: 0, count: count)
    for index in abundances.indices { totals[index % count] += abundances[index] + Self.leastWeight }
    let whole = (0..<count * bands).map { place in sums.reduce(0.0) { $0 + $1[place] } }
    means = Tensor([count, bands], whole.indices.map { Scalar(whole[$0] / totals[$0 / bands]) })
    angles = spectra.joined.angle(to: mixtures)
  }
}

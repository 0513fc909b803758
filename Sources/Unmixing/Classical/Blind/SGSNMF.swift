import Foundation
import Scenes
import Tensors

/// SGSNMF: non-negative matrix factorization in which the pixels of a superpixel share their endmembers.
///
///     J = ½ ‖Y − A M‖² + ½ δ² Σ (1 − Σₖ aₖ)² + λ Σ over superpixels p, pixels j in p of Cⱼ ‖w_p ∘ aⱼ‖₂
///     w_p = 1 / (K² f_p + 1),  f_p the abundances (FCLS) of the superpixel's mean spectrum under the present M
///     Cⱼ  = 1 / (√dⱼ + 10⁻³),  dⱼ the pixel's distance from its superpixel (``Superpixels``)
///
/// Superpixels are found once; endmembers are looked for among their mean spectra. Each iteration moves M and then A by
/// projected gradient steps with a backtracking line search (at most 100, until the projected gradient is `descent` of
/// what it was), and renews the w_p. Each step lowers J under the weights it used, with which J is recorded; renewed weights
/// may raise it: J need not fall from one iteration to the next. It ends when J changed by less than `tolerance` of itself
/// in ten iterations in a row, or after `iterations`.
///
/// - Edge cases: the extractor must find its endmembers in as many spectra as there are superpixels. Masked pixels belong
///   to none. Abundances sum to one as nearly as δ and λ make them; the estimate divides them by their sums.
/// - Complexity: 6 · pixels · bands · endmembers operations an iteration and 4 · pixels · endmembers² for every step.
/// - Source: Wang, Zhong, Zhang and Xu, *Spatial group sparsity regularized nonnegative matrix factorization for
///   hyperspectral unmixing*, IEEE TGRS 55, 2017; the steps are those of Lin, *Projected gradient methods for
///   nonnegative matrix factorization*, Neural Computation 19, 2007, Algorithm 4.
/// - Deviation: given M the pixels' abundances do not depend on each other, so each pixel has a step length of its own. The
///   10⁻³ in C keeps a pixel that equals its superpixel's mean from an unbounded weight.
public struct SGSNMF: ClassicalMethod {
  /// What shapes it.
  public struct Options: FactorizationOptions {
    /// What is done to pixels and endmembers before they are compared.
    public var spectra = SpectrumScaling.sceneMaximum
    /// λ, the weight of the groups' sparsity.
    public var sparsity = 0.3
    /// The width of superpixels in pixels; 3 to 11 in the paper.
    public var width = 6
    /// How much a superpixel's position counts against its spectrum.
    public var spatialWeight = 0.5
    /// The share of the projected gradient at which a step ends.
    public var descent = 0.05
    /// δ, the weight of the sum to one.
    public var sumToOne = 15.0
    /// The most iterations.
    public var iterations = 100
    /// The relative change of J that counts as standstill.
    public var tolerance = 1e-4

    /// The defaults.
    public init() {}

    /// Refuses what cannot be computed with.
    public func check() throws {
      try checkFactorization()
      try checkWeight(sparsity, "sparsity")
      try checkWeight(spatialWeight, "spatialWeight")
      try require((2...100).contains(width), "width", "2 … 100", width)
      try require(descent > 0 && descent < 1, "descent", "above 0 and below 1", descent)
    }
  }

  /// What shapes it.
  public var options: Options
  /// Where the endmembers come from that it begins with.
  public var endmembers: any EndmemberExtractor

  /// SGSNMF with its options; nothing in it is random.
  public init(_ options: Options = Options(), endmembers: any EndmemberExtractor, seed _: UInt64 = 0) {
    (self.options, self.endmembers) = (options, endmembers)
  }

  /// Endmembers and abundances of every valid pixel.
  ///
  /// - Parameter progress: Told after every iteration; what it throws ends the work.
  /// - Throws: as ``MultiplicativeMethod``'s.
  public func unmix(_ scene: Scene, progress: (_ done: Int, _ total: Int) throws -> Void) throws -> Estimate {
    try options.check()
    let regions = try superpixels(of: scene)
    let problem = try BlindProblem(
      scene, endmembers: endmembers, scaling: options.spectra, finding: Self.meanScene(regions, of: scene))
    var factors = Factorization(problem, sumToOne: options.sumToOne)
    var groups = GroupSparsity(regions, problem.scaling, weight: options.sparsity, descent: options.descent)
    var history = ObjectiveHistory(iterations: options.iterations, tolerance: options.tolerance)
    while true {
      groups.renewWeights(factors.endmembers)
      factors.improveEndmembers(by: descendOverEndmembers)
      let current = groups
      factors.improveAbundances(by: { rows, block in current.move(rows, block) })
      if try history.note(factors.fit + groups.value(at: factors.abundances), progress) { break }
    }
    return problem.estimate(
      abundances: factors.abundances, endmembers: factors.endmembers, objective: history.values, source: "SGSNMF")
  }

  private func descendOverEndmembers(
    _ values: UnsafeMutableBufferPointer<Scalar>, _ products: [Double], _ gram: [Double]
  ) {
    let count = Int(Double(gram.count).squareRoot().rounded())
    var point = values.map { Double($0) }
    point.withUnsafeMutableBufferPointer { point in
      guard let point = point.baseAddress else { return }
      ProjectedGradient(tolerance: options.descent).descend(
        point, EndmemberObjective(gram: gram, products: products, endmembers: count))
    }
    for index in values.indices { values[index] = Scalar(point[index]) }
  }

  private func superpixels(of scene: Scene) throws -> Superpixels {
    let spectra = scene.spectra.detached.gatheringRows(scene.validPixels)
    let finite = spectra.withUnsafeScalars { $0.allSatisfy(\.isFinite) }
    if !finite || scene.validPixels.isEmpty {
      // The problem says what is wrong with such a scene.
      _ = try BlindProblem(scene, endmembers: endmembers, scaling: options.spectra)
    }
    return Superpixels(of: scene, spectra: spectra, width: options.width, spatialWeight: options.spatialWeight)
  }

  /// The superpixels' mean spectra as a scene of one row, with the true endmembers of the scene but no abundances.
  private static func meanScene(_ regions: Superpixels, of scene: Scene) -> Scene {
    let truth = scene.truth.map { truth in
      GroundTruth(
        abundances: Tensor(repeating: .nan, [regions.count, truth.count]), endmembers: truth.endmembers,
        names: truth.names)
    }
    return Scene(
      name: scene.name, rows: 1, columns: regions.count, spectra: regions.means, axis: scene.axis, truth: truth)
  }
}

/// λ Σ Cⱼ ‖w_p ∘ aⱼ‖₂ and the projected gradient steps of the abundances under it.
struct GroupSparsity: Sendable {
  private let labels: [Int]
  private let means: Tensor
  /// λ Cⱼ.
  private let confidences: [Double]
  private let descent: Double
  /// w_p, `[regions, endmembers]`.
  private var weights: [Double] = []

  init(_ regions: Superpixels, _ scaling: FittedScaling, weight: Double, descent: Double) {
    labels = regions.labels
    means = scaling.applied(to: regions.means).maximum(with: 0)
    confidences = regions.distances.map { weight / ($0.squareRoot() + 1e-3) }
    self.descent = descent
  }

  /// The weights that suit endmembers.
  mutating func renewWeights(_ endmembers: Tensor) {
    let square = Double(endmembers.shape[0] * endmembers.shape[0])
    let shares = SimplexLeastSquares(endmembers: endmembers).solve(means)
    weights = shares.scalars.map { 1 / (square * Double($0) + 1) }
  }

  /// The penalty itself.
  func value(at abundances: Tensor) -> Double {
    let count = abundances.shape[1]
    return abundances.withUnsafeScalars { values in
      labels.indices.reduce(0.0) { sum, pixel in
        let squares = (0..<count).reduce(0.0) { sum, k in
          let value = weights[labels[pixel] * count + k] * Double(values[pixel * count + k])
          return sum + value * value
        }
        return sum + confidences[pixel] * squares.squareRoot()
      }
    }
  }

  /// Moves the abundances of a block of pixels.
  func move(_ rows: UnsafeMutableBufferPointer<Scalar>, _ block: Factorization.AbundanceBlock) {
    let count = block.count
    let descent = ProjectedGradient(tolerance: descent)
    weights.withUnsafeBufferPointer { weights in
      block.gram.withUnsafeBufferPointer { gram in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 2 * count) { scratch in
          guard let point = scratch.baseAddress, let gram = gram.baseAddress, let weights = weights.baseAddress else {
            return
          }
          let right = point + count
          for start in stride(from: 0, to: rows.count, by: count) {
            let pixel = block.firstPixel + start / count
            for k in 0..<count {
              right[k] = Double(block.products[start + k]) + block.squaredWeight
              point[k] = Double(rows[start + k])
            }
            descent.descend(
              point,
              PixelObjective(
                count: count, gram: gram, right: right, groupWeight: confidences[pixel],
                weights: weights + labels[pixel] * count))
            for k in 0..<count { rows[start + k] = Scalar(point[k]) }
          }
        }
      }
    }
  }
}

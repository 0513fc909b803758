import Foundation
import Probability
import Tensors

/// Pixels simulated from the linear model itself: the truth that a posterior's calibration is measured against.
///
///     a ~ Dirichlet(α),   x = Σₖ aₖ mₖ + σ ε,   ε ~ Normal(0, 1) in every band
///
/// - Shapes: endmembers `[endmembers, bands]`.
public struct LinearSimulation: Sendable {
  /// m, `[endmembers, bands]`.
  public let endmembers: Tensor
  /// σ, one number a band.
  public let deviations: [Double]
  /// α.
  public let concentration: [Double]

  /// A simulation with these endmembers and this noise.
  public init(endmembers: Tensor, deviations: [Double], concentration: [Double]) {
    precondition(
      deviations.count == endmembers.shape[1] && concentration.count == endmembers.shape[0],
      "\(deviations.count) deviations, \(concentration.count) concentrations for endmembers of \(endmembers.shape)")
    (self.endmembers, self.deviations, self.concentration) = (endmembers.detached, deviations, concentration)
  }

  /// A simulation with made endmembers: unit vectors, of which the first two are at `angle` and all others orthogonal.
  ///
  ///     σ² = E‖Ma‖² / (bands · 10^(decibels/10))
  ///
  /// - Parameters:
  ///   - angle: between the first two, in radians; the smallest angle there is if it is below π/2.
  ///   - signalToNoise: in decibels, over the prior.
  /// - Precondition: at least two endmembers, no more than bands.
  public init(
    endmembers count: Int, angle: Double, signalToNoise decibels: Double, concentration: Double = 1, bands: Int = 50,
    seed: UInt64
  ) {
    precondition(count >= 2 && count <= bands, "\(count) endmembers of \(bands) bands")
    var random = RandomPurpose.simulation.stream(seed: seed)
    var directions: [[Double]] = []
    while directions.count < count {
      var vector = random.normal([bands]).scalars.map { Double($0) }
      for _ in 0..<2 {
        for other in directions {
          let share = zip(vector, other).reduce(0) { $0 + $1.0 * $1.1 }
          for band in vector.indices { vector[band] -= share * other[band] }
        }
      }
      let norm = vector.reduce(0) { $0 + $1 * $1 }.squareRoot()
      directions.append(vector.map { $0 / norm })
    }
    directions[1] = zip(directions[0], directions[1]).map { cos(angle) * $0 + sin(angle) * $1 }
    // E[aᵢ²] and E[aᵢaⱼ] of the symmetric Dirichlet; unit vectors have 1 as their squares.
    let total = concentration * Double(count)
    let (same, other) = (
      concentration * (concentration + 1) / (total * (total + 1)), concentration * concentration / (total * (total + 1))
    )
    let power = Double(count) * same + 2 * other * cos(angle)
    let deviation = (power / (Double(bands) * pow(10, decibels / 10))).squareRoot()
    self.init(
      endmembers: Tensor([count, bands], directions.flatMap { $0 }.map { Scalar($0) }),
      deviations: [Double](repeating: deviation, count: bands),
      concentration: [Double](repeating: concentration, count: count))
  }

  /// Abundances `[pixels.count, endmembers]` and spectra `[pixels.count, bands]` of pixels; equal for equal pixels.
  public func draw(_ pixels: Range<Int>, seed: UInt64) -> (abundances: Tensor, spectra: Tensor) {
    var random = RandomPurpose.simulation.stream(seed: seed, index: 1 << 20)
    random.rows = pixels.map { UInt32($0) }
    let alpha = Tensor(concentration.map { Scalar($0) }).broadcast(to: [pixels.count, concentration.count])
    let abundances = Dirichlet(concentration: alpha).sample(using: &random)
    let noise = random.normal([pixels.count, deviations.count]) * Tensor(deviations.map { Scalar($0) })
    return (abundances, abundances.matrixProduct(endmembers) + noise)
  }

  /// The posterior of its pixels.
  public func posterior(noise: SimplexGibbs.Noise = .known) -> LinearPosterior {
    LinearPosterior(endmembers: endmembers, deviations: deviations, concentration: concentration, noise: noise)
  }

  /// The endmembers' numbers from 1, as names.
  var numbers: [String] { (1...concentration.count).map { "\($0)" } }

  /// The two endmembers, from 0, at the smallest angle.
  public var nearestPair: (first: Int, second: Int) {
    let (count, bands) = (endmembers.shape[0], endmembers.shape[1])
    let rows = endmembers.scalars.map { Double($0) }
    func inner(_ i: Int, _ j: Int) -> Double {
      (0..<bands).reduce(0) { $0 + rows[i * bands + $1] * rows[j * bands + $1] }
    }
    var (best, pair) = (-Double.infinity, (first: 0, second: min(1, count - 1)))
    for i in 0..<count {
      for j in i + 1..<count {
        let cosine = inner(i, j) / (inner(i, i) * inner(j, j)).squareRoot()
        if cosine > best { (best, pair) = (cosine, (i, j)) }
      }
    }
    return pair
  }
}

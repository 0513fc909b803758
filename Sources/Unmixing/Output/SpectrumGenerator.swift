import Networks
import Scenes
import Tensors

/// Spectra from abundances: what a trained model expects to measure, within which limits, and draws of it.
///
///     x ~ Normal(μ(a), diag σ²),   limits μ(a) ± σ Φ⁻¹((1 + c)/2) for an interval of probability c
///
/// Beside them stands what a linear mixture of the model's endmembers would be, Σₖ aₖ μ(one-hot k): the same for a linear
/// decoder, and what another one adds to it otherwise.
///
/// - Units: reflectance; for a model that scales every pixel by its norm, brightness is that of a typical pixel.
public struct SpectrumGenerator: Sendable {
  let model: TrainedModel
  /// How many draws of every spectrum.
  public let draws: Int
  /// The probability of the predictive interval, if one is asked for.
  public let interval: Double?
  private let seed: UInt64

  /// A generator that makes so many draws of every spectrum.
  ///
  /// - Precondition: `draws` is not negative, `interval` lies between 0 and 1.
  /// - Throws: ``UnmixingError/missing(field:neededFor:remedy:)`` when draws or an interval are wanted of a model without noise:
  ///   a point estimate scores spectra by an angle, of which there is no band by band.
  public init(_ model: TrainedModel, draws: Int = 0, interval: Double? = nil, seed: UInt64 = 0) throws {
    precondition(draws >= 0, "\(draws) draws")
    precondition(interval.map { $0 > 0 && $0 < 1 } ?? true, "an interval of probability \(interval ?? 0)")
    if (draws > 0 || interval != nil) && !model.hasNoise {
      throw UnmixingError.missing(
        field: "standard deviations of \(model.description.label)", neededFor: "draws and intervals",
        remedy: "this model's likelihood is not one of independent bands; ask for the expected spectra alone")
    }
    self.model = model
    self.draws = draws
    self.interval = interval
    self.seed = seed
  }

  /// What there is of every spectrum, in the order it is written: mean, deviation, limits, linear mixture, draws.
  public var quantities: [String] {
    let deviation = model.hasNoise ? ["sd"] : []
    let limits = interval.map { c in
      [("lower", (1 - c) / 2), ("upper", (1 + c) / 2)].map { "\($0) \(Numeral.short(100 * $1)) %" }
    }
    return ["mean"] + deviation + (limits ?? []) + ["linear"] + (0..<draws).map { "draw \($0 + 1)" }
  }

  /// The spectra of some abundances.
  public struct Block: Sendable {
    /// The number of the first of them.
    public let first: Int
    /// `[n, endmembers]`.
    public let abundances: Tensor
    /// μ(a), `[n, bands]`.
    public let mean: Tensor
    /// σ, `[n, bands]`; `nil` for a model without noise.
    public let deviation: Tensor?
    /// The two limits of the predictive interval, `[n, bands]` each; none where none was asked for.
    public let limits: [Tensor]
    /// Σₖ aₖ eₖ, `[n, bands]`.
    public let linear: Tensor
    let spread: Tensor
    let seed: UInt64

    /// The number of spectra.
    public var count: Int { mean.shape[0] }

    /// A draw of every spectrum of the block, `[n, bands]`, by its number from 0.
    public func draw(_ number: Int) -> Tensor {
      // One stream index for each draw, one row identity for each spectrum: a draw depends on nothing else.
      var random = RandomPurpose.generation.stream(seed: seed, index: UInt32(1 + number))
      random.rows = (first..<first + count).map { UInt32($0) }
      return mean + spread * random.normal(mean.shape)
    }

    /// The block of one of its spectra.
    func row(_ row: Int) -> Block {
      func one(_ values: Tensor) -> Tensor { values.slice(along: 0, row..<row + 1) }
      return Block(
        first: first + row, abundances: one(abundances), mean: one(mean), deviation: deviation.map(one),
        limits: limits.map(one), linear: one(linear), spread: one(spread), seed: seed)
    }
  }

  /// Goes through the spectra of abundances `[n, endmembers]` some at a time: memory does not depend on their number nor on
  /// that of the draws. A draw depends on the seed, its number and the number of its spectrum alone.
  ///
  /// - Throws: what `body` throws.
  public func forEachBlock(of abundances: Tensor, _ body: (Block) throws -> Void) throws {
    let count = model.description.endmemberNames.count
    precondition(
      abundances.rank == 2 && abundances.shape[1] == count,
      "abundances of shape \(abundances.shape) for \(count) endmembers")
    let endmembers = model.endmembers().spectra
    for start in stride(from: 0, to: abundances.shape[0], by: 256) {
      let range = start..<min(start + 256, abundances.shape[0])
      try body(block(range, of: abundances.slice(along: 0, range), endmembers))
    }
  }

  private func block(_ range: Range<Int>, of abundances: Tensor, _ endmembers: Tensor) -> Block {
    let (mean, deviation) = model.reconstruction(of: abundances)
    let limits = interval.map { c in
      [(1 - c) / 2, (1 + c) / 2].map { mean + deviation * Scalar(SpecialFunctions.normalQuantile($0)) }
    }
    return Block(
      first: range.lowerBound, abundances: abundances, mean: mean, deviation: model.hasNoise ? deviation : nil,
      limits: limits ?? [], linear: abundances.matrixProduct(endmembers), spread: deviation, seed: seed)
  }
}

/// Which abundances to ask a model about.
extension SpectrumGenerator {
  /// Abundances spread evenly over the simplex, `[count, endmembers]`.
  public func uniformAbundances(count: Int) -> Tensor {
    var random = RandomPurpose.generation.stream(seed: seed)
    let weights = -random.uniform([count, model.description.endmemberNames.count]).log()
    return weights / weights.sum(along: -1, keepingDimensions: true)
  }

  /// The way along an edge of the simplex in equal steps, from one endmember to another, both included; `[steps, endmembers]`.
  ///
  /// - Precondition: two different endmembers of the model, at least two steps.
  public func edgeAbundances(from first: Int, to last: Int, steps: Int) -> Tensor {
    let count = model.description.endmemberNames.count
    precondition(
      first != last && (0..<count).contains(first) && (0..<count).contains(last) && steps >= 2,
      "\(steps) steps from \(first) to \(last) of \(count) endmembers")
    var values = [Scalar](repeating: 0, count: steps * count)
    for step in 0..<steps {
      let share = Scalar(step) / Scalar(steps - 1)
      values[step * count + first] = 1 - share
      values[step * count + last] = share
    }
    return Tensor([steps, count], values)
  }

  /// One-hot abundances, `[endmembers, endmembers]`: their spectra are what the model believes of the pure materials, the
  /// noise it expects included.
  public var pureAbundances: Tensor {
    let count = model.description.endmemberNames.count
    return Tensor([count, count], (0..<count * count).map { $0 / count == $0 % count ? 1 : 0 })
  }
}

extension TrainedModel {
  /// Whether p(x∣a) has a standard deviation for every band.
  var hasNoise: Bool {
    func has<Model: UnmixingModel>(_ model: Model) -> Bool {
      var model = model
      var pass = Pass(.inference, random: RandomPurpose.generation.stream(seed: description.seed))
      let count = model.endmemberCount
      let even = Tensor(repeating: 1 / Scalar(count), [1, count])
      return model.reconstruction(from: even, in: &pass).standardDeviation != nil
    }
    return has(model)
  }
}

internal import CKernels
import Foundation
import Tensors

/// Draws from any density with a gradient over ℝᵈ, one chain for every row of a target.
///
/// Step size and a diagonal mass matrix are found in the warm-up, chain by chain. Rows are worked on in tiles: each step
/// evaluates the density once for all chains of a tile, and chains do not wait for one another. What is drawn for a row
/// depends on its identity and the seed, not on tiles or threads.
///
/// - Source: Hoffman and Gelman, *The No-U-Turn Sampler*, JMLR 15, 2014; Betancourt, *A Conceptual Introduction to
///   Hamiltonian Monte Carlo*, arXiv 1701.02434, Appendix A, for multinomial draws and the U-turn criterion.
public struct HamiltonianMonteCarlo: Sendable {
  /// How long trajectories are.
  public enum Trajectory: Sendable, Equatable {
    /// Until they turn round, at most 2^deepest steps: NUTS.
    case withoutUTurn(deepest: Int)
    /// This many steps, ended by an acceptance step: static HMC.
    case fixed(steps: Int)
  }

  /// How long trajectories are.
  public var trajectory: Trajectory
  /// Transitions that adapt and are not kept.
  public var warmup: Int
  /// Transitions that are kept.
  public var draws: Int
  /// The mean acceptance statistic that the step size aims at.
  public var targetAcceptance = 0.8
  /// The number of chains that are evaluated together.
  public var tile = 64

  /// A sampler, NUTS unless said otherwise.
  public init(warmup: Int = 500, draws: Int = 500, trajectory: Trajectory = .withoutUTurn(deepest: 10)) {
    precondition(warmup >= 0 && draws > 0, "\(warmup) transitions to warm up and \(draws) draws")
    (self.warmup, self.draws, self.trajectory) = (warmup, draws, trajectory)
  }

  /// Runs a chain for every row.
  ///
  /// - Parameters:
  ///   - start: where chains begin, `[rows, d]` row-major.
  ///   - random: its seed, stream and `rows` are the key.
  public func sample(from target: some HamiltonianTarget, start: [Double], random: RandomStream) -> HamiltonianDraws {
    let (rows, dimensions) = (target.rows, target.dimensions)
    precondition(start.count == rows * dimensions, "\(start.count) coordinates for \(rows) rows of \(dimensions)")
    var result = HamiltonianDraws(draws: draws, rows: rows, dimensions: dimensions)
    let tiles = (rows + tile - 1) / tile
    var finished = [[HamiltonianChain]](repeating: [], count: tiles)
    finished.withUnsafeMutableBufferPointer { finished in
      let places = Shared(finished.baseAddress)
      parallelFor(tiles) { chunk in
        let range = chunk * tile..<min(rows, (chunk + 1) * tile)
        let own = Array(start[range.lowerBound * dimensions..<range.upperBound * dimensions])
        places.pointer?[chunk] = run(range, of: target, own, random)
      }
    }
    for (row, chain) in finished.joined().enumerated() { result.store(chain, row: row) }
    return result
  }

  private func run(
    _ rows: Range<Int>, of target: some HamiltonianTarget, _ start: [Double], _ random: RandomStream
  ) -> [HamiltonianChain] {
    let dimensions = target.dimensions
    var positions = start
    var (values, gradients) = ([Double](repeating: 0, count: rows.count), start)
    target.evaluate(rows: rows, positions, values: &values, gradients: &gradients)
    var chains = rows.enumerated().map { place, row in
      let own = place * dimensions..<(place + 1) * dimensions
      return HamiltonianChain(
        self, position: Array(positions[own]), value: values[place], gradient: Array(gradients[own]),
        random: RowRandom(seed: random.seed, stream: random.stream, row: random.rows?[row] ?? UInt32(row)))
    }
    var isBusy = true
    while isBusy {
      isBusy = false
      positions.withUnsafeMutableBufferPointer { positions in
        guard let base = positions.baseAddress else { return }
        for place in chains.indices where !chains[place].isDone {
          isBusy = true
          chains[place].proceed(to: base + place * dimensions)
        }
      }
      if !isBusy { break }
      target.evaluate(rows: rows, positions, values: &values, gradients: &gradients)
      gradients.withUnsafeBufferPointer { gradients in
        guard let base = gradients.baseAddress else { return }
        for place in chains.indices where !chains[place].isDone {
          chains[place].receive(value: values[place], gradient: base + place * dimensions)
        }
      }
    }
    return chains
  }
}

/// What chains have drawn.
public struct HamiltonianDraws: Sendable {
  /// Draws of every chain.
  public let draws: Int
  /// The number of chains.
  public let rows: Int
  /// d.
  public let dimensions: Int
  /// Coordinates, `[draws, rows, d]` row-major.
  public private(set) var positions: [Double]
  /// How many trajectories of each chain diverged after the warm-up.
  public private(set) var divergences: [Int]
  /// The mean acceptance statistic of each chain after the warm-up.
  public private(set) var acceptance: [Double]
  /// The step size of each chain.
  public private(set) var stepSizes: [Double]
  /// The number of leapfrogs of each chain, warm-up included.
  public private(set) var leapfrogs: [Int]

  init(draws: Int, rows: Int, dimensions: Int) {
    (self.draws, self.rows, self.dimensions) = (draws, rows, dimensions)
    positions = [Double](repeating: 0, count: draws * rows * dimensions)
    (divergences, leapfrogs) = ([Int](repeating: 0, count: rows), [Int](repeating: 0, count: rows))
    (acceptance, stepSizes) = ([Double](repeating: 0, count: rows), [Double](repeating: 0, count: rows))
  }

  mutating func store(_ chain: HamiltonianChain, row: Int) {
    for draw in 0..<draws {
      for i in 0..<dimensions {
        positions[(draw * rows + row) * dimensions + i] = chain.draws[draw * dimensions + i]
      }
    }
    (divergences[row], leapfrogs[row]) = (chain.divergences, chain.leapfrogs)
    (acceptance[row], stepSizes[row]) = (chain.acceptance, chain.adaptation.stepSize)
  }

  /// The values that the coordinates stand for, `[draws, rows, width]` row-major.
  public func values(_ bijector: Bijector) -> [Double] {
    let coordinates = Tensor([draws * rows, dimensions], positions.map { Scalar($0) })
    return bijector.constrained(coordinates).value.scalars.map { Double($0) }
  }
}

/// Random numbers of one chain: a counter within a transition, keyed by seed, stream, row and transition.
struct RowRandom {
  private var key: alu_stream
  private let row: UInt32
  private var block: UInt32 = 0
  private var spare: Double?

  init(seed: UInt64, stream: UInt32, row: UInt32) {
    key = alu_stream(seed: seed, stream: stream, index: 0)
    self.row = row
  }

  mutating func begin(_ transition: Int) {
    key.index = UInt32(transition)
    (block, spare) = (0, nil)
  }

  /// An odd multiple of 2⁻⁵³ in (0, 1).
  mutating func uniform() -> Double {
    let bits = next()
    return Self.open(bits.first)
  }

  /// By Box and Muller; both numbers of a pair are used.
  mutating func normal() -> Double {
    if let value = spare {
      spare = nil
      return value
    }
    let bits = next()
    let (radius, turn) = ((-2 * log(Self.open(bits.first))).squareRoot(), 2 * Double.pi * Self.open(bits.second))
    spare = radius * sin(turn)
    return radius * cos(turn)
  }

  private mutating func next() -> alu_bits {
    defer { block += 1 }
    return alu_philox(key, row, block)
  }

  private static func open(_ bits: UInt64) -> Double { (Double(bits >> 12) + 0.5) * 0x1p-52 }
}

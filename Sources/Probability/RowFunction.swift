internal import CKernels
import Tensors

/// A function of up to four numbers, summed over the last axis in `Double` and rounded once.
///
/// The operands broadcast to one shape, `[…, k]`; the result drops its last axis. Every partial derivative is taken on
/// the way there, in `Double` too, and held within ±10³⁰ so that it is finite in `Float`.
struct RowFunction: Sendable {
  typealias Kernel =
    @convention(c) (
      UnsafePointer<alu_operand>?, Int, Int, UnsafeMutablePointer<Scalar>?,
      UnsafePointer<UnsafeMutablePointer<Scalar>?>?
    ) -> Void

  private let kernel: Kernel

  init(_ kernel: Kernel) {
    self.kernel = kernel
  }

  static let normalLogDensity = RowFunction { alu_normal_log_density($0, $1, $2, $3, $4) }
  static let logNormalLogDensityAtLogarithm = RowFunction { alu_log_normal_log_density($0, $1, $2, $3, $4) }
  static let logNormalEntropy = RowFunction { alu_log_normal_entropy($0, $1, $2, $3, $4) }
  static let gammaLogDensity = RowFunction { alu_gamma_log_density($0, $1, $2, $3, $4) }
  static let gammaLogDensityAtLogarithm = RowFunction { alu_log_gamma_log_density($0, $1, $2, $3, $4) }
  static let betaLogDensity = RowFunction { alu_beta_log_density($0, $1, $2, $3, $4) }
  static let betaLogDensityAtLogit = RowFunction { alu_logit_beta_log_density($0, $1, $2, $3, $4) }
  static let betaMeanLogarithm = RowFunction { alu_beta_mean_log($0, $1, $2, $3, $4) }
  static let dirichletLogDensity = RowFunction { alu_dirichlet_log_density($0, $1, $2, $3, $4) }
  static let dirichletLogDensityAtLogits = RowFunction { alu_dirichlet_log_density_at_logits($0, $1, $2, $3, $4) }
  static let normalDivergence = RowFunction { alu_normal_divergence($0, $1, $2, $3, $4) }
  static let gammaDivergence = RowFunction { alu_gamma_divergence($0, $1, $2, $3, $4) }
  static let gammaEntropy = RowFunction { alu_gamma_entropy($0, $1, $2, $3, $4) }
  static let betaDivergence = RowFunction { alu_beta_divergence($0, $1, $2, $3, $4) }
  static let dirichletDivergence = RowFunction { alu_dirichlet_divergence($0, $1, $2, $3, $4) }
  static let dirichletEntropy = RowFunction { alu_dirichlet_entropy($0, $1, $2, $3, $4) }

  /// The sums over the last axis, recorded for every tracked operand.
  func callAsFunction(_ operands: Tensor...) -> Tensor {
    let shape = operands.dropFirst().reduce(operands[0].shape) { $0.broadcasting(with: $1.shape) }
    precondition(shape.rank > 0, "an event needs an axis; the operands are single numbers")
    let operandsInPlace = operands.map { $0.detached.placed(in: shape) }
    let width = shape[-1]
    let rows = Shape(shape.dimensions.dropLast())
    var partials = operands.map { $0.isTracked ? Tensor(uninitialized: shape) { _ in } : nil }
    let value = Tensor(uninitialized: rows) { out in
      withPointers(to: &partials) { partials in
        let length = max(1, rowChunk / max(1, width))
        let (out, partials) = (Shared(out.baseAddress), partials.map { Shared($0) })
        parallelRanges(rows.count, length: length) { range in
          run(operandsInPlace, partials.map(\.pointer), range, width, out.pointer)
        }
      }
    }
    let slopes = partials
    let shapes = operands.map(\.shape)
    return .recording(value, from: operands) { upstream, _ in
      let upstream = upstream.expandingDimension(at: -1)
      return zip(slopes, shapes).map { slope, shape in slope.map { (upstream * $0).reduced(to: shape) } }
    }
  }

  private func run(
    _ operands: [PlacedOperand], _ partials: [UnsafeMutablePointer<Scalar>?], _ range: Range<Int>, _ width: Int,
    _ out: UnsafeMutablePointer<Scalar>?
  ) {
    let moved = operands.map { $0.operand(from: range.lowerBound) }
    let targets = partials.map { $0.map { $0 + range.lowerBound * width } }
    kernel(moved, range.count, width, out.map { $0 + range.lowerBound }, targets)
    withExtendedLifetime(operands) {}
  }

  private func withPointers(
    to partials: inout [Tensor?], _ body: ([UnsafeMutablePointer<Scalar>?]) -> Void
  ) {
    // The tensors are new and unshared, so these pointers stay valid while `partials` lives.
    var pointers: [UnsafeMutablePointer<Scalar>?] = []
    for position in partials.indices {
      pointers.append(partials[position]?.withUnsafeMutableScalars { $0.baseAddress } ?? nil)
    }
    body(pointers)
    withExtendedLifetime(partials) {}
  }
}

/// About how many elements one thread takes at a time.
private let rowChunk = 1 << 14

/// An operand whose stretch over `[rows, width]` is two steps in memory.
private struct PlacedOperand: @unchecked Sendable {
  let tensor: Tensor
  let rowStep: Int
  let columnStep: Int

  func operand(from row: Int) -> alu_operand {
    // The tensor keeps its memory for as long as this value lives.
    let values = tensor.withUnsafeScalars { $0.baseAddress }
    return alu_operand(values: values.map { $0 + row * rowStep }, row_step: rowStep, column_step: columnStep)
  }
}

extension Tensor {
  /// This tensor stretched to a shape: by steps where two suffice, by copying where they do not.
  fileprivate func placed(in target: Shape) -> PlacedOperand {
    if shape == target { return PlacedOperand(tensor: self, rowStep: target[-1], columnStep: 1) }
    if count == 1 { return PlacedOperand(tensor: self, rowStep: 0, columnStep: 0) }
    if count == target[-1], shape[-1] == target[-1] {
      return PlacedOperand(tensor: self, rowStep: 0, columnStep: 1)
    }
    if shape[-1] == 1, shape.rank == target.rank, shape.dimensions.dropLast() == target.dimensions.dropLast() {
      return PlacedOperand(tensor: self, rowStep: 1, columnStep: 0)
    }
    return PlacedOperand(tensor: broadcast(to: target), rowStep: target[-1], columnStep: 1)
  }
}

extension Shape {
  /// The shape both broadcast to: aligned at the last axis, an extent of 1 stretches.
  func broadcasting(with other: Shape) -> Shape {
    guard let result = broadcastIfPossible(with: other) else {
      preconditionFailure("shapes \(self) and \(other) do not broadcast")
    }
    return result
  }

  /// The shape both broadcast to, if they do.
  func broadcastIfPossible(with other: Shape) -> Shape? {
    if self == other { return self }
    let rank = max(rank, other.rank)
    let own = [Int](repeating: 1, count: rank - self.rank) + dimensions
    let theirs = [Int](repeating: 1, count: rank - other.rank) + other.dimensions
    var result: [Int] = []
    for (a, b) in zip(own, theirs) {
      guard a == b || a == 1 || b == 1 else { return nil }
      result.append(a == 1 ? b : a)
    }
    return Shape(result)
  }
}

internal import CKernels
import Tensors

/// A log density over ℝᵈ with its gradient, for many independent rows: each row is a chain's position, of a pixel or of a
/// posterior of its own.
public protocol HamiltonianTarget: Sendable {
  /// The number of rows.
  var rows: Int { get }
  /// d.
  var dimensions: Int { get }

  /// log p and its gradient.
  ///
  /// - Parameters:
  ///   - rows: which rows, in order.
  ///   - positions: `[rows.count, d]`, row-major.
  ///   - values: `[rows.count]`; what is not finite ends a trajectory as divergent.
  ///   - gradients: `[rows.count, d]`.
  func evaluate(rows: Range<Int>, _ positions: [Double], values: inout [Double], gradients: inout [Double])
}

/// A log density written with tensors, differentiated by the reverse sweep.
///
/// - Shapes: the closure maps coordinates `[n, d]` of the rows in a range to `[n]`.
/// - Edge cases: computed in `Scalar`; in single precision a log density of size 10³ has steps of 10⁻⁴, which the
///   acceptance step sees as noise of that size.
public struct TensorTarget: HamiltonianTarget {
  /// The number of rows.
  public let rows: Int
  /// d.
  public let dimensions: Int
  private let logDensity: @Sendable (_ rows: Range<Int>, _ coordinates: Tensor) -> Tensor

  /// A target of `rows` independent rows.
  public init(
    rows: Int, dimensions: Int, logDensity: @escaping @Sendable (_ rows: Range<Int>, _ coordinates: Tensor) -> Tensor
  ) {
    (self.rows, self.dimensions, self.logDensity) = (rows, dimensions, logDensity)
  }

  /// By one reverse sweep for all rows: they are independent, so the gradient of their sum has theirs as its rows.
  public func evaluate(rows: Range<Int>, _ positions: [Double], values: inout [Double], gradients: inout [Double]) {
    var coordinates = Tensor([rows.count, dimensions], positions.map { Scalar($0) })
    var own = Tensor.zeros([rows.count])
    let (_, gradient) = valueAndGradient(at: &coordinates) { coordinates in
      let value = logDensity(rows, coordinates)
      own = value.detached
      return value.sum()
    }
    values = own.scalars.map { Double($0) }
    gradients = gradient.scalars.map { Double($0) }
  }
}

/// The posterior of linear mixing in coordinates of the simplex, in closed form and Double.
///
///     log p(z) = c·a − ½ aᵀG a + Σₖ αₖ log aₖ,   a = softmax(z₁, …, z_{K−1}, 0)
///
/// which is the posterior of ``SimplexGibbs`` with the determinant Σ log aₖ of ``Bijector/softmaxCentred``. With
/// u = c − G a the gradient along zⱼ is aⱼ (uⱼ − a·u) + αⱼ − α₀ aⱼ.
public struct LinearMixingTarget: HamiltonianTarget {
  /// The number of rows.
  public let rows: Int
  private let count: Int
  private let gram: [Double]
  private let products: [Double]
  private let concentration: [Double]

  /// - Parameters:
  ///   - gram: G, `[count, count]`.
  ///   - products: c, `[rows, count]`.
  ///   - concentration: α.
  public init(gram: [Double], products: [Double], concentration: [Double]) {
    count = concentration.count
    precondition(
      (2...SimplexGibbs.mostComponents).contains(count) && gram.count == count * count && products.count % count == 0,
      "\(gram.count) inner products and \(products.count) products for \(count) components")
    rows = products.count / count
    (self.gram, self.products, self.concentration) = (gram, products, concentration)
  }

  /// K − 1.
  public var dimensions: Int { count - 1 }

  /// Rows side by side in vectors.
  public func evaluate(rows: Range<Int>, _ positions: [Double], values: inout [Double], gradients: inout [Double]) {
    products.withUnsafeBufferPointer { products in
      guard let base = products.baseAddress else { return }
      alu_simplex_density(
        count, gram, concentration, base + rows.lowerBound * count, positions, rows.count, &values, &gradients)
    }
  }
}

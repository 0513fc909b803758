import Foundation

/// Coordinates of the simplex that part it in two again and again, of which similar components come apart last.
///
///     vₙ = log of (left part / right part) at node n,   Π da = Πₖ aₖ Π dvₙ
///
/// Every inner node of a binary tree over the components parts its share into two. Where two components are alike, data say
/// what their sum is and little of how it is shared: a straight ridge in v along the node that joins the two, but a bent one in
/// ``Bijector/softmaxCentred`` or ``Bijector/stickBreaking``, on which chains stay behind. The determinant Πₖ aₖ is that of
/// every other tree and of the softmax, so that densities in these coordinates have the same values.
///
/// - Shapes: K − 1 coordinates for K components.
/// - Source: the nodes are those of balances, Egozcue and Pawlowsky-Glahn, *Groups of parts and their balances in
///   compositional data analysis*, Mathematical Geology 37, 2005, with sums in place of geometric means.
public struct SimplexTree: Sendable, Equatable {
  /// The number of components.
  public let count: Int
  /// Left and right of inner node n: component k as k, inner node m < n as `count` + m. The last is the root.
  let nodes: [(left: Int, right: Int)]

  /// Whether the same nodes join the same parts.
  public static func == (left: Self, right: Self) -> Bool {
    left.count == right.count && left.nodes.elementsEqual(right.nodes, by: ==)
  }

  /// The tree that joins the two nearest parts first; a part lies at the mean of its components.
  ///
  /// - Parameter gram: inner products of the components' places, `[count, count]` row-major: those of endmembers divided by
  ///   the noise.
  public init(joiningNearest gram: [Double]) {
    count = Int(Double(gram.count).squareRoot())
    precondition(count >= 2 && gram.count == count * count, "\(gram.count) inner products")
    let size = count
    var parts = (0..<size).map { (node: $0, members: [$0]) }
    var nodes: [(left: Int, right: Int)] = []
    func product(_ one: [Int], _ other: [Int]) -> Double {
      let sum = one.reduce(0.0) { sum, i in sum + other.reduce(0.0) { $0 + gram[i * size + $1] } }
      return sum / Double(one.count * other.count)
    }
    while parts.count > 1 {
      var best = (distance: Double.infinity, first: 0, second: 1)
      for first in parts.indices {
        for second in parts.indices where second > first {
          let (one, other) = (parts[first].members, parts[second].members)
          let distance = product(one, one) + product(other, other) - 2 * product(one, other)
          if distance < best.distance { best = (distance, first, second) }
        }
      }
      let other = parts.remove(at: best.second)
      nodes.append((parts[best.first].node, other.node))
      parts[best.first] = (count + nodes.count - 1, parts[best.first].members + other.members)
    }
    self.nodes = nodes
  }

  /// log aₖ at coordinates.
  public func logarithms(at coordinates: ArraySlice<Double>) -> [Double] {
    var shares = [Double](repeating: 0, count: 2 * count - 1)
    coordinates.withUnsafeBufferPointer { place in
      shares.withUnsafeMutableBufferPointer { shares in fill(shares, place) }
    }
    return Array(shares.prefix(count))
  }

  /// The coordinates of finite logarithms of abundances.
  public func coordinates(of logarithms: [Double]) -> [Double] {
    precondition(logarithms.count == count, "\(logarithms.count) logarithms for \(count) components")
    var shares = logarithms
    return nodes.map { left, right in
      let (one, other) = (shares[left], shares[right])
      shares.append(max(one, other) + log1p(exp(-abs(one - other))))
      return one - other
    }
  }

  /// ∂zₖ/∂vₙ with zₖ = log aₖ/a_K, `[count − 1, count − 1]` row-major.
  public func jacobian(at coordinates: [Double]) -> [Double] {
    let size = count - 1
    var result = [Double](repeating: 0, count: size * size)
    for k in 0..<size {
      var slope = [Double](repeating: 0, count: size)
      slope[k] = 1
      for (n, value) in turned(slope, at: coordinates).enumerated() { result[k * size + n] = value }
    }
    return result
  }

  /// The gradient along v of what has this gradient along z.
  func turned(_ gradient: [Double], at coordinates: [Double]) -> [Double] {
    var (result, shares) = (gradient, [Double](repeating: 0, count: 2 * count - 1))
    var sums = shares
    coordinates.withUnsafeBufferPointer { place in
      shares.withUnsafeMutableBufferPointer { shares in
        sums.withUnsafeMutableBufferPointer { sums in
          fill(shares, place)
          result.withUnsafeMutableBufferPointer { turn($0, shares, sums) }
        }
      }
    }
    return result
  }

  /// The logarithm of every node's share, components first.
  func fill(_ shares: UnsafeMutableBufferPointer<Double>, _ place: UnsafeBufferPointer<Double>) {
    shares[2 * count - 2] = 0
    for n in (0..<count - 1).reversed() {
      let (own, value) = (shares[count + n], place[n])
      let small = log1p(exp(-abs(value)))
      shares[nodes[n].left] = own - small + min(value, 0)
      shares[nodes[n].right] = own - small - max(value, 0)
    }
  }

  /// Turns a gradient along z into one along v, in place.
  func turn(
    _ gradient: UnsafeMutableBufferPointer<Double>, _ shares: UnsafeMutableBufferPointer<Double>,
    _ sums: UnsafeMutableBufferPointer<Double>
  ) {
    // Along log aₖ; the last takes what keeps z.
    var last = 0.0
    for k in 0..<count - 1 {
      sums[k] = gradient[k]
      last -= gradient[k]
    }
    sums[count - 1] = last
    for n in 0..<count - 1 {
      let (left, right) = nodes[n]
      let (one, other) = (exp(shares[left] - shares[count + n]), exp(shares[right] - shares[count + n]))
      gradient[n] = other * sums[left] - one * sums[right]
      sums[count + n] = sums[left] + sums[right]
    }
  }
}

/// A target over the simplex in softmax-centred coordinates, asked in those of a tree.
public struct TreeTarget<Base: HamiltonianTarget>: HamiltonianTarget {
  /// The target along z = log aₖ/a_K.
  public let base: Base
  /// The tree.
  public let tree: SimplexTree

  /// - Precondition: the tree has a component more than the base has dimensions.
  public init(_ base: Base, tree: SimplexTree) {
    precondition(tree.count == base.dimensions + 1, "\(tree.count) components for \(base.dimensions) dimensions")
    (self.base, self.tree) = (base, tree)
  }

  /// As many as the base has.
  public var rows: Int { base.rows }

  /// K − 1.
  public var dimensions: Int { base.dimensions }

  /// The base's values, the determinants being the same, and its gradients turned.
  public func evaluate(rows: Range<Int>, _ positions: [Double], values: inout [Double], gradients: inout [Double]) {
    let (size, width) = (dimensions, 2 * tree.count - 1)
    var shares = [Double](repeating: 0, count: rows.count * width)
    var moved = [Double](repeating: 0, count: rows.count * size)
    positions.withUnsafeBufferPointer { positions in
      shares.withUnsafeMutableBufferPointer { shares in
        for row in 0..<rows.count {
          let own = UnsafeMutableBufferPointer(rebasing: shares[row * width..<(row + 1) * width])
          tree.fill(own, UnsafeBufferPointer(rebasing: positions[row * size..<(row + 1) * size]))
          for k in 0..<size { moved[row * size + k] = own[k] - own[size] }
        }
      }
    }
    base.evaluate(rows: rows, moved, values: &values, gradients: &gradients)
    var sums = [Double](repeating: 0, count: width)
    shares.withUnsafeMutableBufferPointer { shares in
      gradients.withUnsafeMutableBufferPointer { gradients in
        sums.withUnsafeMutableBufferPointer { sums in
          for row in 0..<rows.count {
            tree.turn(
              UnsafeMutableBufferPointer(rebasing: gradients[row * size..<(row + 1) * size]),
              UnsafeMutableBufferPointer(rebasing: shares[row * width..<(row + 1) * width]), sums)
          }
        }
      }
    }
  }
}

extension HamiltonianDraws {
  /// The abundances that coordinates of a tree stand for, `[draws, rows, count]` row-major.
  public func values(_ tree: SimplexTree) -> [Double] {
    stride(from: 0, to: positions.count, by: dimensions).flatMap { start in
      tree.logarithms(at: positions[start..<start + dimensions]).map { exp($0) }
    }
  }
}

/// Maps that are near others and smooth: the solution of a linear system for every map.
///
///     argmin over x of ½ d ‖x − t‖² + (w/2) Σ over neighbours (x − x′)²,   that is   (d + w L) x = d t
///
/// with L the Laplacian of the image's grid, by conjugate gradients from the present x. Every step lowers what is
/// minimised, so stopping early never makes it worse.
///
/// - Shapes: maps are `[pixels, maps]`, row by row; `d` has one number per map.
/// - Complexity: O(pixels · maps) a step; about √(1 + 8 w/d) steps.
/// - Source: Hestenes and Stiefel, *Methods of conjugate gradients for solving linear systems*, J. Res. NBS 49, 1952.
package struct GridSmoothing: Sendable {
  private let neighbours: ImageNeighbours
  private let maps: Int
  private let weight: Double
  private static let mostSteps = 50

  /// - Parameter weight: w.
  package init(_ neighbours: ImageNeighbours, maps: Int, weight: Double) {
    (self.neighbours, self.maps, self.weight) = (neighbours, maps, weight)
  }

  /// Moves the maps to the solution for the right-hand side d t, up to 10⁻⁸ of its norm (and of w ‖x‖), in at most 50 steps.
  package func solve(_ values: inout [Double], diagonal: [Double], right: [Double]) {
    if weight == 0 {
      for pixel in 0..<neighbours.count {
        for map in 0..<maps where diagonal[map] > 0 {
          values[pixel * maps + map] = right[pixel * maps + map] / diagonal[map]
        }
      }
      return
    }
    var image = [Double](repeating: 0, count: values.count)
    apply(to: values, diagonal, into: &image)
    var residual = zip(right, image).map { $0 - $1 }
    var direction = residual
    var squares = dots(residual, residual)
    // Where d vanishes beside w the right-hand side does too, and rounding is that of w x.
    let goal = zip(dots(right, right), dots(values, values)).map { 1e-16 * ($0 + weight * weight * $1) }
    for _ in 0..<Self.mostSteps {
      if zip(squares, goal).allSatisfy({ $0 <= $1 }) { return }
      apply(to: direction, diagonal, into: &image)
      let curvature = dots(direction, image)
      let steps = zip(squares, curvature).map { $1 > 0 ? $0 / $1 : 0 }
      for pixel in 0..<neighbours.count {
        for map in 0..<maps {
          let place = pixel * maps + map
          values[place] += steps[map] * direction[place]
          residual[place] -= steps[map] * image[place]
        }
      }
      let next = dots(residual, residual)
      let turns = zip(next, squares).map { $1 > 0 ? $0 / $1 : 0 }
      for pixel in 0..<neighbours.count {
        for map in 0..<maps {
          let place = pixel * maps + map
          direction[place] = residual[place] + turns[map] * direction[place]
        }
      }
      squares = next
    }
  }

  /// (d + w L) x.
  private func apply(to values: [Double], _ diagonal: [Double], into image: inout [Double]) {
    for pixel in 0..<neighbours.count {
      let beside = (neighbours.right[pixel], neighbours.left[pixel], neighbours.below[pixel], neighbours.above[pixel])
      let own = pixel * maps
      for map in 0..<maps { image[own + map] = diagonal[map] * values[own + map] }
      add(beside.0, own, values, &image)
      add(beside.1, own, values, &image)
      add(beside.2, own, values, &image)
      add(beside.3, own, values, &image)
    }
  }

  private func add(_ neighbour: Int32, _ own: Int, _ values: [Double], _ image: inout [Double]) {
    if neighbour < 0 { return }
    let other = Int(neighbour) * maps
    for map in 0..<maps { image[own + map] += weight * (values[own + map] - values[other + map]) }
  }

  /// The inner product of each map with its like.
  private func dots(_ x: [Double], _ y: [Double]) -> [Double] {
    var sums = [Double](repeating: 0, count: maps)
    for pixel in 0..<neighbours.count {
      for map in 0..<maps { sums[map] += x[pixel * maps + map] * y[pixel * maps + map] }
    }
    return sums
  }
}

import Tensors

/// The total variation of maps, and the maps of smallest total variation near others.
///
///     isotropic    TV(B) = Σ over maps and pixels √((b − b_right)² + (b − b_below)²)
///     anisotropic  TV(B) = Σ over maps and pixels |b − b_right| + |b − b_below|
///     denoised:    argmin over B ≥ 0 of ½ ‖B − X‖² + w TV(B)
///
/// where differences to pixels that are masked or beyond the image are 0. The dual variables are kept between calls, so
/// that few rounds are enough where X changes little.
///
/// - Shapes: maps are `[pixels, maps]`, row by row, pixels as in ``ImageNeighbours``.
/// - Complexity: O(pixels · maps) a round.
/// - Source: Beck and Teboulle, *Fast gradient-based algorithms for constrained total variation image denoising and
///   deblurring problems*, IEEE TIP 18, 2009, §IV (FGP).
package struct TotalVariation: Sendable {
  /// Whether differences to the right and below are taken together.
  package let isIsotropic: Bool
  private let neighbours: ImageNeighbours
  private let maps: Int
  /// The dual variables of the differences to the right and below.
  private var right: [Double]
  private var below: [Double]

  package init(_ neighbours: ImageNeighbours, maps: Int, isIsotropic: Bool) {
    (self.neighbours, self.maps, self.isIsotropic) = (neighbours, maps, isIsotropic)
    right = [Double](repeating: 0, count: neighbours.count * maps)
    below = right
  }

  /// TV(B).
  package func value(of values: [Double]) -> Double {
    var sum = 0.0
    for pixel in 0..<neighbours.count {
      let (r, b) = (Int(neighbours.right[pixel]), Int(neighbours.below[pixel]))
      for map in 0..<maps {
        let own = values[pixel * maps + map]
        let across = r >= 0 ? own - values[r * maps + map] : 0
        let down = b >= 0 ? own - values[b * maps + map] : 0
        sum += isIsotropic ? (across * across + down * down).squareRoot() : abs(across) + abs(down)
      }
    }
    return sum
  }

  /// The denoised maps after some rounds of the fast gradient projection; exactly X for a weight of 0.
  package mutating func denoised(_ values: [Double], weight: Double, rounds: Int) -> [Double] {
    if weight == 0 { return values }
    var (aheadRight, aheadBelow) = (right, below)
    var momentum = 1.0
    for _ in 0..<rounds {
      let maps = primal(values, weight, aheadRight, aheadBelow)
      let next = (1 + (1 + 4 * momentum * momentum).squareRoot()) / 2
      ascend(maps, 1 / (8 * weight), (momentum - 1) / next, &aheadRight, &aheadBelow)
      momentum = next
    }
    return primal(values, weight, right, below)
  }

  /// The maps that belong to dual variables: max(X − w Lᵀp, 0).
  private func primal(_ values: [Double], _ weight: Double, _ right: [Double], _ below: [Double]) -> [Double] {
    [Double](unsafeUninitializedCapacity: values.count) { out, initialized in
      let target = Shared(out.baseAddress)
      let (neighbours, maps) = (neighbours, maps)
      parallelRanges(neighbours.count, length: 4096) { range in
        guard let target = target.pointer else { return }
        for pixel in range {
          let (l, a) = (Int(neighbours.left[pixel]), Int(neighbours.above[pixel]))
          for map in 0..<maps {
            let place = pixel * maps + map
            var divergence = right[place] + below[place]
            if l >= 0 { divergence -= right[l * maps + map] }
            if a >= 0 { divergence -= below[a * maps + map] }
            target[place] = max(values[place] - weight * divergence, 0)
          }
        }
      }
      initialized = values.count
    }
  }

  /// One projected step of the dual variables from the point ahead, and the next point ahead.
  private mutating func ascend(
    _ primal: [Double], _ step: Double, _ push: Double, _ aheadRight: inout [Double], _ aheadBelow: inout [Double]
  ) {
    for pixel in 0..<neighbours.count {
      let (r, b) = (Int(neighbours.right[pixel]), Int(neighbours.below[pixel]))
      for map in 0..<maps {
        let place = pixel * maps + map
        let own = primal[place]
        // The variable of a difference that does not exist stays 0.
        var across = r >= 0 ? aheadRight[place] + step * (own - primal[r * maps + map]) : 0
        var down = b >= 0 ? aheadBelow[place] + step * (own - primal[b * maps + map]) : 0
        if isIsotropic {
          let length = max(1, (across * across + down * down).squareRoot())
          (across, down) = (across / length, down / length)
        } else {
          (across, down) = (min(max(across, -1), 1), min(max(down, -1), 1))
        }
        aheadRight[place] = across + push * (across - right[place])
        aheadBelow[place] = down + push * (down - below[place])
        (right[place], below[place]) = (across, down)
      }
    }
  }
}

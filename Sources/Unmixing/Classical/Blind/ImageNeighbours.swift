import Scenes

/// Which valid pixels lie beside which in the image, by their place among the valid pixels.
///
/// A masked pixel, and what lies beyond the image, is nobody's neighbour.
package struct ImageNeighbours: Sendable {
  /// The neighbour to the right, or −1.
  package let right: [Int32]
  /// The neighbour to the left, or −1.
  package let left: [Int32]
  /// The neighbour in the next row, or −1.
  package let below: [Int32]
  /// The neighbour in the row before, or −1.
  package let above: [Int32]

  /// The neighbours in a scene.
  package init(_ scene: Scene) {
    let places = Self.places(in: scene)
    right = Self.neighbours(scene, places, 0, 1)
    left = Self.neighbours(scene, places, 0, -1)
    below = Self.neighbours(scene, places, 1, 0)
    above = Self.neighbours(scene, places, -1, 0)
  }

  /// The number of pixels.
  package var count: Int { right.count }

  /// The place of every pixel of a scene among the valid ones; −1 for masked pixels.
  static func places(in scene: Scene) -> [Int32] {
    var next: Int32 = -1
    return scene.isValid.map { isValid in
      if isValid { next += 1 }
      return isValid ? next : -1
    }
  }

  /// The neighbour of every valid pixel in one direction, or −1.
  static func neighbours(_ scene: Scene, _ places: [Int32], _ down: Int, _ across: Int) -> [Int32] {
    scene.validPixels.map { pixel in
      let (row, column) = (pixel / scene.columns + down, pixel % scene.columns + across)
      let isInside = row >= 0 && row < scene.rows && column >= 0 && column < scene.columns
      return isInside ? places[row * scene.columns + column] : -1
    }
  }

  /// Σ over pairs of neighbours of ‖x − y‖², the rows of `values` being pixels.
  package func roughness(of values: [Double], columns: Int) -> Double {
    var sum = 0.0
    for pixel in 0..<count {
      for other in [right[pixel], below[pixel]] where other >= 0 {
        for column in 0..<columns {
          let difference = values[pixel * columns + column] - values[Int(other) * columns + column]
          sum += difference * difference
        }
      }
    }
    return sum
  }
}

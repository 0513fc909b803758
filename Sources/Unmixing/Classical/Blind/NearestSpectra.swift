import Tensors

/// The nearest other spectra of every spectrum, found through a matrix of distances that exists in tiles only.
struct NearestSpectra: Sendable {
  /// How many are known of each spectrum.
  let count: Int
  /// Their places, nearest first, `[pixels, count]`.
  let places: [Int32]
  /// The squared distances to them, computed in Double.
  let squares: [Double]

  /// - Precondition: `count` is at least 0 and below the number of spectra.
  init(_ spectra: SpectraBlocks, count: Int) {
    precondition((0..<max(spectra.count, 1)).contains(count), "\(count) nearest of \(spectra.count)")
    self.count = count
    let lengths = spectra.blocks.map { $0.squaredNorm(along: 1).scalars }
    var places = [Int32](repeating: 0, count: spectra.count * count)
    var squares = [Double](repeating: 0, count: spectra.count * count)
    places.withUnsafeMutableBufferPointer { places in
      squares.withUnsafeMutableBufferPointer { squares in
        let (places, squares) = (Shared(places.baseAddress), Shared(squares.baseAddress))
        if count > 0 {
          parallelFor(spectra.blocks.count) { block in
            guard let places = places.pointer, let squares = squares.pointer else { return }
            Self.find(block, in: spectra, lengths, count, places, squares)
          }
        }
      }
    }
    (self.places, self.squares) = (places, squares)
  }

  /// The nearest of all spectra to those of one block.
  private static func find(
    _ block: Int, in spectra: SpectraBlocks, _ lengths: [[Scalar]], _ count: Int,
    _ places: UnsafeMutablePointer<Int32>, _ squares: UnsafeMutablePointer<Double>
  ) {
    let rows = spectra.range(of: block)
    var best = [(distance: Scalar, place: Int32)](repeating: (.infinity, .max), count: rows.count * count)
    for other in spectra.blocks.indices {
      let products = spectra.blocks[block].matrixProduct(spectra.blocks[other], transposingOther: true)
      let columns = spectra.range(of: other)
      products.withUnsafeScalars { products in
        for row in 0..<rows.count {
          let last = (row + 1) * count - 1
          var limit = best[last].distance
          for column in 0..<columns.count {
            // The spectrum's own length is the same for all and left out.
            let distance = lengths[other][column] - 2 * products[row * columns.count + column]
            if distance >= limit || rows.lowerBound + row == columns.lowerBound + column { continue }
            insert((distance, Int32(columns.lowerBound + column)), into: &best, from: row * count, to: last)
            limit = best[last].distance
          }
        }
      }
    }
    for (index, neighbour) in best.enumerated() {
      let place = rows.lowerBound * count + index
      places[place] = neighbour.place
      squares[place] = distance(place / count, Int(neighbour.place), spectra)
    }
  }

  /// Puts a candidate in its place among the best, of which the last drops out.
  private static func insert(
    _ candidate: (distance: Scalar, place: Int32), into best: inout [(distance: Scalar, place: Int32)],
    from first: Int, to last: Int
  ) {
    var place = last
    while place > first && best[place - 1].distance > candidate.distance {
      best[place] = best[place - 1]
      place -= 1
    }
    best[place] = candidate
  }

  private static func distance(_ a: Int, _ b: Int, _ spectra: SpectraBlocks) -> Double {
    let (length, bands) = (SpectraBlocks.length, spectra.bands)
    return spectra.blocks[a / length].withUnsafeScalars { x in
      spectra.blocks[b / length].withUnsafeScalars { y in
        (0..<bands).reduce(0.0) { sum, band in
          let difference = Double(x[a % length * bands + band]) - Double(y[b % length * bands + band])
          return sum + difference * difference
        }
      }
    }
  }
}

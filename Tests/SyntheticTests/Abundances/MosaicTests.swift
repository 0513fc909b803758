import Synthetic
import Tensors
import TestSupport
import Testing

@Suite struct MosaicTests {
  private func rows(_ mosaic: Mosaic, rows: Int, columns: Int, seed: UInt64 = 4) -> [[Scalar]] {
    let fractions = AbundanceField.mosaic(mosaic)
      .abundances(rows: rows, columns: columns, endmembers: 3, seed: seed).fractions.scalars
    return (0..<rows * columns).map { Array(fractions[3 * $0..<3 * $0 + 3]) }
  }

  @Test func blocksAreConstantAndDifferFromEachOther() {
    let pixels = rows(Mosaic(cells: .blocks, size: 4), rows: 10, columns: 9)
    for pixel in pixels.indices {
      let (row, column) = (pixel / 9, pixel % 9)
      #expect(pixels[pixel] == pixels[row / 4 * 4 * 9 + column / 4 * 4])
    }
    // 3 blocks down, 3 across.
    #expect(Set(pixels).count == 9)
  }

  @Test(arguments: [(40, 30, 6), (7, 90, 4), (5, 5, 9), (64, 1, 3)])
  func thereAreAsManyVoronoiCellsAsSites(rows: Int, columns: Int, size: Int) {
    let cells = Set(self.rows(Mosaic(size: size), rows: rows, columns: columns))
    let sites = max(1, rows * columns / (size * size))
    // A site may own no pixel centre, rarely.
    #expect(cells.count <= sites && cells.count >= max(1, sites * 8 / 10))
  }

  @Test func voronoiCellsAreConvexAlongRows() {
    // Along any line a convex cell is one run.
    let pixels = rows(Mosaic(size: 5), rows: 40, columns: 50)
    for row in 0..<40 {
      let line = pixels[row * 50..<row * 50 + 50]
      let runs = zip(line, line.dropFirst()).filter { $0 != $1 }.count + 1
      #expect(runs == Set(line).count)
    }
  }

  @Test func theFilterBlursBordersOnly() {
    let sharp = rows(Mosaic(cells: .blocks, size: 5), rows: 10, columns: 10)
    let blurred = rows(Mosaic(cells: .blocks, size: 5, filter: 3), rows: 10, columns: 10)
    for (a, b) in zip(sharp[2 * 10 + 2], blurred[2 * 10 + 2]) {
      expectClose(Double(a), Double(b), relative: 1e-6, because: "the window lies inside the block; one rounding")
    }
    #expect(sharp[2 * 10 + 4] != blurred[2 * 10 + 4])
  }

  @Test func theMeanFilterDividesByWhatItSees() {
    // One row 1, 2, 6: means over {1, 2}, {1, 2, 6}, {2, 6}.
    expectClose(
      meanFiltered([1, 2, 6], rows: 1, columns: 3, channels: 1, side: 3), [1.5, 3, 4], relative: 1e-15,
      because: "worked by hand")
  }
}

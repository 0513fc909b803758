import Synthetic
import TestSupport
import Testing

@Suite struct MonotoneCubicTests {
  private let points: [(x: Double, y: Double)] = [(0, 1), (1, 1.5), (3, 4), (4, 4), (6, 0.5), (7, 2)]

  @Test func passesThroughItsPoints() {
    let curve = MonotoneCubic(through: points)
    for point in points { expectClose(curve(point.x), point.y, absolute: 1e-14, because: "interpolation") }
  }

  @Test func risesAndFallsOnlyWhereThePointsDo() {
    let curve = MonotoneCubic(through: points)
    for (left, right) in zip(points, points.dropFirst()) {
      let values = (0...50).map { curve(left.x + (right.x - left.x) * Double($0) / 50) }
      let range = min(left.y, right.y) - 1e-12...max(left.y, right.y) + 1e-12
      #expect(values.allSatisfy(range.contains))
    }
  }

  @Test func isExactForAStraightLineAndConstantBeyondIt() {
    let line = MonotoneCubic(through: [(0, 0), (1, 2), (5, 10)])
    expectClose(line(3.3), 6.6, relative: 1e-14, because: "cubics contain lines")
    #expect(line(-1) == 0)
    #expect(line(9) == 10)
  }
}

import Foundation
import Probability
import Testing

struct SimplexTreeTests {
  /// Four places on a line: the two on the right are nearest, then their mean and the next.
  private static let line = [0.0, 5, 8, 9]
  private static let gram = line.flatMap { one in line.map { one * $0 } }
  private static let tree = SimplexTree(joiningNearest: gram)

  @Test func joinsWhatIsNear() {
    // Only the node of the last two parts them: along it the others and their sum stay.
    let before = Self.tree.logarithms(at: [0.3, -0.2, 0.7]).map { exp($0) }
    let after = Self.tree.logarithms(at: [1.3, -0.2, 0.7]).map { exp($0) }
    #expect(abs(before[0] - after[0]) < 1e-15 && abs(before[1] - after[1]) < 1e-15)
    #expect(abs(before[2] + before[3] - after[2] - after[3]) < 1e-15 && after[2] != before[2])
    #expect(abs(before.reduce(0, +) - 1) < 1e-15)
    // The second node parts the second component from the last two.
    let other = Self.tree.logarithms(at: [0.3, 0.8, 0.7]).map { exp($0) }
    #expect(abs(before[0] - other[0]) < 1e-15 && abs(before[2] / before[3] - other[2] / other[3]) < 1e-12)
  }

  @Test func coordinatesComeBack() {
    for place in [[0.3, -0.2, 0.7], [40, -60, 5], [0, 0, 0], [-700, 700, 700]] {
      let back = Self.tree.coordinates(of: Self.tree.logarithms(at: place[...]))
      for (one, other) in zip(place, back) { #expect(abs(one - other) < 1e-12 * max(1, abs(one))) }
    }
  }

  /// The volume is that of log-ratios to the last component.
  @Test func keepsVolumes() {
    let j = Self.tree.jacobian(at: [0.3, -1.2, 2])
    let determinant =
      j[0] * (j[4] * j[8] - j[5] * j[7]) - j[1] * (j[3] * j[8] - j[5] * j[6]) + j[2] * (j[3] * j[7] - j[4] * j[6])
    #expect(abs(abs(determinant) - 1) < 1e-14)
  }

  @Test func targetHasTheBasesValuesAndItsOwnGradient() {
    let gram = Self.line.flatMap { one in Self.line.map { 0.1 * one * $0 + (one == $0 ? 0.5 : 0) } }
    let products = [1.0, -2, 3, 0.5, 0.2, 0.7, -1, 2]
    let base = LinearMixingTarget(gram: gram, products: products, concentration: [0.5, 1, 2, 3])
    let target = TreeTarget(base, tree: SimplexTree(joiningNearest: gram))
    #expect(target.rows == 2 && target.dimensions == 3)
    let place = [0.3, -1.2, 0.8, -0.4, 0.6, 2]
    func value(_ place: [Double]) -> (values: [Double], gradients: [Double]) {
      var (values, gradients) = ([0.0, 0], [Double](repeating: 0, count: 6))
      target.evaluate(rows: 0..<2, place, values: &values, gradients: &gradients)
      return (values, gradients)
    }
    let found = value(place)
    var (values, gradients) = ([0.0, 0], [Double](repeating: 0, count: 6))
    let ratios = [0, 3].flatMap { start -> [Double] in
      let logarithms = target.tree.logarithms(at: place[start..<start + 3])
      return logarithms.dropLast().map { $0 - logarithms[3] }
    }
    base.evaluate(rows: 0..<2, ratios, values: &values, gradients: &gradients)
    #expect(found.values == values)
    // Central differences of step 1e-5 are right to 1e-9 of a value of about 10.
    for i in place.indices {
      var (above, below) = (place, place)
      above[i] += 1e-5
      below[i] -= 1e-5
      let slope = (value(above).values[i / 3] - value(below).values[i / 3]) / 2e-5
      #expect(abs(slope - found.gradients[i]) < 1e-7, "\(slope), not \(found.gradients[i]) along \(i)")
    }
  }
}

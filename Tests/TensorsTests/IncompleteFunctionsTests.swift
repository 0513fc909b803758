import TestSupport
import Tensors
import Testing

@Suite("Incomplete gamma and beta functions of tensors")
struct IncompleteFunctionsTests {
  /// Rounded once; and in Double what is left of large shapes' cancellation, 3·10⁻¹² at worst.
  private static let relative = max(0.51 * Double(Scalar.ulpOfOne), 1e-11)
  private static let reason = "computed in Double and rounded once"

  private func column(_ table: [[Double]], _ position: Int) -> Tensor { Tensor(table.map { Scalar($0[position]) }) }

  /// Below the normal numbers of `Scalar` half a step is all that can be asked.
  private func expectColumns(_ actual: [Tensor], of table: [[Double]], _ columns: [Int]) {
    let least = Double(Scalar.leastNormalMagnitude)
    for (values, position) in zip(actual, columns) {
      for (row, value) in zip(table, values.scalars) {
        expectClose(
          Double(value), row[position], absolute: least, relative: Self.relative,
          because: "column \(position) of \(row): \(Self.reason)")
      }
    }
  }

  private func slopes(_ arguments: [Tensor], of function: ([Tensor]) -> Tensor) -> [Tensor] {
    var arguments = arguments
    return valueAndGradient(at: &arguments) { function($0).sum() }.gradient
  }

  @Test("P, Q and their derivatives agree with 60-digit values for shapes from 0.01 to 90,000")
  func gamma() throws {
    let table = try referenceTable("incomplete_gamma")
    #expect(table.count == 56)
    let arguments = [column(table, 0), column(table, 1)]
    let p = { (v: [Tensor]) in Tensor.regularizedGammaP(a: v[0], x: v[1]) }
    let q = { (v: [Tensor]) in Tensor.regularizedGammaQ(a: v[0], x: v[1]) }
    expectColumns([p(arguments), q(arguments)], of: table, [2, 3])
    let slopes = slopes(arguments, of: p)
    expectColumns(slopes, of: table, [4, 5])
    #expect(self.slopes(arguments, of: q) == slopes.map { -$0 })
  }

  @Test("I and its derivatives agree with 60-digit values for shapes from 0.02 to 40,000")
  func beta() throws {
    let table = try referenceTable("incomplete_beta")
    #expect(table.count == 52)
    let arguments = [column(table, 0), column(table, 1), column(table, 2)]
    let i = { (v: [Tensor]) in Tensor.regularizedBeta(x: v[0], a: v[1], b: v[2]) }
    expectColumns([i(arguments)] + slopes(arguments, of: i), of: table, [3, 4, 5, 6])
  }

  @Test("derivatives of the inverses are those of implicit functions")
  func inverses() {
    let (a, b) = (Tensor([0.3, 1, 2.5, 40, 600]), Tensor([0.7, 3, 0.9, 12, 80]))
    let p = Tensor([0.2, 0.05, 0.5, 0.9, 0.35])
    let quantile = Tensor.inverseRegularizedGammaP(a: a, p: p)
    let gamma = slopes([a, p]) { .inverseRegularizedGammaP(a: $0[0], p: $0[1]) }
    let direct = slopes([a, quantile]) { .regularizedGammaP(a: $0[0], x: $0[1]) }
    let tolerance = 2e3 * Double(Scalar.ulpOfOne)  // the quantile was rounded, and the density moves with it
    expectClose(gamma[1] * direct[1], .ones([5]), absolute: tolerance, because: "dx/dp · dp/dx = 1")
    expectClose(gamma[0], -direct[0] / direct[1], relative: tolerance, because: "dx/da = −(∂P/∂a)/(∂P/∂x)")

    let place = Tensor.inverseRegularizedBeta(p: p, a: a, b: b)
    let beta = slopes([p, a, b]) { .inverseRegularizedBeta(p: $0[0], a: $0[1], b: $0[2]) }
    let straight = slopes([place, a, b]) { .regularizedBeta(x: $0[0], a: $0[1], b: $0[2]) }
    expectClose(beta[0] * straight[0], .ones([5]), absolute: tolerance, because: "dx/dp · dp/dx = 1")
    for shape in 1...2 {
      expectClose(beta[shape], -straight[shape] / straight[0], relative: tolerance, because: "implicit functions")
    }
  }

  @Test("derivatives agree with finite differences, through broadcasting too")
  func finiteDifferences() {
    let (a, b) = (Tensor([2, 1], [0.8, 3]), Tensor([1.4, 2.2, 5]))
    checkGradient(of: { .regularizedGammaP(a: $0[0], x: $0[1]) }, at: [a, b])
    checkGradient(of: { .regularizedGammaQ(a: $0[0], x: $0[1]) }, at: [a, b])
    checkGradient(of: { .regularizedBeta(x: $0[0], a: $0[1], b: $0[2]) }, at: [Tensor([0.2, 0.4, 0.7]), a, b])
    checkGradient(of: { .inverseRegularizedGammaP(a: $0[0], p: $0[1]) }, at: [a, Tensor([0.3, 0.5, 0.6])])
    checkGradient(of: { .inverseRegularizedBeta(p: $0[0], a: $0[1], b: $0[2]) }, at: [Tensor([0.3, 0.5, 0.6]), a, b])
  }

  @Test("the edges of the domain have their limits, and what lies outside is NaN")
  func edges() {
    let zero = Tensor([0, 0, 0])
    #expect(Tensor.regularizedGammaP(a: Tensor([0.5, 1, 2]), x: zero) == zero)
    #expect(slopes([zero]) { .regularizedGammaP(a: Tensor([0.5, 1, 2]), x: $0[0]) } == [Tensor([.infinity, 1, 0])])
    #expect(
      slopes([zero]) { .regularizedBeta(x: $0[0], a: Tensor([0.5, 1, 2]), b: Tensor(3)) } == [
        Tensor([.infinity, 3, 0])
      ])
    #expect(Tensor.inverseRegularizedGammaP(a: Tensor(2), p: Tensor([0, 1])) == Tensor([0, .infinity]))
    #expect(Tensor.inverseRegularizedBeta(p: Tensor([0, 1]), a: Tensor(2), b: Tensor(3)) == Tensor([0, 1]))
    let outside = [
      Tensor.regularizedGammaP(a: Tensor([0, -1, 1]), x: Tensor([1, 1, -1])),
      .inverseRegularizedGammaP(a: Tensor([0, 1, 1]), p: Tensor([0.5, -1, 2])),
      .regularizedBeta(x: Tensor([0.5, 0.5, 2]), a: Tensor([0, 1, 1]), b: Tensor([1, -1, 1])),
      .inverseRegularizedBeta(p: Tensor([0.5, 0.5, 2]), a: Tensor([0, 1, 1]), b: Tensor([1, -1, 1])),
    ]
    for values in outside { #expect(values.scalars.allSatisfy { $0.isNaN }) }
  }

  @Test("a long array is what its elements give, on any number of threads")
  func arrays() {
    var random = RandomStream(seed: 12)
    let (a, b, p) = (random.uniform([3000]) * 9 + 0.1, random.uniform([3000]) * 9 + 0.1, random.uniform([3000]))
    let runs = results(onThreads: [1, 3]) { Tensor.inverseRegularizedBeta(p: p, a: a, b: b) }
    #expect(runs[0] == runs[1])
    for place in stride(from: 0, to: 3000, by: 101) {
      let single = SpecialFunctions.inverseRegularizedBeta(
        p: Double(p.scalars[place]), a: Double(a.scalars[place]), b: Double(b.scalars[place]))
      #expect(runs[0].scalars[place] == Scalar(single))
    }
  }
}

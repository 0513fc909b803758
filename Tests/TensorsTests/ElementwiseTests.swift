import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct ElementwiseTests {
  typealias Function = (
    name: String, tensor: @Sendable (Tensor) -> Tensor, number: @Sendable (Double) -> Double,
    domain: ClosedRange<Scalar>, ulps: Double
  )
  static let functions: [Function] = [
    ("exp", { $0.exp() }, { exp($0) }, -87...88, 1), ("log", { $0.log() }, { log($0) }, 1e-30...100, 1),
    ("log1p", { $0.log1p() }, { log1p($0) }, -0.99...100, 2), ("expm1", { $0.expm1() }, { expm1($0) }, -20...20, 2),
    ("sqrt", { $0.sqrt() }, { $0.squareRoot() }, 0.01...100, 0.51),
    ("squared", { $0.squared() }, { $0 * $0 }, -9...9, 0.51),
    ("absolute", { $0.absolute() }, { abs($0) }, -3...3, 0),
    ("reciprocal", { $0.reciprocal() }, { 1 / $0 }, 0.1...9, 0.51),
    ("sigmoid", { $0.sigmoid() }, { 1 / (1 + exp(-$0)) }, -80...80, 3),
    ("softplus", { $0.softplus() }, { max($0, 0) + log1p(exp(-abs($0))) }, -80...80, 2.5),
    ("tanh", { $0.tanh() }, { tanh($0) }, -12...12, 2.5), ("relu", { $0.relu() }, { max($0, 0) }, -3...3, 0),
    ("leakyReLU", { $0.leakyReLU(slope: 0.25) }, { $0 > 0 ? $0 : 0.25 * $0 }, -3...3, 0),
    ("power", { $0.power(2.5) }, { pow($0, 2.5) }, 0.1...9, 0.51),
    ("power", { $0.power(-1) }, { pow($0, -1) }, 0.1...9, 0.51),
    ("clamped", { $0.clamped(from: -1, to: 1.5) }, { min(max($0, -1), 1.5) }, -3...3, 0),
  ]

  @Test(arguments: functions.indices) func valuesAreWithinUlpsOfDouble(_ position: Int) {
    let function = Self.functions[position]
    let x = irregular([20_011], in: function.domain)
    // In Double both sides come from libm, whose own error is below 1 ulp on each side.
    let allowed = MemoryLayout<Scalar>.size == 8 ? max(function.ulps, 2) : function.ulps
    for (argument, value) in zip(x.scalars, function.tensor(x).scalars) {
      let exact = function.number(Double(argument))
      let error = abs(Double(value) - exact) / Double(Scalar(exact).ulp)
      if error > allowed { Issue.record("\(function.name)(\(argument)) is off by \(error) ulp") }
    }
  }

  @Test(arguments: functions.indices) func gradientsAgreeWithFiniteDifferences(_ position: Int) {
    let function = Self.functions[position]
    let inner = max(function.domain.lowerBound, -3)...min(function.domain.upperBound, 3)
    let width = inner.upperBound - inner.lowerBound
    let points = (inner.lowerBound + 0.1 * width)...(inner.upperBound - 0.1 * width)
    let shapes: [Shape] = [[7], [2, 3], [], [1], [0], [3, 0, 2]]
    for shape in shapes { checkGradient(of: { function.tensor($0) }, at: irregular(shape, in: points)) }
  }

  @Test func exponentialCoversItsWholeRange() {
    let value = Tensor([-.infinity, -1000, 0, 1000, .infinity, .nan]).exp().scalars
    #expect(Array(value[..<5]) == [0, 0, 1, .infinity, .infinity] && value[5].isNaN)
    #if !DoublePrecision
      let edges: [Float] = [88.7228, 88.73, -87.4, -100, -103.9, -104.1]
      #expect(Tensor(edges).exp().scalars.map { $0.isFinite } == [true, false, true, true, true, true])
      for (x, y) in zip(edges, Tensor(edges).exp().scalars) where y.isFinite {
        expectClose(
          Double(y), exp(Double(x)), absolute: 1.5e-45, relative: 1.2e-7, because: "1 ulp, also of subnormals")
      }
    #endif
  }

  @Test func logarithmHasItsEdges() {
    let value = Tensor([0, 1, .infinity, -1, .nan, .leastNonzeroMagnitude]).log().scalars
    #expect(value[0] == -.infinity && value[1] == 0 && value[2] == .infinity && value[3].isNaN && value[4].isNaN)
    expectClose(
      Double(value[5]), log(Double(Scalar.leastNonzeroMagnitude)), relative: 1.2e-7, because: "1 ulp of a subnormal's")
  }

  @Test func smallArgumentsKeepTheirDigits() {
    let tiny = Scalar.ulpOfOne / 100
    let x = Tensor([tiny, -tiny, 0])
    #expect(x.log1p() == x && x.expm1() == x && x.tanh() == x)
  }

  @Test func saturatingFunctionsStayFinite() {
    let x = Tensor([-1e30, -1e4, 1e4, 1e30])
    #expect(x.sigmoid() == Tensor([0, 0, 1, 1]))
    #expect(x.tanh() == Tensor([-1, -1, 1, 1]))
    #expect(x.softplus() == Tensor([0, 0, 1e4, 1e30]))
    for function in [{ @Sendable (x: Tensor) in x.sigmoid() }, { $0.tanh() }, { $0.softplus() }] {
      var point = x
      let (_, slope) = valueAndGradient(at: &point) { function($0).sum() }
      #expect(slope.scalars.allSatisfy { $0.isFinite })
    }
  }

  @Test func kinksHaveTheStatedDerivatives() {
    let slope = { (function: @Sendable (Tensor) -> Tensor, x: Scalar) -> Scalar in
      var point = Tensor(x)
      return valueAndGradient(at: &point) { function($0) }.gradient.scalar
    }
    #expect(slope({ $0.relu() }, 0) == 0)
    #expect(slope({ $0.absolute() }, 0) == 0)
    #expect(slope({ $0.leakyReLU(slope: 0.25) }, 0) == 0.25)
    #expect(slope({ $0.clamped(from: 0, to: 1) }, 0) == 1)
    #expect(slope({ $0.clamped(from: 0, to: 1) }, 1.5) == 0)
    #expect(slope({ $0.power(0) }, 0) == 0)
    #expect(slope({ $0.power(1) }, 0) == 1)
    #expect(slope({ $0.sqrt() }, 0) == .infinity)
  }

  @Test func nansAreNotHidden() {
    let nan = Tensor(.nan)
    for (name, function, _, _, _) in Self.functions { #expect(function(nan).scalar.isNaN, "\(name)") }
  }

  @Test func anglesCoverAllQuadrants() {
    let (y, x) = (Tensor([1, 1, -1, -1, 0]), Tensor([1, -1, -1, 1, 2]))
    expectClose(
      y.atan2(x: x), Tensor([0.25, 0.75, -0.75, -0.25, 0]) * Scalar.pi, relative: roundings(1.1),
      because: "rounded once, π too")
    checkGradient(of: { $0[0].atan2(x: $0[1]) }, at: [y, x])
  }
}

import CGSL
import Foundation
import TestSupport
import Tensors
import Testing

@Suite("Special functions")
struct SpecialFunctionsTests {
  init() {
    _ = gsl_set_error_handler_off()
  }

  @Test("log-gamma, digamma and trigamma are within 1 ulp of 40-digit values at 5,000 arguments, zeros included")
  func areWithinOneUlp() throws {
    let table = try referenceTable("special_functions")
    #expect(table.count == 5000)
    let x = Tensor(table.map { Scalar($0[0]) })
    for (column, values) in [x.logGamma(), x.digamma(), x.trigamma()].enumerated() {
      for (row, value) in zip(table, values.scalars) {
        let expected = row[column + 1]
        #if DoublePrecision
          let allowed = 24 * expected.ulp
        #else
          let allowed = Double(Float(expected).ulp)
        #endif
        if !(abs(Double(value) - expected) <= allowed) {
          Issue.record("function \(column) at \(row[0]): \(value), expected \(expected)")
        }
      }
    }
  }

  @Test("single numbers have 5·10⁻¹⁵ of relative accuracy")
  func singleNumbers() throws {
    for row in try referenceTable("special_functions") {
      let values = [
        SpecialFunctions.logGamma(row[0]), SpecialFunctions.digamma(row[0]), SpecialFunctions.trigamma(row[0]),
      ]
      expectClose(values, Array(row[1...]), relative: 5e-15, because: "the recurrence adds ten rounded terms")
    }
  }

  @Test("log-gamma, digamma and trigamma are derivatives of each other")
  func derivatives() {
    let x = Tensor([0.3, 0.9, 1.4616, 2.7, 6.5, 9.3, 40])
    checkGradient(of: { $0.logGamma() }, at: x)
    checkGradient(of: { $0.digamma() }, at: x)
    checkGradient(of: { $0.trigamma() }, at: x)
  }

  @Test("poles, infinities and negative arguments give infinities and NaN, not traps")
  func edges() {
    let x = Tensor([0, -1, .infinity, .nan])
    #expect(x.logGamma().scalars[0] == .infinity)
    #expect(x.digamma().scalars[0] == -.infinity)
    #expect(x.trigamma().scalars[0] == .infinity)
    for values in [x.logGamma().scalars, x.digamma().scalars, x.trigamma().scalars] {
      #expect(values[1].isNaN && values[3].isNaN)
    }
    #expect(x.logGamma().scalars[2] == .infinity)
    #expect(x.digamma().scalars[2] == .infinity)
    #expect(x.trigamma().scalars[2] == 0)
  }

  @Test("the incomplete gamma functions agree with GSL where GSL is accurate", arguments: [0.01, 0.3, 1, 4, 30, 900])
  func incompleteGamma(a: Double) {
    for ratio in [0.01, 0.3, 0.8, 0.99, 1, 1.02, 1.3, 2.5, 8] {
      let x = a * ratio
      let (p, q) = (gsl_cdf_gamma_P(x, a, 1), gsl_cdf_gamma_Q(x, a, 1))
      if p < 1e-290 || q < 1e-290 { continue }
      expectClose(
        [SpecialFunctions.regularizedGammaP(a: a, x: x), SpecialFunctions.regularizedGammaQ(a: a, x: x)], [p, q],
        relative: 1e-10, because: "GSL's own error at a = 900")
    }
  }

  @Test("∂P/∂a agrees with a six-point difference of P", arguments: [0.05, 0.7, 3, 12, 250])
  func shapeDerivative(a: Double) {
    for ratio in [0.3, 0.9, 1.1, 1.8] {
      let (x, h) = (a * ratio, 1e-3 * a)
      let p = { (k: Double) in SpecialFunctions.regularizedGammaP(a: a + k * h, x: x) }
      let difference = (45 * (p(1) - p(-1)) - 9 * (p(2) - p(-2)) + (p(3) - p(-3))) / (60 * h)
      expectClose(
        SpecialFunctions.regularizedGammaPShapeDerivative(a: a, x: x), difference, absolute: 1e-13 / h,
        relative: 1e-9, because: "rounding of P over the step, and the sixth power of the step")
    }
  }

  @Test("the inverse of P undoes P from 10⁻³ to 10⁷")
  func inverseGamma() {
    for a in [1e-3, 0.02, 0.6, 1, 3.5, 77, 2e3, 1e5, 1e7] {
      for p in [1e-10, 1e-4, 0.05, 0.5, 0.95, 0.9999] {
        let x = SpecialFunctions.inverseRegularizedGammaP(a: a, p: p)
        if x < 1e-290 { continue }  // quantiles below the range of Double
        expectClose(
          SpecialFunctions.regularizedGammaP(a: a, x: x), p, relative: 1e-10,
          because: "x is rounded, and P changes by √a of its relative error")
      }
    }
    #expect(SpecialFunctions.inverseRegularizedGammaP(a: 2, p: 0) == 0)
    #expect(SpecialFunctions.inverseRegularizedGammaP(a: 2, p: 1) == .infinity)
    #expect(SpecialFunctions.inverseRegularizedGammaP(a: 2, p: 1.5).isNaN)
  }

  @Test("the incomplete beta function agrees with GSL and with its mirror image")
  func incompleteBeta() {
    for (a, b) in [(0.02, 0.5), (0.5, 0.5), (1, 3), (2.5, 0.7), (20, 35), (300, 4), (900, 1100)] {
      for x in [1e-6, 0.02, 0.3, 0.45, 0.7, 0.98] {
        let p = gsl_cdf_beta_P(x, a, b)
        let value = SpecialFunctions.regularizedBeta(x: x, a: a, b: b)
        if p > 1e-290 { expectClose(value, p, relative: 1e-10, because: "GSL's own error at large shapes") }
        let mirrored = SpecialFunctions.regularizedBeta(x: 1 - x, a: b, b: a)
        expectClose(value + mirrored, 1, absolute: 1e-12, because: "1 − x is rounded, the density is below 10³")
      }
    }
  }

  @Test("the inverse of the incomplete beta function undoes it from 10⁻³ to 10⁶")
  func inverseBeta() {
    let shapes = [1e-3, 0.05, 0.8, 1, 6, 150, 1e4, 1e6]
    for a in shapes {
      for b in shapes {
        for p in [1e-6, 0.05, 0.5, 0.95, 0.999] {
          let x = SpecialFunctions.inverseRegularizedBeta(p: p, a: a, b: b)
          if x < 1e-290 || x > 1 - 1e-3 { continue }  // where x no longer resolves p
          expectClose(
            SpecialFunctions.regularizedBeta(x: x, a: a, b: b), p, relative: 1e-9,
            because: "x is rounded, and a sharp distribution magnifies that")
        }
      }
    }
    #expect(SpecialFunctions.inverseRegularizedBeta(p: 0, a: 2, b: 3) == 0)
    #expect(SpecialFunctions.inverseRegularizedBeta(p: 1, a: 2, b: 3) == 1)
    #expect(SpecialFunctions.inverseRegularizedBeta(p: 0.5, a: -1, b: 3).isNaN)
  }

  @Test("a batch of quantiles is bit for bit what single calls give, on any number of threads")
  func quantileBatches() {
    var random = RandomStream(seed: 11)
    let a = random.uniform([3000]).scalars.map { Foundation.exp(12 * Double($0) - 5) }
    let b = random.uniform([3000]).scalars.map { Foundation.exp(12 * Double($0) - 5) }
    let p = random.uniform([3000]).scalars.map { Double($0) }
    let runs = results(onThreads: [1, 3]) { SpecialFunctions.inverseRegularizedBeta(p: p, a: a, b: b) }
    let one = runs[0]
    #expect(runs[1] == one)
    for i in stride(from: 0, to: 3000, by: 7) {
      #expect(SpecialFunctions.inverseRegularizedBeta(p: p[i], a: a[i], b: b[i]) == one[i])
    }
  }

  @Test("the normal distribution and its quantile agree with GSL from 10⁻³⁰⁰ up")
  func normal() {
    for p in [1e-300, 1e-50, 1e-9, 0.01, 0.3, 0.5, 0.77, 0.99, 1 - 1e-12] {
      let z = SpecialFunctions.normalQuantile(p)
      expectClose(z, gsl_cdf_ugaussian_Pinv(p), absolute: 1e-15, relative: 1e-14, because: "a few roundings")
      expectClose(SpecialFunctions.normalCDF(z), p, relative: 1e-12, because: "z² / 2 roundings in the tail")
    }
    #expect(SpecialFunctions.normalQuantile(0) == -.infinity && SpecialFunctions.normalQuantile(1) == .infinity)
    #expect(SpecialFunctions.normalQuantile(-0.1).isNaN)
  }

  @Test("normal quantiles of the smallest numbers are those of 30 digits")
  func farNormalQuantiles() {
    let known = [
      (1e-301, -37.10915213191592), (1e-308, -37.54067492154594), (.leastNormalMagnitude / 256, -37.666780465078375),
      (.leastNonzeroMagnitude, -38.467405617144344),
    ]
    for (p, z) in known {
      expectClose(SpecialFunctions.normalQuantile(p), z, relative: 1e-15, because: "Newton's method on log Φ")
    }
  }
}

import Foundation
import Probability
import Tensors
import TestSupport
import Testing

struct HamiltonianTests {
  private func run(
    _ target: some HamiltonianTarget, trajectory: HamiltonianMonteCarlo.Trajectory = .withoutUTurn(deepest: 10),
    warmup: Int = 300, draws: Int = 400, seed: UInt64
  ) -> HamiltonianDraws {
    HamiltonianMonteCarlo(warmup: warmup, draws: draws, trajectory: trajectory).sample(
      from: target, start: [Double](repeating: 0.1, count: target.rows * target.dimensions),
      random: RandomStream(seed: seed))
  }

  private func check(_ draws: HamiltonianDraws, _ bijector: Bijector, with reference: SimplexQuadrature) {
    let (values, count) = (draws.values(bijector), reference.count)
    checkAgreement(
      { k in
        (0..<draws.rows).map { row in (0..<draws.draws).map { values[($0 * draws.rows + row) * count + k] } }
      }, with: reference)
  }

  /// NUTS = quadrature, and so NUTS = Gibbs, which is compared with the same quadratures.
  @Test(arguments: LinearExample.all) func agreesWithQuadrature(example: LinearExample) {
    let target = LinearMixingTarget(
      gram: example.gram, products: (0..<256).flatMap { _ in example.products }, concentration: example.concentration)
    let draws = run(target, seed: 21)
    check(draws, .softmaxCentred, with: example.quadrature)
    // Where the prior favours edges, a step found in the flat tail is now and then too long for the steep middle.
    let most = (example.concentration.min() ?? 1) < 1 ? draws.rows * draws.draws / 1000 : 0
    #expect(draws.divergences.reduce(0, +) <= most)
    let acceptance = draws.acceptance.reduce(0, +) / Double(draws.rows)
    #expect(acceptance > 0.7 && acceptance < 0.97, "\(acceptance), aimed at 0.8")
  }

  @Test func staticTrajectoriesAgreeWithQuadrature() {
    let example = LinearExample.all[3]
    let target = LinearMixingTarget(
      gram: example.gram, products: (0..<256).flatMap { _ in example.products }, concentration: example.concentration)
    check(run(target, trajectory: .fixed(steps: 8), draws: 800, seed: 22), .softmaxCentred, with: example.quadrature)
  }

  @Test(arguments: [Bijector.softmaxCentred, .stickBreaking])
  func aProgramAgreesWithQuadrature(bijector: Bijector) throws {
    let example = LinearExample.all[5]
    let rows = 96
    let mixing = Tensor([3, LinearExample.bands], example.endmembers.flatMap { $0 }.map { Scalar($0) })
    let spectra = Tensor([1, LinearExample.bands], example.spectrum.map { Scalar($0) })
      .broadcast(to: [rows, LinearExample.bands])
    let alpha = Tensor(example.concentration.map { Scalar($0) })
    let program = MixingProgram(mixing: mixing, spectra: spectra, concentration: alpha, noise: Scalar(example.noise))
    let coordinates = LatentCoordinates([.init("a", width: 3, bijector)])
    let pass = Pass(.inference, random: RandomStream(seed: 1))
    let target = try TensorTarget(of: program, coordinates, rows: rows, pass: pass)
    var sampler = HamiltonianMonteCarlo(warmup: 200, draws: 300)
    sampler.tile = rows
    let draws = sampler.sample(
      from: target, start: [Double](repeating: 0, count: rows * 2), random: RandomStream(seed: 23))
    check(draws, bijector, with: example.quadrature)
  }

  @Test func tellsAProgramThatCannotRun() {
    let program = MixingProgram(
      mixing: .ones([3, 4]), spectra: .ones([5, 4]), concentration: .ones([3]), noise: 0.1)
    let coordinates = LatentCoordinates([.init("a", width: 2, .softmaxCentred)])
    #expect(throws: ProbabilityError.self) {
      try TensorTarget(of: program, coordinates, rows: 5, pass: Pass(.inference, random: RandomStream(seed: 1)))
    }
  }

  @Test func findsTheScalesOfAGaussian() {
    // Independent coordinates, whose scales the mass matrix has to find.
    let scales = [0.03, 0.3, 1, 5, 30]
    let draws = run(Gaussian(rows: 64, scales: scales), warmup: 500, draws: 500, seed: 24)
    for (i, scale) in scales.enumerated() {
      let squares = (0..<64).map { row -> Double in
        let own = (0..<500).map { draws.positions[($0 * 64 + row) * scales.count + i] / scale }
        return own.reduce(0) { $0 + $1 * $1 } / 500
      }
      expectMean(squares, is: 1, "the variance of a coordinate of deviation \(scale)")
    }
    #expect(draws.divergences.allSatisfy { $0 == 0 })
  }

  @Test func aDrawDependsOnNothingButItsRow() {
    let example = LinearExample.all[3]
    func positions(_ tile: Int) -> [Double] {
      var sampler = HamiltonianMonteCarlo(warmup: 30, draws: 20)
      sampler.tile = tile
      let target = LinearMixingTarget(
        gram: example.gram, products: (0..<10).flatMap { row in example.products.map { $0 + Double(row) } },
        concentration: example.concentration)
      return sampler.sample(
        from: target, start: [Double](repeating: 0, count: 20), random: RandomStream(seed: 25)
      ).positions
    }
    let whole = positions(64)
    #expect(results(onThreads: [1, 3]) { positions(3) } == [whole, whole])
  }

  @Test func countsDivergences() {
    // Neal's funnel: log v ~ N(0, 3), x ~ N(0, e^(log v/2)) nine times; its neck is narrower than any one step allows.
    let target = TensorTarget(rows: 32, dimensions: 10) { _, z in
      let (scale, x) = (z.slice(along: 1, 0..<1), z.slice(along: 1, 1..<10))
      let inner = x.squaredNorm(along: -1, keepingDimensions: true) * (-scale).exp() * -0.5
      return (inner - scale * 4.5 - scale.squared() / 18).reshaped(to: [z.shape[0]])
    }
    let draws = run(target, trajectory: .withoutUTurn(deepest: 6), warmup: 100, draws: 100, seed: 26)
    #expect(draws.divergences.reduce(0, +) > 0)
  }

  @Test(arguments: LinearExample.all) func gradientsAreThoseOfTheTensors(example: LinearExample) {
    let exact = LinearMixingTarget(
      gram: example.gram, products: example.products, concentration: example.concentration)
    let (count, z) = (example.count, [0.4, -0.7])
    let position = Array(z.prefix(count - 1))
    var (value, gradient) = ([0.0], position)
    exact.evaluate(rows: 0..<1, position, values: &value, gradients: &gradient)
    for i in position.indices {
      let slope = sixPointSlope(at: position[i]) { moved in
        var (there, at, unused) = (position, [0.0], position)
        there[i] = moved
        exact.evaluate(rows: 0..<1, there, values: &at, gradients: &unused)
        return at[0]
      }
      expectClose(gradient[i], slope, absolute: 1e-7, relative: 1e-7, because: "finite differences in Double")
    }
  }
}

/// A pixel's abundances and spectrum.
private struct MixingProgram: Program {
  let mixing: Tensor
  let spectra: Tensor
  let concentration: Tensor
  let noise: Scalar

  func model(_ trace: inout Trace) throws {
    let prior = Dirichlet(concentration: concentration.broadcast(to: [spectra.shape[0], concentration.count]))
    let a = try trace.sample("a", from: prior)
    try trace.observe("x", spectra, under: Normal(mean: a.matrixProduct(mixing), standardDeviation: Tensor(noise)))
  }

  func guide(_ trace: inout Trace) throws {}
}

private struct Gaussian: HamiltonianTarget {
  let rows: Int
  let scales: [Double]
  var dimensions: Int { scales.count }

  func evaluate(rows: Range<Int>, _ positions: [Double], values: inout [Double], gradients: inout [Double]) {
    for place in 0..<rows.count {
      values[place] = 0
      for (i, scale) in scales.enumerated() {
        let z = positions[place * scales.count + i] / scale
        values[place] -= 0.5 * z * z
        gradients[place * scales.count + i] = -z / scale
      }
    }
  }
}

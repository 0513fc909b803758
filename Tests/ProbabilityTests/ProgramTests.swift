import Foundation
import Probability
import Tensors
import TestSupport
import Testing

struct ProgramTests {
  @Test func priorPredictiveDrawsObservations() throws {
    // x ~ N(0, √1.25): 3,000 runs of 3 rows, seed 59.
    var line = Line.exact
    var pass = Pass(.inference, random: RandomStream(seed: 59))
    var draws: [Double] = []
    for _ in 0..<3000 { draws += try #require(line.priorPredictive(in: &pass)["x"]).scalars.map { Double($0) } }
    let distance = kolmogorovDistance(draws) { SpecialFunctions.normalCDF($0 / 1.25.squareRoot()) }
    #expect(distance * Double(draws.count).squareRoot() < FalseAlarm.kolmogorov)
  }

  @Test func posteriorPredictiveDrawsObservationsAtTheGuidesValues() throws {
    // Given x, a new observation is N(4x/5, √(0.2 + 0.25)). Seed 60.
    var line = Line.exact
    var pass = Pass(.inference, random: RandomStream(seed: 60))
    var draws: [Double] = []
    for _ in 0..<4000 {
      let trace = try line.posteriorPredictive(in: &pass)
      draws.append(Double(try #require(trace["x"]).scalars[2]))
    }
    let distance = kolmogorovDistance(draws) { SpecialFunctions.normalCDF(($0 - 1.6) / 0.45.squareRoot()) }
    #expect(distance * Double(draws.count).squareRoot() < FalseAlarm.kolmogorov)
  }

  @Test func aDeltaPosteriorIsAnAutoencoder() throws {
    // −ELBO = ½ Σ (x − Wz)²/σ² + bands·(log σ + ½ log 2π) + λ Σ √z, all by hand.
    let spectra = Tensor([4, 5], (0..<20).map { Scalar(sin(Double($0))) })
    let point = [
      Tensor([5, 2], (0..<10).map { Scalar(cos(Double($0)) / 3) }),
      Tensor([2, 5], (0..<10).map { Scalar(sin(Double($0) / 2)) }),
    ]
    let (sigma, weight): (Scalar, Scalar) = (0.3, 0.02)
    let code = { (weights: [Tensor]) in spectra.matrixProduct(weights[0]).softplus() }
    let penalty = { @Sendable (z: Tensor) in weight * z.sqrt().sum(along: -1) }
    var (bound, byHand) = (point, point)
    let bounded = try valueAndGradient(at: &bound) { weights -> Tensor in
      var autoencoder = Sketch(
        p: { [weights] trace in
          let z = try trace.sample("z", from: Potential(penalty))
          try trace.observe("x", spectra, under: Normal(mean: z.matrixProduct(weights[1]), standardDeviation: sigma))
        },
        q: { [weights] trace in try trace.sample("z", from: Delta(code(weights))) })
      var pass = Pass(.training, random: RandomStream(seed: 61))
      return try -ELBO()(of: &autoencoder, in: &pass).mean()
    }
    let direct = valueAndGradient(at: &byHand) { weights -> Tensor in
      let z = code(weights)
      let error = (spectra - z.matrixProduct(weights[1])).squaredNorm(along: -1) / (2 * sigma * sigma)
      return (error + penalty(z)).mean()
    }
    let constant = 5 * (log(Double(sigma)) + 0.5 * log(2 * Double.pi))
    // 10⁻¹⁰ in Double, and as many units in the last place in Float.
    let tolerance = max(1e-10, 100 * Double(Scalar.ulpOfOne))
    expectClose(
      Double(bounded.value), Double(direct.value) + constant, absolute: tolerance, because: "the same sum in two orders"
    )
    for (one, other) in zip(bounded.gradient, direct.gradient) {
      expectClose(one, other, absolute: tolerance, because: "the same derivative in two orders")
    }
  }

  @Test func anEncoderAndItsDecoderAreAProgramByAnExtension() throws {
    // The loss written out, from the same random numbers: fit, closed-form divergence, one draw. Seed 62.
    let point = DirichletCoder(
      weights: Tensor([5, 3], (0..<15).map { Scalar(cos(Double($0)) / 2) }),
      endmembers: Tensor([3, 5], (0..<15).map { Scalar(abs(sin(Double($0)))) }))
    let pass = Pass(.training, random: RandomStream(seed: 62))
    var (coder, twin) = (point, point)
    let bounded = try valueAndGradient(at: &coder) { coder -> Tensor in
      var pass = pass
      return try -ELBO()(of: &coder, in: &pass).mean()
    }
    let direct = valueAndGradient(at: &twin) { coder -> Tensor in
      var pass = pass
      let posterior = coder.posterior(of: coder.spectra, in: &pass)
      let draw = posterior.draw(using: &pass.random)
      let fit = -coder.reconstruction(from: draw.value, in: &pass).logDensity(of: coder.spectra)
      return (fit + posterior.divergence(from: coder.prior, at: draw)).mean()
    }
    #expect(coder.passes == 1 && twin.passes == 1)
    let tolerance = max(1e-12, 100 * Double(Scalar.ulpOfOne))
    expectClose(
      Double(bounded.value), Double(direct.value), relative: tolerance, because: "the same sum in two orders")
    for (one, other) in zip(bounded.gradient.parameters, direct.gradient.parameters) {
      expectClose(
        one, other, absolute: tolerance, relative: tolerance, because: "the same derivative in two orders")
    }
  }
}

/// What a learned model of one latent value per row has: q(z∣x), p(x∣z) and p(z).
private protocol Coder: Module, Program {
  associatedtype Posterior: ReparameterizedDistribution
  var spectra: Tensor { get }
  var prior: any Density { get }
  mutating func posterior(of spectra: Tensor, in pass: inout Pass) -> Posterior
  mutating func reconstruction(from latent: Tensor, in pass: inout Pass) -> any Density
}

extension Coder {
  mutating func model(_ trace: inout Trace) throws {
    let latent = try trace.sample("latent", from: prior)
    let density = reconstruction(from: latent, in: &trace.pass)
    try trace.observe("spectra", spectra, under: density)
  }

  mutating func guide(_ trace: inout Trace) throws {
    let posterior = posterior(of: spectra, in: &trace.pass)
    try trace.sample("latent", from: posterior)
  }
}

/// A coder with noise of its own and a state that training changes.
private struct DirichletCoder: Coder {
  var weights: Tensor
  var endmembers: Tensor
  var passes = 0
  let spectra = Tensor([4, 5], (0..<20).map { Scalar(1 + sin(Double($0))) })
  let prior: any Density = Dirichlet(concentration: Tensor([0.5, 0.5, 0.5]))

  mutating func forEachParameter(_ body: (inout Tensor) -> Void) {
    body(&weights)
    body(&endmembers)
  }

  mutating func posterior(of spectra: Tensor, in pass: inout Pass) -> Dirichlet {
    passes += 1
    let noisy = spectra + 0.1 * pass.random.normal(spectra.shape)
    return Dirichlet(concentration: noisy.matrixProduct(weights).softplus())
  }

  mutating func reconstruction(from latent: Tensor, in pass: inout Pass) -> any Density {
    Normal(mean: latent.matrixProduct(endmembers), standardDeviation: 0.1)
  }
}

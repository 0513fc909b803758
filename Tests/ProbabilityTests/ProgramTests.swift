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
}

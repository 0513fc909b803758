import Foundation
import Probability
import Tensors

/// How many nats of the evidence lower bound an encoder gives away, against the best Dirichlet of every pixel.
///
///     gap = max_α ELBO(α) − ELBO(α(x))
///
/// Under linear mixing the bound of a Dirichlet has a closed form, in which the maximum is found by gradients, from the
/// encoder's α and from a second start. What is left between the best Dirichlet and the truth is the family's own gap.
///
/// - Source: Cremer, Li and Duvenaud, *Inference suboptimality in variational autoencoders*, ICML 2018.
public struct AmortisationGap: Sendable, Codable, Equatable {
  /// How many pixels were optimised.
  public let pixels: Int
  /// The median over pixels, in nats.
  public let median: Double
  /// The 90 % quantile, in nats.
  public let ninetieth: Double

  /// The gap of concentrations `[pixels, endmembers]` for spectra `[pixels, bands]`.
  ///
  /// - Parameter hasFixedTotal: whether Σα is the same for all Dirichlets of the family: the best is then sought among those
  ///   with the encoder's total.
  public init(of concentration: Tensor, posterior: LinearPosterior, spectra: Tensor, hasFixedTotal: Bool = false) {
    let (count, products) = (posterior.count, posterior.products(of: spectra))
    let own = concentration.scalars.map { Double($0) }
    let modes = posterior.mostLikely(spectra).scalars.map { Double($0) }
    let gaps = (0..<spectra.shape[0]).map { pixel -> Double in
      let range = pixel * count..<(pixel + 1) * count
      let bound = DirichletBound(posterior.sampler, products: Array(products[range]))
      let given = Array(own[range])
      let total = hasFixedTotal ? given.reduce(0, +) : nil
      let mode = modes[range].map { 0.5 + 40 * $0 }
      let best = [given, mode].map { bound.maximum(from: $0, total: total) }.max() ?? 0
      return max(0, best - bound.value(given))
    }.sorted()
    pixels = gaps.count
    median = gaps.isEmpty ? .nan : gaps[gaps.count / 2]
    ninetieth = gaps.isEmpty ? .nan : gaps[min(gaps.count - 1, gaps.count * 9 / 10)]
  }
}

/// The evidence lower bound of linear mixing under a Dirichlet, less a constant.
///
///     c·m − ½ (mᵀG m + (Σₖ G_kk mₖ − mᵀG m)/(s + 1)) − KL(Dirichlet(α) ‖ Dirichlet(β)),   s = Σα, m = α/s
struct DirichletBound {
  private let count: Int
  private let gram: [Double]
  private let prior: [Double]
  private let products: [Double]

  /// The bound for a pixel with these products c; G and β are the sampler's.
  init(_ sampler: SimplexGibbs, products: [Double]) {
    (count, gram, prior, self.products) = (sampler.count, sampler.gram, sampler.concentration, products)
  }

  /// mᵀG m, Σ G_kk mₖ, c·m and G m.
  private func moments(_ alpha: [Double], _ total: Double) -> (Double, Double, Double, [Double]) {
    var (square, diagonal, product) = (0.0, 0.0, 0.0)
    var mixed = [Double](repeating: 0, count: count)
    for i in 0..<count {
      for j in 0..<count { mixed[i] += gram[i * count + j] * alpha[j] / total }
      let mean = alpha[i] / total
      square += mean * mixed[i]
      diagonal += gram[i * count + i] * mean
      product += products[i] * mean
    }
    return (square, diagonal, product, mixed)
  }

  func value(_ alpha: [Double]) -> Double {
    let (total, all) = (alpha.reduce(0, +), prior.reduce(0, +))
    let (square, diagonal, product, _) = moments(alpha, total)
    let digamma = SpecialFunctions.digamma(total)
    var divergence = SpecialFunctions.logGamma(total) - SpecialFunctions.logGamma(all)
    for (a, b) in zip(alpha, prior) {
      divergence += SpecialFunctions.logGamma(b) - SpecialFunctions.logGamma(a)
      divergence += (a - b) * (SpecialFunctions.digamma(a) - digamma)
    }
    return product - 0.5 * (square + (diagonal - square) / (total + 1)) - divergence
  }

  /// The derivatives by α.
  func gradient(_ alpha: [Double]) -> [Double] {
    let (total, all) = (alpha.reduce(0, +), prior.reduce(0, +))
    let (square, diagonal, product, mixed) = moments(alpha, total)
    let shared = (total - all) * SpecialFunctions.trigamma(total)
    return (0..<count).map { k in
      let bySquare = 2 * (mixed[k] - square) / total
      let byDiagonal = (gram[k * count + k] - diagonal) / total
      let bySpread = (byDiagonal - bySquare) / (total + 1) - (diagonal - square) / ((total + 1) * (total + 1))
      let byDivergence = (alpha[k] - prior[k]) * SpecialFunctions.trigamma(alpha[k]) - shared
      return (products[k] - product) / total - 0.5 * (bySquare + bySpread) - byDivergence
    }
  }

  /// The largest value found by adaptive steps in log α, or, where the total is given, in the logits of shares of it.
  func maximum(from start: [Double], total: Double?) -> Double {
    var place = start.map { log(max($0, 1e-6)) }
    var (first, second) = ([Double](repeating: 0, count: count), [Double](repeating: 0, count: count))
    var best = -Double.infinity
    let steps = 1200
    for step in 1...steps {
      let alpha = concentration(place, total)
      var slope = zip(gradient(alpha), alpha).map { $0 * $1 }
      if let total {
        let sum = slope.reduce(0, +)
        for k in 0..<count { slope[k] -= alpha[k] / total * sum }
      }
      let rate = 0.1 * 0.5 * (1 + cos(.pi * Double(step) / Double(steps)))
      for k in 0..<count {
        first[k] = 0.9 * first[k] + 0.1 * slope[k]
        second[k] = 0.99 * second[k] + 0.01 * slope[k] * slope[k]
        let (mean, square) = (first[k] / (1 - pow(0.9, Double(step))), second[k] / (1 - pow(0.99, Double(step))))
        place[k] = min(max(place[k] + rate * mean / (square.squareRoot() + 1e-12), -14), 18)
      }
      if step % 100 == 0 { best = max(best, value(concentration(place, total))) }
    }
    return max(best, value(concentration(start.map { log(max($0, 1e-6)) }, total)))
  }

  private func concentration(_ place: [Double], _ total: Double?) -> [Double] {
    guard let total else { return place.map { exp($0) } }
    let largest = place.max() ?? 0
    let shares = place.map { exp($0 - largest) }
    let sum = shares.reduce(0, +)
    return shares.map { max(total * $0 / sum, 1e-6) }
  }
}

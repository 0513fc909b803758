import Foundation
import Networks
import Probability
import Tensors

/// log p(x∣a) + log p(a) of many pixels, up to a constant of each pixel; p(a) = Dirichlet(α).
///
/// - Shapes: abundances of `rows` with `each` of them a row are `[rows.count · each, endmembers]`, row by row.
protocol AbundanceTarget: Sendable {
  /// α.
  var concentration: [Double] { get }

  /// log p(x∣a) of `each` abundances for each of these rows.
  func logLikelihood(of abundances: Tensor, each: Int, rows: [Int]) -> [Double]

  /// The same with a decoder that can be asked for its spectra.
  var differentiable: DecoderTarget { get }

  /// The posterior in softmax-centred coordinates, with `each` chains for each of these rows side by side.
  func chains(of rows: [Int], each: Int) -> any HamiltonianTarget
}

extension AbundanceTarget {
  /// The number of endmembers.
  var count: Int { concentration.count }

  /// The tree of the endmembers' spectra by the noise: those that data part least are joined first.
  var tree: SimplexTree {
    let (own, count) = (differentiable, count)
    let pure = own.decode(Tensor([count, count], (0..<count * count).map { $0 % (count + 1) == 0 ? 1 : 0 }))
    // Distances are between differences, of which single precision has more digits.
    let scaled = (pure - pure.mean(along: 0)) / Tensor(own.deviations.map { Scalar($0) })
    return SimplexTree(joiningNearest: scaled.matrixProduct(scaled.transposed()).scalars.map { Double($0) })
  }
}

/// Linear mixing with independent normal noise, which needs of the bands only Mᵀx and MᵀM.
struct LinearTarget: AbundanceTarget {
  let concentration: [Double]
  let differentiable: DecoderTarget
  private let gram: [Double]
  private let products: [Double]

  /// The target of spectra `[rows, bands]`.
  init(_ posterior: LinearPosterior, endmembers: Tensor, spectra: Tensor) {
    differentiable = DecoderTarget(
      concentration: posterior.sampler.concentration, spectra: spectra, deviations: posterior.deviations,
      decode: { $0.matrixProduct(endmembers) })
    (concentration, gram) = (posterior.sampler.concentration, posterior.sampler.gram)
    products = posterior.products(of: spectra)
  }

  /// c·a − ½ aᵀG a.
  func logLikelihood(of abundances: Tensor, each: Int, rows: [Int]) -> [Double] {
    let count = count
    return abundances.withUnsafeScalars { a in
      (0..<rows.count * each).map { place in
        var value = 0.0
        for i in 0..<count {
          var mixed = 0.0
          for j in 0..<count { mixed += gram[i * count + j] * Double(a[place * count + j]) }
          value += Double(a[place * count + i]) * (products[rows[place / each] * count + i] - 0.5 * mixed)
        }
        return value
      }
    }
  }

  /// In closed form.
  func chains(of rows: [Int], each: Int) -> any HamiltonianTarget {
    let own = rows.flatMap { row in
      (0..<each).flatMap { _ in products[row * count..<(row + 1) * count] }
    }
    return LinearMixingTarget(gram: gram, products: own, concentration: concentration)
  }
}

/// Any decoder with independent normal noise.
///
///     log p(x∣a) = −½ Σ_b (x_b − μ_b(a))²/σ_b²
struct DecoderTarget: AbundanceTarget {
  let concentration: [Double]
  /// x, `[rows, bands]`, in the decoder's scaling.
  let spectra: Tensor
  /// σ, one number a band.
  let deviations: [Double]
  /// μ of abundances `[n, endmembers]`.
  let decode: @Sendable (Tensor) -> Tensor

  var differentiable: DecoderTarget { self }

  /// In Double from the decoded spectra on.
  func logLikelihood(of abundances: Tensor, each: Int, rows: [Int]) -> [Double] {
    let (bands, weights) = (deviations.count, deviations.map { 1 / $0 })
    return decode(abundances).withUnsafeScalars { means in
      spectra.withUnsafeScalars { spectra in
        (0..<rows.count * each).map { place in
          let (own, mean) = (rows[place / each] * bands, place * bands)
          var sum = 0.0
          for band in 0..<bands {
            let distance = (Double(spectra[own + band]) - Double(means[mean + band])) * weights[band]
            sum += distance * distance
          }
          return -0.5 * sum
        }
      }
    }
  }

  /// By the reverse sweep.
  func chains(of rows: [Int], each: Int) -> any HamiltonianTarget {
    let deviation = Tensor(deviations.map { Scalar($0) })
    let alpha = Tensor(concentration.map { Scalar($0) })
    return TensorTarget(rows: rows.count * each, dimensions: count - 1) { range, coordinates in
      let pinned = Tensor.zeros([coordinates.shape[0], 1])
      let logarithm = Tensor.concatenated([coordinates, pinned], along: 1).logSoftmax()
      let own = spectra.gatheringRows(range.map { rows[$0 / each] })
      let fit = Normal(mean: decode(logarithm.exp()), standardDeviation: deviation).logDensity(of: own)
      return fit + (logarithm * alpha).sum(along: -1)
    }
  }

  /// The decoder of a model, without history.
  static func decoder<Model: UnmixingModel>(of model: Model, seed: UInt64) -> @Sendable (Tensor) -> Tensor {
    { abundances in
      var (model, pass) = (model, Pass(.inference, random: RandomPurpose.generation.stream(seed: seed)))
      return model.reconstruction(from: abundances, in: &pass).mean
    }
  }
}

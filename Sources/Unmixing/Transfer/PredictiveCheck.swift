import Foundation
import Scenes
import Tensors

/// How well a trained model foresees the spectra of a scene: residuals against what it expects, in units of those it leaves
/// at home.
///
///     z = (x − E[x|ā]) / σ,   ā the posterior mean of a pixel's abundances
///
/// on spectra as the model sees them; σ of a band is the root mean square of its residuals on a synthetic test scene. That is
/// the predictive spread as it is, whatever spread the model learned for itself.
///
/// - Edge cases: masked pixels are left out. A band without any residual at home counts as one of the smallest number.
struct PredictiveCheck {
  /// The mean residual of every band.
  let bias: [Double]
  /// The root mean square of every band's residuals.
  let spread: [Double]
  /// The root mean square of z of every band.
  let scores: [Double]
  /// The root mean square of z of every valid pixel.
  let pixelScores: [Double]
  /// The share of all values with |z| > 1.96: 0.05 at home, if residuals are normal.
  let shareOutside: Double

  /// - Parameter usual: σ of every band; that of this scene when absent.
  init(_ model: TrainedModel, _ estimate: Estimate, on scene: Scene, usual: [Double]?) {
    let pixels = scene.validPixels
    let scaling = model.description.scaling
    let seen = scaling.applied(to: scene.spectra.gatheringRows(pixels))
    let expected = model.reconstruction(of: estimate.mean.gatheringRows(pixels)).mean / Scalar(scaling.divisor)
    let residuals = (seen - expected).scalars
    let (bands, count) = (scene.bands, Double(max(pixels.count, 1)))
    var (sums, squares) = ([Double](repeating: 0, count: bands), [Double](repeating: 0, count: bands))
    for place in residuals.indices {
      let residual = Double(residuals[place])
      sums[place % bands] += residual
      squares[place % bands] += residual * residual
    }
    bias = sums.map { $0 / count }
    let spread = squares.map { ($0 / count).squareRoot() }
    let sigmas = (usual ?? spread).map { max($0, .leastNormalMagnitude) }
    var pixelSquares = [Double](repeating: 0, count: pixels.count)
    var outside = 0
    for place in residuals.indices {
      let (pixel, band) = place.quotientAndRemainder(dividingBy: bands)
      let z = Double(residuals[place]) / sigmas[band]
      pixelSquares[pixel] += z * z
      if abs(z) > 1.96 { outside += 1 }
    }
    self.spread = spread
    scores = zip(spread, sigmas).map { $0 / $1 }
    pixelScores = pixelSquares.map { ($0 / Double(max(bands, 1))).squareRoot() }
    shareOutside = Double(outside) / Double(max(residuals.count, 1))
  }
}

import Foundation
import Scenes
import Tensors

/// How far a scene lies from the synthetic ones that a model was trained on, and what that means for its result.
///
/// Every figure is told of the target beside the same figure of a synthetic test scene, on which the model is at home.
public struct TransferGap: Sendable, Codable, Equatable {
  /// The figures of one scene.
  public struct Side: Sendable, Codable, Equatable {
    /// The share of values more than 1.96 σ from what the model expects, σ as at home: about 0.05 there.
    public var shareOutside95: Double
    /// The energy distance of its spectra from those trained on.
    public var energyDistance: Double
    /// The mean entropy of a pixel's mean abundances, in nats.
    public var entropy: Double
    /// The median total concentration of a Dirichlet posterior.
    public var totalConcentration: Double?
    /// The mean angle between spectra and their reconstructions, in radians.
    public var reconstructionAngle: Double
    /// The same of fully constrained least squares with the recipe's spectra.
    public var leastSquaresAngle: Double
    /// The share of pixels whose residuals are larger than those of 99 % of the synthetic test pixels.
    public var shareUnlikely: Double
  }

  /// The figures of one band.
  public struct Band: Sendable, Codable, Equatable {
    /// The centre in nanometres, where it is known.
    public var wavelength: Double?
    /// The mean residual on the target, as the model sees spectra.
    public var bias: Double
    /// The root mean square of the target's residuals over that of the synthetic test scene's.
    public var score: Double
  }

  /// The scene the model was made for.
  public var target: Side
  /// A synthetic scene it was not trained on.
  public var synthetic: Side
  /// Band by band.
  public var bands: [Band]
  /// For every endmember the correlation over the target's pixels of its abundances with those of least squares; `nil`
  /// where one of them does not vary.
  public var correlations: [String: Double?]
  /// The mean angle between the model's endmembers and the recipe's spectra, in radians.
  public var endmemberAngle: Double
  /// Whether each pixel of the target is as unlikely as `shareUnlikely` counts; masked ones are not.
  public var isUnlikely: [Bool] = []

  private enum CodingKeys: String, CodingKey { case target, synthetic, bands, correlations, endmemberAngle }

  /// Compares a target with a synthetic test scene.
  ///
  /// - Parameters:
  ///   - training: The scene the model was trained on.
  ///   - library: The spectra of the recipe at the target's bands.
  ///   - yardstick: The model whose residuals at home are the unit; `model` itself when absent. For an adapted model it is
  ///     the one before, so that both are measured alike.
  /// - Throws: ``UnmixingError`` when the scenes do not suit the model.
  public init(
    of model: TrainedModel, target: (scene: Scene, estimate: Estimate), synthetic: Scene, training: Scene,
    library: SpectralLibrary, inUnitsOf yardstick: TrainedModel? = nil
  ) throws {
    let scaling = model.description.scaling
    let usual = try model.unmix(synthetic)
    let unit = try yardstick.map { PredictiveCheck($0, try $0.unmix(synthetic), on: synthetic, usual: nil) }
    let atHome = PredictiveCheck(model, usual, on: synthetic, usual: unit?.spread)
    let spread = unit?.spread ?? atHome.spread
    let abroad = PredictiveCheck(model, target.estimate, on: target.scene, usual: spread)
    let usualScores = (unit?.pixelScores ?? atHome.pixelScores).sorted()
    let bound = usualScores[Int(0.99 * Double(usualScores.count - 1))]
    let trained = scaling.applied(to: training.spectra.gatheringRows(training.validPixels))
    let leastSquares = FCLS(
      endmembers: library, scaling: scaling.scaling == .unitNorm ? .unitNorm : .raw)
    func side(_ scene: Scene, _ estimate: Estimate, _ check: PredictiveCheck, _ squares: Estimate) -> Side {
      let pixels = scene.validPixels
      return Side(
        shareOutside95: check.shareOutside,
        energyDistance: energyDistance(trained, scaling.applied(to: scene.spectra.gatheringRows(pixels))),
        entropy: Self.entropy(estimate.mean, pixels),
        totalConcentration: estimate.totalConcentration.map { Self.median($0.gatheringRows(pixels).scalars) },
        reconstructionAngle: Self.mean(estimate.reconstructionAngle, pixels),
        leastSquaresAngle: Self.mean(squares.reconstructionAngle, pixels),
        shareUnlikely: Double(check.pixelScores.count { $0 > bound }) / Double(max(pixels.count, 1)))
    }
    let squares = try leastSquares.unmix(target.scene)
    self.target = side(target.scene, target.estimate, abroad, squares)
    self.synthetic = side(synthetic, usual, atHome, try leastSquares.unmix(synthetic))
    bands = abroad.bias.indices.map { band in
      Band(wavelength: target.scene.axis?.wavelengths[band], bias: abroad.bias[band], score: abroad.scores[band])
    }
    let pixels = target.scene.validPixels
    correlations = Dictionary(
      uniqueKeysWithValues: Evaluation.distinct(target.estimate.names).enumerated().map { k, name in
        (name, Self.correlation(target.estimate.mean, squares.mean, k, pixels))
      })
    endmemberAngle = Self.meanAngle(between: model.endmembers().spectra, and: library.spectra)
    isUnlikely = [Bool](repeating: false, count: target.scene.pixelCount)
    for (place, pixel) in pixels.enumerated() { isUnlikely[pixel] = abroad.pixelScores[place] > bound }
  }

  // MARK: Figures

  private static func meanAngle(between spectra: Tensor, and others: Tensor) -> Double {
    let angles = spectra.angle(to: others).scalars
    return angles.reduce(0.0) { $0 + Double($1) } / Double(max(angles.count, 1))
  }

  private static func entropy(_ abundances: Tensor, _ pixels: [Int]) -> Double {
    let values = abundances.gatheringRows(pixels).scalars
    let sum = values.reduce(0.0) { $0 - ($1 > 0 ? Double($1) * log(Double($1)) : 0) }
    return sum / Double(max(pixels.count, 1))
  }

  private static func median(_ values: [Scalar]) -> Double {
    let sorted = values.sorted()
    return sorted.isEmpty ? 0 : Double(sorted[sorted.count / 2])
  }

  private static func mean(_ values: Tensor?, _ pixels: [Int]) -> Double {
    guard let values, !pixels.isEmpty else { return 0 }
    return values.gatheringRows(pixels).scalars.reduce(0.0) { $0 + Double($1) } / Double(pixels.count)
  }

  /// Pearson's correlation of a column of two matrices.
  private static func correlation(_ first: Tensor, _ second: Tensor, _ k: Int, _ pixels: [Int]) -> Double? {
    func column(_ values: Tensor) -> [Double] {
      let count = values.shape[1]
      return values.withUnsafeScalars { values in pixels.map { Double(values[$0 * count + k]) } }
    }
    let (x, y) = (column(first), column(second))
    let count = Double(max(pixels.count, 1))
    let (xMean, yMean) = (x.reduce(0, +) / count, y.reduce(0, +) / count)
    var (products, xSquares, ySquares) = (0.0, 0.0, 0.0)
    for (a, b) in zip(x, y) {
      products += (a - xMean) * (b - yMean)
      xSquares += (a - xMean) * (a - xMean)
      ySquares += (b - yMean) * (b - yMean)
    }
    return xSquares > 0 && ySquares > 0 ? products / (xSquares * ySquares).squareRoot() : nil
  }
}

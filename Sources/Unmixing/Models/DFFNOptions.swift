import Scenes
import Tensors

/// Everything that shapes a DFFN, apart from how it is trained.
public struct DFFNOptions: ModelOptions {
  /// The number of endmembers; 0 takes it from the truth.
  public var endmembers = 0
  /// What is done to spectra first. The paper names no scaling; the released scene is divided by its maximum.
  public var spectra = SpectrumScaling.sceneMaximum
  /// The enhancement by similar bands and pixels. A weight of 1 leaves the bands only, of 0 the pixels only.
  public var fusion = FeatureFusion(.summed, weight: 0.5)
  /// The side of every convolution, odd, 1 … 9.
  public var kernel = 5
  /// The numbers of filters before those of the abundances.
  public var abundanceWidths = [128, 64]
  /// The hidden widths of the network that makes endmembers: 1000 and 30 in the paper, 100 and 30 in the released code.
  public var endmemberWidths = [1000, 30]
  /// b, the weight of (Σa − 1)² and of negative abundances.
  public var sumToOneWeight = 1e-2
  /// c, the weight of the angle between the two reconstructions.
  public var agreementWeight = 1e-3

  /// The paper's hyperparameters for Samson.
  public init() {}

  /// Endmembers are made by the network, and start from nothing.
  public var start: EndmemberStart { .random }

  /// The whole scene is one image.
  public static var seesWholeScene: Bool { true }

  /// The network that makes endmembers has one input for every pixel.
  public static var isTiedToScene: Bool { true }

  /// The words of every option that has some.
  public static let choices = ["spectra": words(SpectrumScaling.self)]

  /// Refuses what cannot be built.
  ///
  /// - Throws: ``UnmixingError/configuration(field:expected:found:)``.
  public func check() throws {
    try checkEndmemberCount()
    try require((1...9).contains(kernel) && kernel % 2 == 1, "kernel", "1, 3, 5, 7 or 9", kernel)
    for (field, widths) in [("abundanceWidths", abundanceWidths), ("endmemberWidths", endmemberWidths)] {
      try require(widths.allSatisfy { (1...65536).contains($0) }, field, "widths from 1 to 65536", widths)
    }
    for (field, weight) in [("sumToOneWeight", sumToOneWeight), ("agreementWeight", agreementWeight)] {
      try require(weight >= 0 && weight.isFinite, field, "a number of at least 0", weight)
    }
  }

  /// The outputs of all convolutions before and after their batch norm and their gradients, with the scene's spectra in
  /// several versions; weights with their gradient, the optimizer's two averages, and the best so far. The factors are
  /// those that training on scenes of 10⁴ pixels was seen to take.
  public func bytes(of pass: ScenePass) -> Double? {
    let filters = abundanceWidths + [pass.endmembers, pass.bands]
    let channels = Double(filters.reduce(0, +)), widest = Double(max(filters.max() ?? 0, pass.bands))
    let perPixel = pass.isTraining ? 3 * channels + 6 * Double(pass.bands) + 2 * widest : 5 * widest
    let layers = zip([pass.bands] + filters, filters).map { Double($0 * $1 * kernel * kernel) }
    let connections = zip([pass.pixels] + endmemberWidths, endmemberWidths + [pass.endmembers])
    let weights = layers.reduce(0, +) + connections.reduce(0) { $0 + Double($1.0) * Double($1.1) }
    return Double(MemoryLayout<Scalar>.stride) * (Double(pass.pixels) * perPixel + weights * (pass.isTraining ? 7 : 1))
  }
}

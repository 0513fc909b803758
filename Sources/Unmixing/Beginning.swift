import Scenes
import Tensors

/// Where a run begins, and begins anew with every restart: the scene as a model sees it, and models with fresh weights.
struct Beginning: Sendable {
  /// The scaled spectra, `[pixels, bands]`.
  let scaled: Tensor
  private let description: RunDescription
  private let labels: Tensor?
  private let spectra: Tensor
  private let reference: Tensor?
  private let pixels: [Int]
  private let isValid: [Bool]

  /// - Parameters:
  ///   - labels: Labelled abundances of every pixel, where they are used.
  ///   - pixels: The pixels to train on.
  init(_ description: RunDescription, _ scene: Scene, _ labels: Tensor?, _ pixels: [Int]) {
    self.description = description
    self.labels = labels
    self.pixels = pixels
    reference = scene.truth?.endmembers?.spectra
    spectra = scene.spectra
    scaled = description.scaling.applied(to: spectra)
    isValid = scene.isValid
  }

  /// What the guide sees in place of the scaled spectra.
  var seen: Tensor { description.configuration.model.fusion.applied(to: scaled, isValid: isValid) }

  /// The model with fresh weights. Every restart draws weights and extracts endmembers with numbers of its own.
  ///
  /// - Throws: ``UnmixingError`` when there is nothing to start from.
  func model(restart: Int) throws -> any UnmixingModel {
    let configuration = description.configuration
    let count = description.endmemberNames.count
    let key = Self.key(description.seed, restart: restart)
    let facts = ModelFacts(
      bands: description.bands, endmembers: count, pixels: isValid.count { $0 },
      initialEndmembers: try endmembers(configuration.model, count, key), spectra: scaled.gatheringRows(pixels))
    var random = RandomPurpose.initialization.stream(seed: key)
    return try Catalogue.entry(configuration.method).model(configuration.model, facts, using: &random)
  }

  /// The seed of a restart; that of the run for the first.
  static func key(_ seed: UInt64, restart: Int) -> UInt64 { seed &+ UInt64(restart) &* 0xD1B5_4A32_D192_ED03 }

  private func endmembers(_ options: any ModelOptions, _ count: Int, _ key: UInt64) throws -> Tensor? {
    switch options.start {
    case .random: return nil
    case .labelled:
      guard let labels else { return try extracted(count, key) }
      return try Self.leastSquares(labels.gatheringRows(pixels), scaled.gatheringRows(pixels))
    case .extracted: return try extracted(count, key)
    case .vca: return try VCA(count: count, seed: key).endmembers(of: scaled.gatheringRows(pixels))
    case .library: return description.scaling.applied(to: try LibraryStart(options.library, description).spectra)
    case .oracle:
      guard let reference else {
        throw UnmixingError.missing(
          field: "reference endmembers", neededFor: "model.start: oracle", remedy: "give a truth that holds them")
      }
      if reference.shape != [count, description.bands] {
        throw UnmixingError.mismatch(
          field: "reference endmembers", expected: "\(count) spectra of \(description.bands) bands",
          found: "\(reference.shape[0]) of \(reference.shape[1])")
      }
      return description.scaling.applied(to: reference)
    }
  }

  private func extracted(_ count: Int, _ key: UInt64) throws -> Tensor {
    let found = try PurifiedVCA(count: count, seed: key).endmembers(of: spectra.gatheringRows(pixels))
    return description.scaling.applied(to: found)
  }

  /// The endmembers that labelled pixels are mixed from.
  ///
  ///     E = (AᵀA + 10⁻⁶ N I)⁻¹ AᵀX
  ///
  /// The small ridge keeps an endmember that no label mentions finite.
  private static func leastSquares(_ abundances: Tensor, _ spectra: Tensor) throws -> Tensor {
    let (pixels, count) = (abundances.shape[0], abundances.shape[1])
    let ridge = Tensor(
      [count, count], (0..<count * count).map { $0 / count == $0 % count ? 1e-6 * Scalar(pixels) : 0 })
    let gram = abundances.matrixProduct(abundances, transposingSelf: true) + ridge
    return try gram.choleskyFactor().solvingCholesky(abundances.matrixProduct(spectra, transposingSelf: true))
  }
}

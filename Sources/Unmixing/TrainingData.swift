import Scenes
import Tensors

/// What a step is computed from.
public struct Batch: Sendable {
  /// What the guide sees, as ``Patches/batch(_:)`` gives it.
  public let patches: Tensor
  /// The spectra that are reconstructed, `[n, bands]`.
  public let spectra: Tensor
  /// Labelled abundances, `[n, endmembers]`, where the scene has them.
  public let abundances: Tensor?
}

/// A scene prepared for training: scaled spectra, the pixels to train on, and their labels.
public struct TrainingData: Sendable {
  /// The scaled scene, as the model sees it.
  public let patches: Patches
  /// Labelled abundances of every pixel, `[pixels, endmembers]`.
  public let abundances: Tensor?
  /// The pixels to train on.
  public let pixels: [Int]
  /// Pixels held out of training to watch it; not the test pixels.
  public let validation: [Int]

  /// Prepares pixels of a scene, of which a seeded share is kept back for validation.
  ///
  /// - Throws: ``UnmixingError`` when fewer than two pixels are left to train on.
  public init(
    patches: Patches, abundances: Tensor?, pixels: [Int], validationShare: Double = 0, seed: UInt64
  ) throws {
    self.patches = patches
    self.abundances = abundances
    var random = RandomPurpose.validation.stream(seed: seed)
    let order = random.permutation(pixels.count)
    let kept = Int((Double(pixels.count) * validationShare).rounded())
    validation = order.prefix(kept).map { pixels[$0] }.sorted()
    self.pixels = order.dropFirst(kept).map { pixels[$0] }.sorted()
    if self.pixels.count < 2 {
      throw UnmixingError.mismatch(
        field: "training pixels", expected: "at least 2", found: "\(self.pixels.count) of \(pixels.count) valid ones")
    }
  }

  /// A scene with training and validation pixels chosen before.
  init(patches: Patches, abundances: Tensor?, pixels: [Int], validation: [Int]) {
    self.patches = patches
    self.abundances = abundances
    self.pixels = pixels
    self.validation = validation
  }

  /// The batch of some pixels.
  public func batch(_ pixels: [Int]) -> Batch {
    Batch(
      patches: patches.batch(pixels), spectra: patches.centers(pixels),
      abundances: abundances?.gatheringRows(pixels))
  }
}

import Scenes
import Tensors

/// What a step is computed from.
public struct Batch: Sendable {
  /// What the guide sees.
  public let sight: Sight
  /// The spectra that are reconstructed, `[n, bands]`.
  public let spectra: Tensor
  /// Labelled abundances, `[n, endmembers]`, where the scene has them.
  public let abundances: Tensor?
}

/// A scene prepared for training: scaled spectra, the pixels to train on, and their labels.
///
/// A model that sees the whole scene learns from the spectra of every valid pixel at every step, test pixels among
/// them; labels never enter its objective.
public struct TrainingData: Sendable {
  /// The scaled scene, as the model sees it.
  public let patches: Patches
  /// The scaled spectra that are reconstructed, `[pixels, bands]`.
  public let spectra: Tensor
  /// Labelled abundances of every pixel, `[pixels, endmembers]`.
  public let abundances: Tensor?
  /// The pixels to train on.
  public let pixels: [Int]
  /// Pixels held out of training to watch it; not the test pixels.
  public let validation: [Int]

  /// A scene with training and validation pixels chosen before.
  ///
  /// - Parameters:
  ///   - seen: The spectra a model sees, `[pixels, bands]`.
  ///   - spectra: The spectra that are reconstructed, which may be the same.
  ///   - pixels: The pixels to train on; in the view `.scene` every valid one.
  /// - Throws: ``UnmixingError`` when fewer than two pixels are left to train on.
  package init(
    seen: Tensor, spectra: Tensor, of scene: Scene, view: View, abundances: Tensor?, pixels: [Int], validation: [Int]
  ) throws {
    patches = Patches(
      of: seen, rows: scene.rows, columns: scene.columns, view: view, isValid: scene.isValid)
    self.spectra = spectra.detached
    self.abundances = abundances
    self.pixels = pixels
    self.validation = validation
    if self.pixels.count < 2 {
      throw UnmixingError.mismatch(
        field: "training pixels", expected: "at least 2",
        found: "\(self.pixels.count) of \(scene.validPixels.count) valid ones")
    }
  }

  /// The batch of some pixels; of all of them for a model that sees the whole scene.
  public func batch(_ pixels: [Int]) -> Batch {
    let isWhole = pixels.count == spectra.shape[0]
    return Batch(
      sight: patches.sight(of: pixels), spectra: isWhole ? spectra : spectra.gatheringRows(pixels),
      abundances: abundances?.gatheringRows(pixels))
  }
}

extension Patches {
  /// What a model sees of these pixels. In the view `.scene` they are the valid ones, in order.
  func sight(of pixels: [Int]) -> Sight {
    guard view == .scene else { return Sight(batch(pixels)) }
    return Sight(batch([0]), validPixels: pixels.count == rows * columns ? nil : pixels)
  }
}

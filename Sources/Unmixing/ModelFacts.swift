import Tensors

/// What a model must know of the scene before it can be built.
public struct ModelFacts: Sendable {
  /// The number of bands.
  public var bands: Int
  /// The number of endmembers.
  public var endmembers: Int
  /// The number of pixels that are not masked.
  public var pixels: Int
  /// Endmembers to start from, `[endmembers, bands]`, in the model's scaling; `nil` for random ones.
  public var initialEndmembers: Tensor?
  /// The spectra of the scene, `[rows × columns, bands]`, in the model's scaling; `nil` where a saved model is restored.
  public var spectra: Tensor?

  /// The facts about a scene.
  public init(bands: Int, endmembers: Int, pixels: Int = 0, initialEndmembers: Tensor? = nil, spectra: Tensor? = nil) {
    self.bands = bands
    self.endmembers = endmembers
    self.pixels = pixels
    self.initialEndmembers = initialEndmembers
    self.spectra = spectra
  }
}

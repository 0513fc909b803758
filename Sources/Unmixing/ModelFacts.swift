import Tensors

/// What a model must know of the scene before it can be built.
public struct ModelFacts: Sendable {
  /// The number of bands.
  public var bands: Int
  /// The number of endmembers.
  public var endmembers: Int
  /// Endmembers to start from, `[endmembers, bands]`, in the model's scaling; `nil` for random ones.
  public var initialEndmembers: Tensor?

  /// The facts about a scene.
  public init(bands: Int, endmembers: Int, initialEndmembers: Tensor? = nil) {
    self.bands = bands
    self.endmembers = endmembers
    self.initialEndmembers = initialEndmembers
  }
}

import Scenes

/// One pass of a network over a whole scene.
public struct ScenePass: Sendable {
  /// The number of pixels, masked ones included.
  public var pixels: Int
  /// The number of bands.
  public var bands: Int
  /// The number of endmembers.
  public var endmembers: Int
  /// Whether gradients are kept and weights changed.
  public var isTraining: Bool

  /// A pass over a scene.
  public init(pixels: Int, bands: Int, endmembers: Int, isTraining: Bool) {
    self.pixels = pixels
    self.bands = bands
    self.endmembers = endmembers
    self.isTraining = isTraining
  }
}

/// Whether there is room for a network that sees the whole scene at once.
package enum WorkingMemory {
  /// Refuses what would not fit.
  ///
  /// - Parameters:
  ///   - bytes: What the network would need.
  ///   - available: What there is; nothing is refused where that is unknown.
  /// - Throws: ``UnmixingError/memory(scene:needed:available:)``.
  package static func check(_ bytes: Double, for scene: String, available: Int? = AvailableMemory.bytes()) throws {
    guard let available = available.map({ Double($0) }), bytes > available else { return }
    throw UnmixingError.memory(scene: scene, needed: bytes, available: available)
  }
}

extension RunDescription {
  /// Refuses a scene that the network would see at once and for which there is no memory.
  ///
  /// - Throws: ``UnmixingError/memory(scene:needed:available:)``.
  func checkMemory(for scene: Scene, training: Bool) throws {
    let pass = ScenePass(
      pixels: scene.pixelCount, bands: bands, endmembers: endmemberNames.count, isTraining: training)
    if let bytes = configuration.model.bytes(of: pass) { try WorkingMemory.check(bytes, for: scene.name) }
  }
}

import Foundation
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
  package static func check(_ bytes: Double, for scene: String, available: Double? = available) throws {
    guard let available, bytes > available else { return }
    throw UnmixingError.memory(scene: scene, needed: bytes, available: available)
  }

  /// Bytes that can be had without swapping: what the system says is available, and what is left of the limit of the
  /// process's group where it has one. `nil` where the system does not tell.
  package static var available: Double? {
    let limit = number(in: "/sys/fs/cgroup/memory.max").flatMap { limit in
      number(in: "/sys/fs/cgroup/memory.current").map { max(limit - $0, 0) }
    }
    let system = text(of: "/proc/meminfo")?.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
      .flatMap { $0.split(separator: " ").dropFirst().first }.flatMap { Double($0) }.map { $0 * 1024 }
    return [limit, system].compactMap(\.self).min()
  }

  private static func number(in path: String) -> Double? {
    text(of: path).flatMap { Double($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
  }

  private static func text(of path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
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

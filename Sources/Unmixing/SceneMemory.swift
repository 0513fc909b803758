import Foundation
import Tensors

/// Whether a training step on a whole scene fits into memory, asked before it is tried.
package struct SceneMemory {
  /// The bytes a step holds, roughly.
  package let needed: Int

  /// What a method that sees the whole scene needs; nothing for the others.
  package init(_ configuration: Configuration, pixels: Int, bands: Int) {
    let numbers = configuration.seesWholeScene ? configuration.model.numbersPerPixel(bands: bands) : 0
    needed = pixels * numbers * MemoryLayout<Scalar>.size
  }

  /// The bytes that programs can still have, where the system says so.
  package static var available: Int? {
    guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("MemAvailable:") }),
      let kilobytes = line.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
    else { return nil }
    return kilobytes * 1024
  }

  /// Refuses what does not fit.
  ///
  /// - Throws: ``UnmixingError/mismatch(field:expected:found:)`` with both numbers in gigabytes.
  package func check(_ scene: String, method: String, available: Int? = available) throws {
    guard let available, needed > available else { return }
    throw UnmixingError.mismatch(
      field: "memory for \(method), which sees all of \(scene) at once",
      expected: "at most the \(Self.gigabytes(available)) that are free",
      found: "a need of about \(Self.gigabytes(needed)); crop the scene")
  }

  private static func gigabytes(_ bytes: Int) -> String { String(format: "%.1f GB", Double(bytes) / 1e9) }
}

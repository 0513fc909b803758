import Foundation

/// The most memory this process has held so far.
enum PeakMemory {
  /// Bytes, from the kernel's high-water mark; `nil` where it does not tell.
  static var bytes: Double? {
    guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
    for line in status.split(separator: "\n") where line.hasPrefix("VmHWM:") {
      return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) }.map { $0 * 1024 }
    }
    return nil
  }
}

import Foundation

/// The most memory a process has held so far.
enum PeakMemory {
  /// Bytes of this process, from the kernel's high-water mark; `nil` where it does not tell.
  static var bytes: Double? { bytes(of: "self") }

  /// Bytes of the process with this number.
  static func bytes(of process: String) -> Double? {
    guard let status = try? String(contentsOfFile: "/proc/\(process)/status", encoding: .utf8) else { return nil }
    for line in status.split(separator: "\n") where line.hasPrefix("VmHWM:") {
      return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) }.map { $0 * 1024 }
    }
    return nil
  }
}

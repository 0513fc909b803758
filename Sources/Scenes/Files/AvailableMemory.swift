internal import CSystem
import Foundation

/// The memory that this process can still have.
package enum AvailableMemory {
  /// Bytes: the least of what the machine has to give, the process may address, and its control group leaves it; `nil`
  /// where the system tells none of them.
  package static func bytes() -> Int? {
    [machine(), addressSpace(), controlGroup()].compactMap(\.self).min()
  }

  private static func machine() -> Int? {
    number(after: "MemAvailable:", in: "/proc/meminfo").map { $0 * 1_024 }
  }

  private static func addressSpace() -> Int? {
    var limit = rlimit()
    guard alu_address_space(&limit) == 0, let most = Int(exactly: limit.rlim_cur), most < Int.max else { return nil }
    let used = number(after: "VmSize:", in: "/proc/self/status").map { $0 * 1_024 } ?? 0
    return max(0, most - used)
  }

  /// What the control group of version 2 or 1 leaves; groups further up are not looked at.
  private static func controlGroup() -> Int? {
    let lines = text("/proc/self/cgroup").split(separator: "\n")
    let candidates = lines.flatMap { line -> [(String, String)] in
      let parts = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 3 else { return [] }
      let folders = parts[2] == "/" ? [""] : [parts[2], ""]
      if parts[1].isEmpty {
        return folders.map { ("/sys/fs/cgroup\($0)/memory.max", "/sys/fs/cgroup\($0)/memory.current") }
      }
      guard parts[1].split(separator: ",").contains("memory") else { return [] }
      return folders.map {
        ("/sys/fs/cgroup/memory\($0)/memory.limit_in_bytes", "/sys/fs/cgroup/memory\($0)/memory.usage_in_bytes")
      }
    }
    return candidates.compactMap { most, used in
      guard let most = number(text(most)), most < 1 << 60 else { return nil }
      return max(0, most - (number(text(used)) ?? 0))
    }.min()
  }

  private static func number(after key: String, in path: String) -> Int? {
    let line = text(path).split(separator: "\n").first { $0.hasPrefix(key) }
    return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
  }

  private static func number(_ text: String) -> Int? { Int(text.trimmingCharacters(in: .whitespacesAndNewlines)) }

  /// Files the system makes have no size, so a regular file's reader does not do.
  private static func text(_ path: String) -> String {
    FileManager.default.contents(atPath: path).map { String(decoding: $0, as: UTF8.self) } ?? ""
  }
}

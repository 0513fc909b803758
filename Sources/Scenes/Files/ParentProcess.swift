internal import CSystem
import Foundation

/// The process that started this one.
package enum ParentProcess {
  /// Asks the system to send this process a signal when the one that started it ends, however it ends.
  ///
  /// The request outlives `exec`, and ends with the process.
  ///
  /// - Parameters:
  ///   - signal: What is sent, as SIGTERM.
  ///   - parent: The number of the process that should have started this one.
  /// - Returns: Whether that process is still there to be followed.
  package static func follow(_ parent: Int32, with signal: Int32) -> Bool {
    // The parent may have ended before the request: then this process has another one already.
    alu_signal_at_end_of_parent(signal) == 0 && getppid() == parent
  }
}

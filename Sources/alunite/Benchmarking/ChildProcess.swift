import Foundation

/// This same command, run by a process of its own.
///
/// It ends when this process does, however that ends: see ``FollowParent``. A terminal's Ctrl-C does not reach it.
final class ChildProcess {
  /// How a process ended.
  struct Ending {
    /// The exit code, or 128 + the signal's number.
    let code: Int32
    /// Seconds it computed, over all its threads.
    let processorSeconds: Double
  }

  /// The system's number of it.
  let number: pid_t
  private(set) var ending: Ending?

  /// Starts `alunite` with some arguments.
  ///
  /// - Parameters:
  ///   - output: The file that takes its standard output; replaced.
  ///   - errors: The file that takes its standard error; replaced.
  /// - Throws: ``SceneError`` or ``WorldFault`` when the system cannot start it.
  init(_ arguments: [String], output: URL, errors: URL) throws {
    let words = ["alunite", "follow-parent", "\(getpid())", "--"] + arguments
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    for (descriptor, file) in [(Int32(1), output), (2, errors)] {
      posix_spawn_file_actions_addopen(&actions, descriptor, file.path, O_WRONLY | O_CREAT | O_TRUNC, 0o666)
    }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    posix_spawnattr_setpgroup(&attributes, 0)
    var pointers = words.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var number: pid_t = 0
    let code = posix_spawn(&number, "/proc/self/exe", &actions, &attributes, &pointers, environ)
    if code != 0 {
      throw WorldFault.noRun(path: output.path, reason: "cannot start a process: \(String(cString: strerror(code)))")
    }
    self.number = number
  }

  deinit {
    if ending == nil {
      kill(number, SIGKILL)
      waitpid(number, nil, 0)
    }
  }

  /// How it ended; `nil` while it runs.
  func poll() -> Ending? {
    if let ending { return ending }
    var status: Int32 = 0
    var usage = rusage()
    guard wait4(number, &status, WNOHANG, &usage) == number else { return nil }
    let signal = status & 0x7f
    let times = [usage.ru_utime, usage.ru_stime].map { Double($0.tv_sec) + Double($0.tv_usec) * 1e-6 }
    ending = Ending(code: signal == 0 ? status >> 8 & 0xff : 128 + signal, processorSeconds: times[0] + times[1])
    return ending
  }

  /// Sends a signal, unless it has ended.
  func send(_ signal: Int32) {
    if ending == nil { kill(number, signal) }
  }

  /// The most memory it has held so far, in bytes; `nil` where the kernel does not tell.
  var peakBytes: Double? { PeakMemory.bytes(of: "\(number)") }
}

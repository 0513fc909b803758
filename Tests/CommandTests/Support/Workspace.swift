import Foundation
import Testing

/// A directory of its own in which the built command is run; it goes away with the value.
final class Workspace {
  /// The directory.
  let directory: URL

  init() throws {
    directory = FileManager.default.temporaryDirectory
      .appendingPathComponent("alunite-\(UUID().uuidString)", isDirectory: true)
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: directory) }

  /// How a run of the command ended.
  struct Outcome {
    let code: Int32
    let output: String
    let errors: String
  }

  /// The command, which is built into the same directory as the tests.
  static var binary: URL {
    URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
      .appendingPathComponent("alunite")
  }

  /// A file or directory inside.
  func url(_ name: String) -> URL { directory.appendingPathComponent(name) }

  /// Whether a file or directory exists inside.
  func exists(_ name: String) -> Bool { FileManager.default.fileExists(atPath: url(name).path) }

  /// The text of a file inside.
  func text(_ name: String) throws -> String { try String(contentsOf: url(name), encoding: .utf8) }

  /// Writes a file inside.
  func write(_ text: String, to name: String) throws { try Data(text.utf8).write(to: url(name)) }

  /// What is inside, hidden files included, apart from those `ignored`.
  func content(ignoring ignored: Set<String> = []) throws -> Set<String> {
    Set(try FileManager.default.contentsOfDirectory(atPath: directory.path)).subtracting(ignored)
  }

  /// Runs the command to its end.
  @discardableResult
  func run(_ arguments: String...) throws -> Outcome { try run(arguments) }

  /// Runs the command to its end, with files limited to some kilobytes where a limit is given.
  @discardableResult
  func run(_ arguments: [String], fileLimit: Int? = nil) throws -> Outcome {
    try start(arguments, fileLimit: fileLimit).outcome()
  }

  /// Starts the command.
  func start(_ arguments: [String], fileLimit: Int? = nil) throws -> Running {
    let log = directory.appendingPathComponent(".log-\(UUID().uuidString)")
    let process = Process()
    if let fileLimit {
      process.executableURL = URL(fileURLWithPath: "/bin/bash")
      process.arguments = ["-c", "ulimit -f \(fileLimit); exec \"$0\" \"$@\"", Self.binary.path] + arguments
    } else {
      process.executableURL = Self.binary
      process.arguments = arguments
    }
    process.currentDirectoryURL = directory
    process.standardInput = FileHandle.nullDevice
    var handles: [FileHandle] = []
    for kind in ["output", "errors"] {
      let file = log.appendingPathExtension(kind)
      try Data().write(to: file)
      handles.append(try FileHandle(forWritingTo: file))
    }
    (process.standardOutput, process.standardError) = (handles[0], handles[1])
    try process.run()
    for handle in handles { try handle.close() }
    return Running(process: process, log: log)
  }

  /// The command while it runs.
  struct Running {
    let process: Process
    fileprivate let log: URL

    /// Waits for the end.
    func outcome() throws -> Outcome {
      process.waitUntilExit()
      let texts = try ["output", "errors"].map { kind in
        let file = log.appendingPathExtension(kind)
        defer { try? FileManager.default.removeItem(at: file) }
        return try String(contentsOf: file, encoding: .utf8)
      }
      // As a shell has it: 128 + signal.
      let code = process.terminationStatus + (process.terminationReason == .uncaughtSignal ? 128 : 0)
      return Outcome(code: code, output: texts[0], errors: texts[1])
    }

    /// Sends a signal.
    func send(_ signal: Int32) { kill(process.processIdentifier, signal) }
  }
}

extension Workspace {
  /// A scene of 12 × 12 pixels, 188 bands and three minerals, as `name`.
  func makeScene(_ name: String = "scene.h5", seed: Int = 1) throws {
    try write(
      """
      name: tiny
      rows: 12
      columns: 12
      sensor:
        grid: aviris
        drop: [1-2, 104-113, 148-167, 221-224]
      minerals: [alunite, muscovite, nontronite]
      abundances:
        field: matern
        smoothness: 1
        length: 4
      noise:
        snr: 35
      """, to: "tiny.yaml")
    let outcome = try run("synthesize", "--recipe", "tiny.yaml", "--seed", "\(seed)", "-q", "-o", name)
    try #require(outcome.code == 0, "\(outcome.errors)")
  }

  /// The arguments of a training that takes a moment.
  static let quickTraining = [
    "train", "--model", "mlp-ldvae", "--scene", "scene.h5", "--set", "model.encoderHidden=[16]", "--set",
    "decoderHidden=[16]", "-q",
  ]

  /// A run of a few epochs on `scene.h5`.
  func makeRun(_ name: String = "run", epochs: Int = 2) throws {
    let outcome = try run(Self.quickTraining + ["--set", "epochs=\(epochs)", "--seed", "1", "-o", name])
    try #require(outcome.code == 0, "\(outcome.errors)")
  }
}

extension Workspace {
  /// Runs the command to its end; the most memory it was seen to hold, in bytes.
  func peakBytes(_ arguments: [String]) throws -> Int {
    let running = try start(arguments)
    var peak = 0
    // What a process asks of its parent at the end includes what the parent held when it began.
    while running.process.isRunning {
      let status = try? String(contentsOfFile: "/proc/\(running.process.processIdentifier)/status", encoding: .utf8)
      let line = status?.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
      peak = max(peak, line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0)
      usleep(2_000)
    }
    let outcome = try running.outcome()
    try #require(outcome.code == 0, "\(outcome.errors)")
    return peak * 1024
  }
}

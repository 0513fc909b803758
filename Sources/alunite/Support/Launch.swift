import ArgumentParser
import Foundation

/// One run of the command: arguments in, exit code out, every failure one line on standard error.
struct Launch {
  private static let failure: Int32 = 1
  private static let wrongUsage: Int32 = 2

  private let arguments: [String]

  init(_ arguments: [String]) {
    self.arguments = arguments
  }

  /// Parses and runs; returns the exit code.
  func run() -> Int32 {
    // A file that outgrows its limit is then a write error with a message instead of a sudden end.
    signal(SIGXFSZ, SIG_IGN)
    guard Self.argumentsAreText() else {
      Console.error("arguments: expected UTF-8, found other bytes; rename the file or give it a link with a plain name")
      return Self.wrongUsage
    }
    do {
      var command = try Alunite.parseAsRoot(arguments)
      try command.run()
      return 0
    } catch {
      return report(error)
    }
  }

  private func report(_ error: any Error) -> Int32 {
    switch error {
    case let interruption as Interruption:
      Console.note(interruption.message)
      return interruption.exitCode
    case let code as ExitCode:
      return code.rawValue
    default: break
    }
    let code = Alunite.exitCode(for: error)
    if code.isSuccess {
      Console.print(Alunite.fullMessage(for: error))
      return 0
    }
    if code == .validationFailure {
      Console.error(Self.usage(Alunite.fullMessage(for: error)))
      return Self.wrongUsage
    }
    Console.error(WorldFault.explanation(of: error))
    if case WorldFault.usage = error { return Self.wrongUsage }
    return Self.failure
  }

  /// The parser's message without its own prefix.
  private static func usage(_ message: String) -> String {
    message.hasPrefix("Error: ") ? String(message.dropFirst("Error: ".count)) : message
  }

  /// Whether every argument survives the way through a string, so that no other file is opened than was meant.
  private static func argumentsAreText() -> Bool {
    (0..<Int(CommandLine.argc)).allSatisfy { index in
      CommandLine.unsafeArgv[index].map { String(validatingCString: $0) != nil } ?? true
    }
  }
}

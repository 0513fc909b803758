import ArgumentParser
import Foundation
import Scenes

/// `alunite follow-parent`: runs another of the commands such that it is told to stop when the process that started it
/// ends. For `alunite benchmark`; not listed in the help.
struct FollowParent: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "follow-parent", abstract: "Run a command that ends when another process does.", shouldDisplay: false)

  @Argument(help: "The number of the process to follow.")
  var parent: Int32

  @Argument(parsing: .postTerminator, help: "The command and its arguments.")
  var command: [String] = []

  func run() throws {
    guard ParentProcess.follow(parent, with: SIGTERM) else { throw ExitCode(128 + SIGTERM) }
    var pointers = (["alunite"] + command).map { strdup($0) } + [nil]
    execv("/proc/self/exe", &pointers)
    throw WorldFault.noRun(path: "/proc/self/exe", reason: String(cString: strerror(errno)))
  }
}

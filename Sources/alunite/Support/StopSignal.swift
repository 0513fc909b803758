import Dispatch
import Foundation
import Synchronization

/// Turns the first Ctrl-C or SIGTERM into something a loop can ask about; a second one ends the process at once.
///
/// While it exists nothing else should handle these signals; afterwards they end the process again.
final class StopSignal {
  private let state = State()
  private let sources: [any DispatchSourceSignal]

  /// What the signals' own thread shares with the loop's.
  private final class State: Sendable {
    let received = Atomic<Int32>(0)

    func receive(_ number: Int32) {
      let (isFirst, _) = received.compareExchange(expected: 0, desired: number, ordering: .relaxed)
      if !isFirst { _exit(128 + number) }
      if Console.isInteractive { Console.raw("\n") }
      Console.note("stopping; once more ends at once")
    }
  }

  /// Starts listening.
  init() {
    let queue = DispatchQueue(label: "alunite.stop")
    sources = [SIGINT, SIGTERM].map { [state] number in
      signal(number, SIG_IGN)
      let source = DispatchSource.makeSignalSource(signal: number, queue: queue)
      source.setEventHandler { state.receive(number) }
      source.resume()
      return source
    }
  }

  deinit {
    for source in sources { source.cancel() }
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
  }

  /// The signal that asked to stop, if one did.
  var signalNumber: Int32? {
    let number = state.received.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// Throws when a stop was asked for.
  func check(_ message: @autoclosure () -> String = "stopped; nothing was written") throws {
    if let number = signalNumber { throw Interruption(signal: number, message: message()) }
  }
}

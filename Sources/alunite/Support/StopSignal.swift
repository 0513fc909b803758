import Dispatch
import Foundation
import Synchronization

/// Turns the first Ctrl-C or SIGTERM into something a loop can ask about; a second one ends the process at once.
final class StopSignal: Sendable {
  private let received = Atomic<Int32>(0)
  private let sources: [any DispatchSourceSignal]

  /// Starts listening.
  init() {
    let queue = DispatchQueue(label: "alunite.stop")
    sources = [SIGINT, SIGTERM].map { number in
      signal(number, SIG_IGN)
      return DispatchSource.makeSignalSource(signal: number, queue: queue)
    }
    for (source, number) in zip(sources, [SIGINT, SIGTERM]) {
      source.setEventHandler { [weak self] in self?.receive(number) }
      source.resume()
    }
  }

  deinit {
    for source in sources { source.cancel() }
    for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
  }

  /// The signal that asked to stop, if one did.
  var signalNumber: Int32? {
    let number = received.load(ordering: .relaxed)
    return number == 0 ? nil : number
  }

  /// Throws when a stop was asked for.
  func check(_ message: @autoclosure () -> String = "interrupted; nothing was written") throws {
    if let number = signalNumber { throw Interruption(signal: number, message: message()) }
  }

  private func receive(_ number: Int32) {
    let (isFirst, _) = received.compareExchange(expected: 0, desired: number, ordering: .relaxed)
    if isFirst {
      Console.raw("\n")
      Console.note("stopping; once more ends at once")
    } else {
      _exit(128 + number)
    }
  }
}

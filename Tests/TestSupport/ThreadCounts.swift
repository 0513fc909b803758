import Foundation
import Synchronization
import Tensors
import Testing

/// The number of threads is one for the whole process, and suites run side by side: who changes it holds this.
private let turn = Mutex(())

/// What `body` returns on each number of threads, one caller at a time; the number is what it was before afterwards.
///
/// Where there is more than one, two threads are first seen to share a loop, so that equal results prove something.
package func results<Result: Sendable>(
  onThreads counts: [Int], sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws -> Result
) rethrows -> [Result] {
  try turn.withLock { _ in
    let before = Threads.count
    defer { Threads.use(before) }
    return try counts.map { count in
      Threads.use(count)
      if count > 1 {
        #expect(threadsThatShareALoop() > 1, "\(count) threads are allowed", sourceLocation: sourceLocation)
      }
      return try body()
    }
  }
}

/// How many threads were seen in a loop of two chunks that wait for each other; tried again while other loops are in the way.
private func threadsThatShareALoop() -> Int {
  let seen = Mutex<Set<UInt>>([])
  for _ in 0..<500 {
    parallelFor(2) { _ in
      let own = UInt(pthread_self())
      let end = Date().addingTimeInterval(0.02)
      while seen.withLock({
        $0.insert(own); return $0.count
      }) < 2 && Date() < end { sched_yield() }
    }
    let count = seen.withLock { $0.count }
    if count > 1 { return count }
  }
  return 1
}

import Foundation
import Scenes
import Testing

@Suite("Outputs that appear complete or not at all")
struct AtomicOutputTests {
  private struct Failure: Error {}

  private func names(_ directory: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: directory.path).sorted()
  }

  @Test("a written file has its content and nothing is left beside it")
  func writes() throws {
    try withTemporaryDirectory { directory in
      let target = directory.appendingPathComponent("a.txt")
      try writeAtomically(to: target) { try Data("one".utf8).write(to: $0) }
      #expect(try String(contentsOf: target, encoding: .utf8) == "one")
      #expect(try names(directory) == ["a.txt"])
    }
  }

  @Test("an existing file is refused unless overwriting, and survives a failure")
  func overwriting() throws {
    try withTemporaryDirectory { directory in
      let target = directory.appendingPathComponent("a.txt")
      try Data("old".utf8).write(to: target)
      let error = #expect(throws: SceneError.self) { try writeAtomically(to: target) { _ in } }
      #expect(error == .alreadyExists(path: target.path))
      #expect(throws: Failure.self) {
        try writeAtomically(to: target, overwriting: true) {
          try Data("half".utf8).write(to: $0)
          throw Failure()
        }
      }
      #expect(try String(contentsOf: target, encoding: .utf8) == "old")
      #expect(try names(directory) == ["a.txt"])
      try writeAtomically(to: target, overwriting: true) { try Data("new".utf8).write(to: $0) }
      #expect(try String(contentsOf: target, encoding: .utf8) == "new")
    }
  }

  @Test("a body that writes nothing, and a folder that does not exist, are errors naming the target")
  func failures() throws {
    try withTemporaryDirectory { directory in
      let target = directory.appendingPathComponent("a.txt")
      #expect(throws: SceneError.self) { try writeAtomically(to: target) { _ in } }
      let remains = try names(directory)
      #expect(remains.isEmpty)
      let nowhere = directory.appendingPathComponent("none/a.txt")
      let error = #expect(throws: SceneError.self) { try writeAtomically(to: nowhere) { _ in } }
      #expect(error?.path == nowhere.path)
    }
  }

  @Test("symbolic links are neither followed nor replaced")
  func links() throws {
    try withTemporaryDirectory { directory in
      let real = directory.appendingPathComponent("real")
      try Data("safe".utf8).write(to: real)
      let link = directory.appendingPathComponent("link")
      try FileManager.default.createSymbolicLink(at: link, withDestinationURL: real)
      #expect(throws: SceneError.self) {
        try writeAtomically(to: link, overwriting: true) { try Data("x".utf8).write(to: $0) }
      }
      #expect(try String(contentsOf: real, encoding: .utf8) == "safe")
    }
  }

  @Test("a second writer of the same output is refused at once")
  func locking() throws {
    try withTemporaryDirectory { directory in
      let target = directory.appendingPathComponent("a.txt")
      try writeAtomically(to: target) { partial in
        let error = #expect(throws: SceneError.self) { try writeAtomically(to: target) { _ in } }
        guard case .locked(_, let holder)? = error else {
          Issue.record("\(String(describing: error))")
          return
        }
        #expect(holder.contains("\(ProcessInfo.processInfo.processIdentifier)"))
        try Data("one".utf8).write(to: partial)
      }
    }
  }

  @Test("of many writers at once exactly one wins, a hundred times")
  func races() throws {
    try withTemporaryDirectory { directory in
      for round in 0..<100 {
        let target = directory.appendingPathComponent("race-\(round)")
        let wins = Counter()
        DispatchQueue.concurrentPerform(iterations: 4) { writer in
          do {
            try writeAtomically(to: target) { try Data("\(writer)".utf8).write(to: $0) }
            wins.add()
          } catch {}
        }
        #expect(wins.value == 1)
      }
      let files = try names(directory)
      #expect(files.count == 100)
    }
  }

  @Test("what a killed writer left behind is removed by the next one")
  func leftovers() throws {
    try withTemporaryDirectory { directory in
      let leftover = directory.appendingPathComponent(".a.txt.partial-abc123")
      try FileManager.default.createDirectory(at: leftover, withIntermediateDirectories: false)
      try Data("process 1\n".utf8).write(to: directory.appendingPathComponent(".a.txt.lock"))
      try writeAtomically(to: directory.appendingPathComponent("a.txt")) { try Data("x".utf8).write(to: $0) }
      #expect(try names(directory) == ["a.txt"])
    }
  }

  private func content(_ url: URL) throws -> String { try String(contentsOf: url, encoding: .utf8) }

  @Test("a pair that cannot be replaced leaves the older pair as it was")
  func failedPair() throws {
    // A name on another file system is one that nothing here can be renamed to.
    let elsewhere = URL(fileURLWithPath: "/dev/shm/alunite-\(UUID().uuidString)")
    guard access("/dev/shm", W_OK) == 0 else { return }
    try withTemporaryDirectory { directory in
      let targets = [directory.appendingPathComponent("a.img"), directory.appendingPathComponent("a.hdr"), elsewhere]
      for target in targets.prefix(2) { try Data("old".utf8).write(to: target) }
      let error = #expect(throws: SceneError.self) {
        try AtomicOutput.write(targets, overwriting: true) { partial in
          for file in partial { try Data("new".utf8).write(to: file) }
        }
      }
      #expect(error?.path == elsewhere.path)
      #expect(try targets.prefix(2).map(content) == ["old", "old"])
      #expect(try names(directory) == ["a.hdr", "a.img"])
      try AtomicOutput.write(Array(targets.prefix(2)), overwriting: true) { partial in
        for file in partial { try Data("new".utf8).write(to: file) }
      }
      #expect(try targets.prefix(2).map(content) == ["new", "new"])
      #expect(try names(directory) == ["a.hdr", "a.img"])
    }
  }

  @Test("a writer killed while it replaced an output leaves the older one, which the next writer puts back")
  func interruptedReplacement() throws {
    try withTemporaryDirectory { directory in
      let targets = ["a.img", "a.hdr"].map(directory.appendingPathComponent)
      let leftover = directory.appendingPathComponent(".a.img.partial-abc123")
      try FileManager.default.createDirectory(at: leftover, withIntermediateDirectories: false)
      for name in ["old.a.img", "old.a.hdr", "a.hdr"] {
        try Data(name.utf8).write(to: leftover.appendingPathComponent(name))
      }
      // Both old files are away, and of the new ones only the first has come.
      try Data("new".utf8).write(to: targets[0])
      let error = #expect(throws: SceneError.self) { try AtomicOutput.write(targets, overwriting: false) { _ in } }
      #expect(error == .alreadyExists(path: targets[0].path))
      #expect(try targets.map(content) == ["old.a.img", "old.a.hdr"])
      #expect(try names(directory) == ["a.hdr", "a.img"])
    }
  }

  @Test("a directory that another program makes meanwhile is not replaced")
  func directoryMeanwhile() throws {
    try withTemporaryDirectory { directory in
      let target = directory.appendingPathComponent("out")
      let error = #expect(throws: SceneError.self) {
        try writeDirectoryAtomically(to: target) { new in
          try Data("new".utf8).write(to: new.appendingPathComponent("file"))
          try FileManager.default.createDirectory(at: target, withIntermediateDirectories: false)
        }
      }
      #expect(error == .alreadyExists(path: target.path))
      let left = try names(target)
      #expect(left.isEmpty)
    }
  }

  @Test("a directory appears with all its files, replaces an old one only when asked, and survives a failure")
  func directories() throws {
    try withTemporaryDirectory { directory in
      let target = directory.appendingPathComponent("out")
      func fill(_ text: String) -> (URL) throws -> Void {
        { url in
          try FileManager.default.createDirectory(
            at: url.appendingPathComponent("sub"), withIntermediateDirectories: true)
          try Data(text.utf8).write(to: url.appendingPathComponent("sub/file"))
        }
      }
      func content() throws -> String {
        try String(contentsOf: target.appendingPathComponent("sub/file"), encoding: .utf8)
      }
      try writeDirectoryAtomically(to: target, fill("one"))
      #expect(try content() == "one")
      #expect(throws: SceneError.self) { try writeDirectoryAtomically(to: target, fill("two")) }
      #expect(throws: Failure.self) {
        try writeDirectoryAtomically(to: target, overwriting: true) { _ in throw Failure() }
      }
      #expect(try content() == "one")
      try writeDirectoryAtomically(to: target, overwriting: true, fill("three"))
      #expect(try content() == "three")
      #expect(try names(directory) == ["out"])
    }
  }
}

/// Counts from several threads.
private final class Counter: @unchecked Sendable {
  private let lock = NSLock()
  private var count = 0
  func add() { lock.withLock { count += 1 } }
  var value: Int { lock.withLock { count } }
}

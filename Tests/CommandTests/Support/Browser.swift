import Foundation
import Testing

/// A headless Chromium with one page open, spoken to by its DevTools protocol over a pair of pipes.
final class Browser {
  /// What Chromium answers that it cannot do, or that it does not answer.
  struct Fault: Error { let reason: String }

  private let number: pid_t
  private let commands: Int32
  private let answers: Int32
  private let profile: URL
  private var pending: [UInt8] = []
  private var nextId = 1
  private var session: String?
  private static let secondsToAnswer: Int32 = 90

  /// The program, where one is installed.
  static let binary: String? = {
    let names = ["chromium", "chromium-browser", "google-chrome", "chrome"]
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    return folders.flatMap { folder in names.map { "\(folder)/\($0)" } }
      .first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  /// Opens a page and waits until its script says that it is ready.
  init(opening page: URL, width: Int = 1400, height: Int = 1000) throws {
    let binary = try #require(Self.binary)
    profile = FileManager.default.temporaryDirectory.appendingPathComponent("alunite-browser-\(UUID().uuidString)")
    let (toBrowser, fromBrowser) = (try Self.newPipe(), try Self.newPipe())
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (descriptor, flags) in [(Int32(0), O_RDONLY), (1, O_WRONLY), (2, O_WRONLY)] {
      posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", flags, 0)
    }
    posix_spawn_file_actions_adddup2(&actions, toBrowser.read, 3)
    posix_spawn_file_actions_adddup2(&actions, fromBrowser.write, 4)
    let words = [
      binary, "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
      "--disable-background-networking", "--remote-debugging-pipe", "--user-data-dir=\(profile.path)",
      "--window-size=\(width),\(height)", "about:blank",
    ]
    var pointers = words.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var number: pid_t = 0
    let code = posix_spawn(&number, binary, &actions, nil, &pointers, environ)
    close(toBrowser.read)
    close(fromBrowser.write)
    (commands, answers, self.number) = (toBrowser.write, fromBrowser.read, number)
    if code != 0 { throw Fault(reason: "cannot start \(binary): \(String(cString: strerror(code)))") }
    let target = try send("Target.createTarget", ["url": "about:blank"])["targetId"] as? String ?? ""
    session = try send("Target.attachToTarget", ["targetId": target, "flatten": true])["sessionId"] as? String
    try send(
      "Emulation.setDeviceMetricsOverride",
      ["width": width, "height": height, "deviceScaleFactor": 1, "mobile": false])
    try send("Page.navigate", ["url": page.absoluteString])
    try wait(for: "document.documentElement && document.documentElement.dataset.ready === 'true'")
  }

  deinit {
    close(commands)
    close(answers)
    kill(number, SIGKILL)
    waitpid(number, nil, 0)
    try? FileManager.default.removeItem(at: profile)
  }

  private static func newPipe() throws -> (read: Int32, write: Int32) {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { throw Fault(reason: String(cString: strerror(errno))) }
    // Other tests' processes must not inherit the ends.
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    return (ends[0], ends[1])
  }

  /// What an expression of the page gives, as text.
  func text(of expression: String) throws -> String {
    let answer = try send("Runtime.evaluate", ["expression": "String(\(expression))", "returnByValue": true])
    if let exception = answer["exceptionDetails"] { throw Fault(reason: "\(expression): \(exception)") }
    return (answer["result"] as? [String: Any])?["value"] as? String ?? ""
  }

  /// Waits until an expression holds.
  func wait(for expression: String) throws {
    for _ in 0..<(Int(Self.secondsToAnswer) * 20) {
      if try text(of: expression) == "true" { return }
      usleep(50_000)
    }
    throw Fault(reason: "never true: \(expression)")
  }

  /// Presses and releases the mouse at a place of the window.
  func click(x: Double, y: Double) throws {
    for kind in ["mousePressed", "mouseReleased"] {
      try send("Input.dispatchMouseEvent", ["type": kind, "x": x, "y": y, "button": "left", "clickCount": 1])
    }
  }

  /// Presses and releases a key, as `ArrowRight`.
  func press(_ key: String) throws {
    for kind in ["keyDown", "keyUp"] { try send("Input.dispatchKeyEvent", ["type": kind, "key": key, "code": key]) }
  }

  /// The whole page as a PNG file.
  func screenshot() throws -> Data {
    let answer = try send("Page.captureScreenshot", ["format": "png", "captureBeyondViewport": true])
    return (answer["data"] as? String).flatMap { Data(base64Encoded: $0) } ?? Data()
  }

  /// Sends a command and waits for its answer; events in between are dropped.
  @discardableResult
  private func send(_ method: String, _ parameters: [String: Any]) throws -> [String: Any] {
    let id = nextId
    nextId += 1
    var message: [String: Any] = ["id": id, "method": method, "params": parameters]
    if let session { message["sessionId"] = session }
    let bytes = Array(try JSONSerialization.data(withJSONObject: message)) + [0]
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { write(commands, $0.baseAddress, $0.count) }
      if count <= 0 { throw Fault(reason: "\(method): the browser does not listen") }
      written += count
    }
    while true {
      let answer = try JSONSerialization.jsonObject(with: Data(receive(method))) as? [String: Any] ?? [:]
      guard answer["id"] as? Int == id else { continue }
      if let error = answer["error"] { throw Fault(reason: "\(method): \(error)") }
      return answer["result"] as? [String: Any] ?? [:]
    }
  }

  /// The next message.
  private func receive(_ method: String) throws -> [UInt8] {
    while true {
      if let end = pending.firstIndex(of: 0) {
        let message = Array(pending[..<end])
        pending.removeFirst(end + 1)
        return message
      }
      var waiting = pollfd(fd: answers, events: Int16(POLLIN), revents: 0)
      guard poll(&waiting, 1, Self.secondsToAnswer * 1000) > 0 else { throw Fault(reason: "\(method): no answer") }
      var buffer = [UInt8](repeating: 0, count: 1 << 16)
      let count = read(answers, &buffer, buffer.count)
      if count <= 0 { throw Fault(reason: "\(method): the browser went away") }
      pending += buffer[..<count]
    }
  }
}

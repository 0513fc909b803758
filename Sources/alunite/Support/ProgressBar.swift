import Foundation
import Unmixing

/// Shows how far a task has come, its rate and the time left: one moving line on a terminal, a line now and then elsewhere.
struct ProgressBar {
  private let title: String
  private let total: Int
  private let unit: String
  private let isShown: Bool
  private let isInteractive: Bool
  private let watch = Stopwatch()
  private let first: Int
  private var lastShown: Double?
  private var widest = 0

  /// - Parameter first: How much was done before this process.
  init(_ title: String, total: Int, unit: String, from first: Int = 0, quiet: Bool) {
    self.title = title
    self.total = max(1, total)
    self.unit = unit
    self.first = first
    isShown = !quiet
    isInteractive = Console.isInteractive
  }

  /// Shows the state, at most ten times a second on a terminal and every ten seconds elsewhere.
  mutating func update(_ done: Int, _ remark: @autoclosure () -> String = "") {
    guard isShown else { return }
    let now = watch.seconds
    guard let last = lastShown else {
      // The first line elsewhere comes after ten seconds.
      lastShown = isInteractive ? now - 1 : now
      return
    }
    guard now - last >= (isInteractive ? 0.1 : 10) else { return }
    lastShown = now
    show(done, remark())
  }

  /// Shows the end and goes to the next line.
  mutating func finish(_ done: Int? = nil, _ remark: String = "") {
    guard isShown else { return }
    show(done ?? total, remark)
    if isInteractive { Console.raw("\n") }
  }

  private mutating func show(_ done: Int, _ remark: String) {
    let seconds = watch.seconds
    let rate = Double(done - first) / max(seconds, 1e-9)
    let percent = String(format: "%3d", min(100, done * 100 / total))
    var text = "\(done)/\(total) \(unit)"
    if rate > 0 {
      text += ", \(Numeral.short(rate < 10 ? (rate * 100).rounded() / 100 : rate.rounded()))/s"
      text +=
        done < total ? ", \(Numeral.duration(Double(total - done) / rate)) left" : ", \(Numeral.duration(seconds))"
    }
    if !remark.isEmpty { text += ", \(remark)" }
    guard isInteractive else { return Console.raw("\(title) \(percent) %  \(text)\n") }
    let width = 24
    let filled = min(width, width * done / total)
    let bar = String(repeating: "█", count: filled) + String(repeating: "░", count: width - filled)
    let line = String("\(title) \(bar) \(percent) %  \(text)".prefix(Console.width - 1))
    widest = max(widest, line.count)
    Console.raw("\r" + line + String(repeating: " ", count: widest - line.count))
  }
}

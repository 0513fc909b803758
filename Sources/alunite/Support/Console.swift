import Foundation

/// What people read: results on standard output, everything else on standard error.
enum Console {
  /// A line of results.
  static func print(_ text: String = "") {
    write(text + "\n", to: .standardOutput)
  }

  /// A line about what is going on.
  static func note(_ text: String) {
    write("alunite: \(text)\n", to: .standardError)
  }

  /// A line about what went wrong.
  static func error(_ text: String) {
    write("alunite: error: \(text)\n", to: .standardError)
  }

  /// Whether standard error is a terminal.
  static var isInteractive: Bool { isatty(2) == 1 }

  /// The width of the terminal, 80 when there is none.
  static var width: Int {
    var size = winsize()
    return ioctl(2, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 20 ? Int(size.ws_col) : 80
  }

  /// Text as it stands, to standard error.
  static func raw(_ text: String) {
    write(text, to: .standardError)
  }

  private static func write(_ text: String, to handle: FileHandle) {
    // A reader that went away is no reason to fail.
    try? handle.write(contentsOf: Data(text.utf8))
  }
}

/// One thing a reader had to decide: what it found, what it did about it, and how to say otherwise.
///
/// Readers are tolerant, never silent. Whatever is not written plainly in the file leaves a note.
public struct Note: Hashable, Sendable, CustomStringConvertible {
  /// How much the note matters to a result.
  public enum Severity: Int, Comparable, Sendable, CaseIterable {
    /// Said plainly in the file and applied.
    case information
    /// Guessed; another guess would change numbers.
    case warning

    /// Information comes before a warning.
    public static func < (left: Severity, right: Severity) -> Bool { left.rawValue < right.rawValue }
  }

  /// How much the note matters.
  public var severity: Severity
  /// The header key, variable or attribute concerned.
  public var field: String
  /// What stands in the file.
  public var found: String
  /// What was done.
  public var action: String
  /// How to decide otherwise, if there is a way.
  public var remedy: String?

  /// A note of everything a user needs to agree or disagree.
  public init(_ severity: Severity, field: String, found: String, action: String, remedy: String? = nil) {
    self.severity = severity
    self.field = field
    self.found = found
    self.action = action
    self.remedy = remedy
  }

  /// One line: `field: found; action (remedy)`.
  public var description: String {
    "\(field): \(found); \(action)" + (remedy.map { " (\($0))" } ?? "")
  }
}

/// A line of a header that Alunite does not interpret and carries to its outputs unchanged.
public struct HeaderField: Hashable, Sendable {
  /// The key as ENVI spells it, in lower case: `map info`.
  public var key: String
  /// The text after the equals sign, braces included.
  public var value: String

  /// A key and the text that followed it.
  public init(_ key: String, _ value: String) {
    self.key = key
    self.value = value
  }
}

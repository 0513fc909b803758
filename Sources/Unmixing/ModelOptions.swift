import Tensors

/// Everything that shapes a network, apart from how it is trained. Every published method has a type of its own.
public protocol ModelOptions: Codable, Sendable, Equatable {
  /// The options as they begin, before a preset or a user changes them.
  init()

  /// The number of endmembers; 0 takes it from the truth.
  var endmembers: Int { get set }

  /// What is done to spectra first.
  var spectra: SpectrumScaling { get }

  /// What the endmembers of a linear decoder start from.
  var start: EndmemberStart { get }

  /// The file of the start `library`.
  var library: String { get }

  /// What the network is shown in place of the spectra.
  var fusion: FeatureFusion { get }

  /// Whether the network sees the whole scene at once, as in the view `.scene`.
  static var seesWholeScene: Bool { get }

  /// Whether a trained network can be used on no other scene than its own.
  static var isTiedToScene: Bool { get }

  /// The words each option with words may have, by the option's name; for messages and help.
  static var choices: [String: [String]] { get }

  /// Refuses what cannot be built.
  ///
  /// - Throws: ``UnmixingError/configuration(field:expected:found:)``.
  func check() throws

  /// About how many bytes a pass over a whole scene takes at its peak; `nil` for a network that sees parts of it.
  func bytes(of pass: ScenePass) -> Double?
}

extension ModelOptions {
  /// The spectra themselves.
  public var fusion: FeatureFusion { FeatureFusion() }

  /// No: the network sees pixels or windows.
  public static var seesWholeScene: Bool { false }

  /// No file.
  public var library: String { "" }

  /// No.
  public static var isTiedToScene: Bool { false }

  /// No whole scene is seen.
  public func bytes(of pass: ScenePass) -> Double? { nil }

  /// Refuses `found` in a field of the options unless the condition holds.
  ///
  /// - Throws: ``UnmixingError/configuration(field:expected:found:)``.
  public func require(_ holds: Bool, _ field: String, _ expected: String, _ found: Any) throws {
    if !holds { throw UnmixingError.configuration(field: "model.\(field)", expected: expected, found: "\(found)") }
  }

  /// Refuses a number of endmembers that no method takes.
  public func checkEndmemberCount() throws {
    let isCount = endmembers == 0 || (2...64).contains(endmembers)
    try require(isCount, "endmembers", "0 (from the truth) or 2 … 64", endmembers)
  }

  func isEqual(to other: any ModelOptions) -> Bool { other as? Self == self }
}

/// What the endmembers of a decoder start from.
public enum EndmemberStart: String, Codable, Sendable, CaseIterable {
  /// Random numbers.
  case random
  /// The mean spectra of almost pure pixels that ``PurifiedVCA`` finds in the scene before it is scaled.
  case extracted
  /// Pixels of the scaled scene chosen by ``VCA`` as published, the largest simplex of ten: what other methods start from.
  case vca
  /// The spectra of a library, as many as there are endmembers, in the scene's bands.
  case library
  /// The least-squares endmembers of labelled pixels, or extracted ones where there are no labels.
  case labelled
  /// The reference spectra of the truth. A result that began from them is no blind unmixing.
  case oracle
}

/// The words a choice may be made from.
package func words<Choice: CaseIterable & RawRepresentable>(_ type: Choice.Type) -> [String]
where Choice.RawValue == String {
  type.allCases.map(\.rawValue)
}

import Scenes

/// What shapes a classical method; every method has a type of its own, whose defaults are its paper's.
public protocol ClassicalOptions: Codable, Sendable, Equatable {
  /// The defaults.
  init()

  /// The words each option with words may have, by the option's name; for messages and help.
  static var choices: [String: [String]] { get }

  /// Refuses what cannot be computed.
  ///
  /// - Throws: ``UnmixingError/configuration(field:expected:found:)``.
  func check() throws
}

extension ClassicalOptions {
  /// No option has words.
  public static var choices: [String: [String]] { [:] }

  /// Everything is allowed.
  public func check() throws {}

  /// Refuses `found` in a field of the options unless the condition holds.
  ///
  /// - Throws: ``UnmixingError/configuration(field:expected:found:)``.
  public func require(_ holds: Bool, _ field: String, _ expected: String, _ found: Any) throws {
    if !holds { throw UnmixingError.configuration(field: field, expected: expected, found: "\(found)") }
  }
}

/// A classical method that can be asked for by name: an algorithm that begins from endmembers and learns no network.
///
/// Methods that keep the endmembers they are given are inversions; blind methods move them.
public protocol ClassicalMethod: Unmixer {
  /// What shapes it.
  associatedtype Options: ClassicalOptions

  /// The method with these options.
  ///
  /// - Parameters:
  ///   - endmembers: Where the endmembers come from that it keeps, or begins with.
  ///   - seed: The key of every random number it draws; equal seeds give equal results.
  /// - Precondition: the options have been checked.
  init(_ options: Options, endmembers: any EndmemberExtractor, seed: UInt64)

  /// The abundances of every valid pixel.
  ///
  /// - Parameter progress: Told after every part of the work how much is done of how much; what it throws ends the work.
  /// - Throws: ``UnmixingError`` when the scene does not suit the method.
  func unmix(_ scene: Scene, progress: (_ done: Int, _ total: Int) throws -> Void) throws -> Estimate
}

extension ClassicalMethod {
  /// The abundances of every valid pixel.
  ///
  /// - Throws: ``UnmixingError`` when the scene does not suit the method.
  public func unmix(_ scene: Scene) throws -> Estimate { try unmix(scene) { _, _ in } }
}

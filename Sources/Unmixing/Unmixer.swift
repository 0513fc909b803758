import Scenes

/// Anything that turns a scene into abundances: a fitted network and a classical algorithm alike.
public protocol Unmixer: Sendable {
  /// The abundances of every valid pixel, with what is known of their uncertainty.
  ///
  /// - Throws: ``UnmixingError`` when the scene does not suit the method.
  func unmix(_ scene: Scene) throws -> Estimate
}

/// How much of a scene a model sees at once.
public enum View: Equatable, Hashable, Sendable {
  /// What stands outside the scene's edge.
  public enum Padding: String, Hashable, Sendable, CaseIterable {
    /// Zeros, the value of masked pixels.
    case zero
    /// The scene mirrored about its edge pixels, which are not repeated: … 2 1 | 0 1 2 …
    case reflect
  }

  /// One pixel's spectrum.
  case pixel
  /// A square of `side` × `side` pixels around each pixel; `side` is odd.
  case window(side: Int, padding: Padding)
  /// The whole scene.
  case scene
}

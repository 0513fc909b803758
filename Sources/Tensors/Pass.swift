/// What travels through a model besides tensors: whether it is being trained, and where its random numbers come from.
public struct Pass: Sendable {
  /// What a pass is for. Batch norm and dropout differ between the two.
  public enum Mode: Sendable {
    /// Batch statistics, dropout on.
    case training
    /// Running statistics, dropout off.
    case inference
  }

  /// What this pass is for.
  public var mode: Mode
  /// The source of every draw made on the way.
  public var random: RandomStream

  /// A pass in the given mode, with its own random numbers.
  public init(_ mode: Mode, random: RandomStream) {
    self.mode = mode
    self.random = random
  }
}

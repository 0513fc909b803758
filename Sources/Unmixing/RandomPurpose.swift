import Tensors

/// What a stream of random numbers is for. Each purpose has a stream of its own, so that, say, a longer training
/// never changes a split.
enum RandomPurpose: UInt32 {
  case initialization = 1
  case order
  case training
  case inference
  case split
  case validation
  case endmembers
  case generation
  case refinement
  case simulation
  case chains

  /// The stream of this purpose, from its beginning or from a later position.
  func stream(seed: UInt64, index: UInt32 = 0) -> RandomStream {
    RandomStream(seed: seed, stream: rawValue, index: index)
  }
}

import Tensors

/// What a random stream is drawn for. Each purpose has a stream of its own, so that changing the noise of a recipe leaves
/// its abundances as they were.
enum Purpose: UInt32 {
  case component = 0x5359_0001
  case concentration
  case field
  case layout
  case illumination
  case noise
  case endmemberNoise
  case deadPixels
  case bundle
  case variability
  case mixing
  case atmosphere
  case stripes
  case parameter

  /// The stream of this purpose for a scene.
  func stream(seed: UInt64, index: UInt32 = 0) -> RandomStream {
    RandomStream(seed: seed, stream: rawValue, index: index)
  }
}

/// How many pixels one chunk of parallel work holds, whatever the number of threads.
let pixelsPerChunk = 1024

extension Range<Int> {
  /// The numbers of the pixels as identities of rows in a ``RandomStream``.
  var identities: [UInt32] { map { UInt32($0) } }
}

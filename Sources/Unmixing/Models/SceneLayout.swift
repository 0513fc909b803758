import Tensors

/// How rows of valid pixels lie in an image, so that masked pixels enter neither statistics nor losses.
///
/// Where nothing is masked both directions are changes of shape and copy nothing.
struct SceneLayout {
  /// The extents of the image.
  let rows: Int, columns: Int
  /// The pixels that are not masked, in order; `nil` where none is masked.
  let validPixels: [Int]?

  /// The valid pixels of an image `[1, rows, columns, channels]`, as `[pixels, channels]`.
  func pixels(of image: Tensor) -> Tensor {
    let all = image.reshaped(to: [rows * columns, image.shape[3]])
    return validPixels.map { all.gatheringRows($0) } ?? all
  }

  /// The image of valid pixels `[pixels, channels]`; masked pixels are zeros.
  func image(of pixels: Tensor) -> Tensor {
    let all = validPixels.map { pixels.scatteringRows(to: $0, count: rows * columns) } ?? pixels
    return all.reshaped(to: [1, rows, columns, pixels.shape[1]])
  }
}

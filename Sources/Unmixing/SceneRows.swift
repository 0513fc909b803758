import Tensors

/// The way between a whole scene as an image and the rows of its pixels that are not masked.
///
/// Batch norms and losses are taken over rows, so that masked pixels have no part in them; convolutions see the image,
/// where masked pixels are zeros like what lies outside. Nothing is copied where no pixel is masked.
struct SceneRows: Sendable {
  private let rows: Int
  private let columns: Int
  private let validPixels: [Int]?

  /// - Precondition: the sight is of a whole scene.
  init(_ sight: Sight) {
    let shape = sight.spectra.shape
    precondition(shape.rank == 4 && shape[0] == 1, "a scene [1, rows, columns, bands], not \(shape)")
    (rows, columns) = (shape[1], shape[2])
    validPixels = sight.validPixels
  }

  /// The image of one column that rows without neighbours make.
  init(count: Int) {
    (rows, columns, validPixels) = (count, 1, nil)
  }

  /// `[1, rows, columns, channels]` to `[n, channels]`.
  func rows(of image: Tensor) -> Tensor {
    let all = image.reshaped(to: [rows * columns, image.shape[3]])
    return validPixels.map { all.gatheringRows($0) } ?? all
  }

  /// `[n, channels]` to `[1, rows, columns, channels]`.
  func image(of values: Tensor) -> Tensor {
    let all = validPixels.map { values.scatteringRows(to: $0, count: rows * columns) } ?? values
    return all.reshaped(to: [1, rows, columns, values.shape[1]])
  }
}

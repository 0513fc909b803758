/// What can go wrong between a scene and its abundances through no fault of the program.
public enum UnmixingError: Error, CustomStringConvertible, Equatable {
  /// Something has another size than the model or the scene asks for.
  case mismatch(field: String, expected: String, found: String)
  /// A configuration asks for what cannot be done.
  case configuration(field: String, expected: String, found: String)
  /// The loss became NaN or infinite.
  case diverged(epoch: Int, loss: Double)
  /// A saved run cannot be used.
  case checkpoint(file: String, field: String, expected: String, found: String)

  /// A sentence that names what was expected and what was found.
  public var description: String {
    switch self {
    case .mismatch(let field, let expected, let found):
      "\(field): expected \(expected), found \(found)"
    case .configuration(let field, let expected, let found):
      "configuration, \(field): expected \(expected), found \(found)"
    case .diverged(let epoch, let loss):
      "training diverged in epoch \(epoch): the loss is \(loss). A smaller learning rate (training.learningRate) or "
        + "gradient clipping (training.clipping) may help; spectra should be reflectance of the order of 1"
    case .checkpoint(let file, let field, let expected, let found):
      "\(file), \(field): expected \(expected), found \(found)"
    }
  }
}

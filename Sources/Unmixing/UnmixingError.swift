import Scenes

/// What can go wrong between a scene and its unmixing that is nobody's programming mistake.
///
/// Every case names the field and both sides of the conflict; ``description`` says what to do.
public enum UnmixingError: Error, Equatable, Sendable, CustomStringConvertible {
  /// An option's text is not one of the forms it may have.
  case malformedOption(option: String, found: String, expected: String)
  /// Two things that belong together differ in size.
  case sizeMismatch(field: String, expected: Int, found: Int)
  /// A comparison needs something that the truth or the result does not have.
  case missing(field: String, neededFor: String, remedy: String)
  /// Names that should pair endmembers do not.
  case unmatchedNames(expected: [String], found: [String], reason: String)
  /// Numbers that should be finite are not.
  case notFinite(field: String, count: Int, first: Int)
  /// A split leaves training or test without pixels.
  case emptyPart(part: String, split: String, validPixels: Int)
  /// The scene or method does not allow so many endmembers.
  case endmemberCount(requested: Int, allowed: ClosedRange<Int>, reason: String)
  /// All valid pixels are the same spectrum.
  case constantScene(pixels: Int)
  /// The pixels lie in a space of too few dimensions for the wanted simplex.
  case rankDeficient(requested: Int, dimensions: Int)
  /// Something is not what the model or the scene asks for.
  case mismatch(field: String, expected: String, found: String)
  /// A configuration asks for what cannot be done.
  case configuration(field: String, expected: String, found: String)
  /// A name that nothing has.
  case unknownName(kind: String, found: String, known: [String])
  /// A network that sees a whole scene at once would need more memory than there is.
  case memory(scene: String, needed: Double, available: Double)
  /// The loss became NaN or infinite.
  case diverged(epoch: Int, loss: Double)
  /// A saved run cannot be used.
  case checkpoint(file: String, field: String, expected: String, found: String)

  /// A sentence for the user: where, what was expected, what was found.
  public var description: String {
    switch self {
    case .malformedOption(let option, let found, let expected):
      "\(option): expected \(expected), found \"\(found)\""
    case .sizeMismatch(let field, let expected, let found): "\(field): expected \(expected), found \(found)"
    case .missing(let field, let use, let remedy): "\(field) are missing, which \(use) needs; \(remedy)"
    case .unmatchedNames(let expected, let found, let reason):
      """
      endmember names do not pair (\(reason)): the truth has \(expected.joined(separator: ", ")), the result has \
      \(found.joined(separator: ", ")); match by spectral angle or rename them
      """
    case .notFinite(let field, let count, let first):
      "\(field): expected finite numbers, found \(count) that are not, the first at \(first)"
    case .emptyPart(let part, let split, let pixels):
      "split \(split) of \(pixels) valid pixels leaves no \(part) pixels; choose another share"
    case .endmemberCount(let requested, let allowed, let reason):
      "endmembers: expected \(allowed.lowerBound) to \(allowed.upperBound) (\(reason)), found \(requested)"
    case .constantScene(let pixels): "all \(pixels) valid pixels are the same spectrum: there is nothing to unmix"
    case .rankDeficient(let requested, let dimensions):
      """
      \(requested) endmembers span \(requested - 1) dimensions and the pixels of the scene only \(dimensions); \
      ask for at most \(dimensions + 1)
      """
    case .mismatch(let field, let expected, let found): "\(field): expected \(expected), found \(found)"
    case .configuration(let field, let expected, let found):
      "configuration, \(field): expected \(expected), found \(found)"
    case .unknownName(let kind, let found, let known):
      "\(kind): expected \(known.joined(separator: " or ")), found \"\(found)\"\(Nearest.hint(to: found, among: known))"
    case .memory(let scene, let needed, let available):
      """
      \(scene): the whole scene at once needs \(Self.gigabytes(needed)) of memory, and \(Self.gigabytes(available)) are \
      available; crop the scene or choose narrower layers
      """
    case .diverged(let epoch, let loss):
      """
      training diverged in epoch \(epoch): the loss is \(loss). A smaller learning rate (training.learningRate) or \
      gradient clipping (training.clipping) may help; spectra should be reflectance of the order of 1
      """
    case .checkpoint(let file, let field, let expected, let found):
      "\(file), \(field): expected \(expected), found \(found)"
    }
  }

  /// With one decimal.
  private static func gigabytes(_ bytes: Double) -> String { "\((bytes / 1e8).rounded() / 10) GB" }
}

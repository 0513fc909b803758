/// What can go wrong between a file and a scene. Every case names the file, the field, and both sides of the conflict.
public enum SceneError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The file does not exist or may not be opened; `reason` is the system's.
  case cannotOpen(path: String, reason: String)
  /// The file opened and a read failed.
  case cannotRead(path: String, reason: String)
  /// An output could not be written, synchronised or renamed (disk full, input/output error, no permission).
  case cannotWrite(path: String, reason: String)
  /// The output exists and overwriting was not asked for.
  case alreadyExists(path: String)
  /// Another process is writing the same output.
  case locked(path: String, holder: String)
  /// No reader recognises the file.
  case unrecognizedFormat(path: String, known: [String])
  /// A field contradicts the format or another field.
  case malformed(path: String, field: String, expected: String, found: String)
  /// A field that cannot be done without is absent.
  case missing(path: String, field: String, remedy: String)
  /// The file is valid and Alunite does not read this kind of it.
  case unsupported(path: String, field: String, found: String, remedy: String)
  /// The file holds fewer bytes than it declares.
  case truncated(path: String, expectedBytes: Int, foundBytes: Int)
  /// A declared size that the file cannot hold or the machine should not be asked for.
  case tooLarge(path: String, field: String, declared: String, limit: String)
  /// Several readings are equally good; the user has to choose.
  case ambiguous(path: String, field: String, candidates: [String], remedy: String)
  /// The values are not reflectance and the file does not say by what to divide them.
  case unstatedScale(path: String, median: Double, maximum: Double)
  /// Every pixel is dead, not finite, or equal to the ignore value.
  case noValidPixels(path: String, dead: Int, notFinite: Int, ignored: Int)
  /// Bands without any variation (0-based), which carry no information and break whitening.
  case constantBands(path: String, bands: [Int])
  /// Bands that hold no measurement in any pixel (0-based).
  case emptyBands(path: String, bands: [Int])
  /// The file refers to other files or to code, which is refused.
  case refused(path: String, field: String, reason: String)

  /// The file concerned.
  public var path: String {
    switch self {
    case .cannotOpen(let path, _), .cannotRead(let path, _), .cannotWrite(let path, _), .alreadyExists(let path),
      .locked(let path, _), .unrecognizedFormat(let path, _), .malformed(let path, _, _, _),
      .missing(let path, _, _), .unsupported(let path, _, _, _), .truncated(let path, _, _),
      .tooLarge(let path, _, _, _), .ambiguous(let path, _, _, _), .unstatedScale(let path, _, _),
      .noValidPixels(let path, _, _, _), .constantBands(let path, _), .emptyBands(let path, _),
      .refused(let path, _, _):
      path
    }
  }

  /// A sentence for the user: where, what was expected, what was found, and what to do.
  public var description: String { "\(path): \(explanation)" }

  private var explanation: String {
    switch self {
    case .cannotOpen(_, let reason): "cannot open: \(reason)"
    case .cannotRead(_, let reason): "cannot read: \(reason)"
    case .cannotWrite(_, let reason): "cannot write: \(reason)"
    case .alreadyExists: "already exists; ask for overwriting to replace it"
    case .locked(_, let holder): "is being written by \(holder)"
    case .unrecognizedFormat(_, let known): "not a format Alunite reads (\(known.joined(separator: ", ")))"
    case .malformed(_, let field, let expected, let found): "\(field): expected \(expected), found \(found)"
    case .missing(_, let field, let remedy): "\(field) is missing; \(remedy)"
    case .unsupported(_, let field, let found, let remedy): "\(field) is \(found), which is not read; \(remedy)"
    case .truncated(_, let expected, let found): "declares \(expected) bytes of data and holds \(found)"
    case .tooLarge(_, let field, let declared, let limit): "\(field) declares \(declared), more than \(limit)"
    case .ambiguous(_, let field, let candidates, let remedy):
      "\(field) could be \(candidates.joined(separator: ", or ")); \(remedy)"
    case .unstatedScale(_, let median, let maximum):
      """
      values are not reflectance (median \(median), maximum \(maximum)) and the file does not say by what to divide \
      them; state the factor (10000 and 1000 are usual) or ask for division by the maximum
      """
    case .noValidPixels(_, let dead, let notFinite, let ignored):
      "no valid pixel: \(dead) dead, \(notFinite) not finite, \(ignored) equal to the ignore value"
    case .constantBands(_, let bands):
      "\(Self.listing(bands, "do not vary")); ask for constant bands to be dropped or kept"
    case .emptyBands(_, let bands):
      """
      \(Self.listing(bands, "hold no measurement in any pixel")); choose other bands, or ask for constant bands to be \
      dropped or kept, which these are too
      """
    case .refused(_, let field, let reason): "\(field) is refused: \(reason)"
    }
  }

  private static func listing(_ bands: [Int], _ fault: String) -> String {
    let numbers = bands.prefix(12).map { String($0 + 1) }.joined(separator: ", ")
    return "\(bands.count) bands \(fault) (1-based: \(numbers)\(bands.count > 12 ? ", …" : ""))"
  }
}

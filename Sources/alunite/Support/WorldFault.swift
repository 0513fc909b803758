import Foundation
import Scenes
import Synthetic
import Unmixing

/// Something about the command's own files that is nobody's programming mistake.
enum WorldFault: Error, CustomStringConvertible {
  /// A file's content is not what it should be.
  case malformed(path: String, field: String, expected: String, found: String)
  /// An option contradicts something else.
  case conflict(option: String, expected: String, found: String)
  /// An option says what it never may, whatever the files hold: wrong usage.
  case usage(option: String, expected: String, found: String)
  /// A directory stands where an output should go and was not made by this command.
  case foreignDirectory(path: String, marker: String)
  /// A run that is not there, or not whole.
  case noRun(path: String, reason: String)

  var description: String {
    switch self {
    case .malformed(let path, let field, let expected, let found):
      "\(path): \(field): expected \(expected), found \(found)"
    case .conflict(let option, let expected, let found), .usage(let option, let expected, let found):
      "\(option): expected \(expected), found \(found)"
    case .foreignDirectory(let path, let marker):
      "\(path): is a directory of something else (it has no \(marker)); choose another name"
    case .noRun(let path, let reason): "\(path): \(reason)"
    }
  }

  /// The one line that says what went wrong, and which option helps.
  static func explanation(of error: any Error) -> String {
    switch error {
    case SceneError.alreadyExists(let path): return "\(path): already exists; --overwrite replaces it"
    case SceneError.constantBands, SceneError.emptyBands: return "\(error) (--constant-bands drop or keep)"
    case SceneError.unstatedScale: return "\(error) (--scale 10000, for instance, or --scale maximum)"
    case SceneError.cannotWrite(let path, let reason):
      return "\(PartialPath.target(of: path)): cannot write: \(systemReason(in: reason))"
    case UnmixingError.configuration("model.endmembers", _, "0"):
      return "\(error) (--endmembers N)"
    case let error as NSError where error.domain == NSCocoaErrorDomain || error.domain == NSPOSIXErrorDomain:
      let path = error.userInfo[NSFilePathErrorKey] as? String
      return "\(path.map(PartialPath.target) ?? "file"): \(FileFault.reason(error))"
    default: return "\(error)"
    }
  }

  /// HDF5 reports a failed write with time, address and size; the system's words are what matters.
  private static func systemReason(in reason: String) -> String {
    guard let start = reason.range(of: "error message = '") else { return reason }
    return String(reason[start.upperBound...].prefix { $0 != "'" })
  }
}

/// Where a file was going that is still being written beside its place.
enum PartialPath {
  /// `/a/out/maps.hdr` for `/a/.out.partial-x1Y2z3/new/maps.hdr`, and likewise for single files.
  static func target(of path: String) -> String {
    var result: [Substring] = []
    var container: Substring?
    for part in path.split(separator: "/", omittingEmptySubsequences: false) {
      if let name = container {
        // A directory is filled under the name `new`, a file under its own.
        result.append(part == "new" ? name : part)
        container = nil
      } else if part.hasPrefix("."), let mark = part.range(of: ".partial-") {
        container = part[part.index(after: part.startIndex)..<mark.lowerBound]
      } else {
        result.append(part)
      }
    }
    return result.joined(separator: "/")
  }
}

/// A stop asked for by a signal.
struct Interruption: Error {
  /// SIGINT or SIGTERM.
  let signal: Int32
  /// What is left and how to go on.
  let message: String

  /// 130 for SIGINT, 143 for SIGTERM.
  var exitCode: Int32 { 128 + signal }
}

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
  /// A directory stands where an output should go and was not made by this command.
  case foreignDirectory(path: String, marker: String)
  /// A run that is not there, or not whole.
  case noRun(path: String, reason: String)

  var description: String {
    switch self {
    case .malformed(let path, let field, let expected, let found):
      "\(path): \(field): expected \(expected), found \(found)"
    case .conflict(let option, let expected, let found): "\(option): expected \(expected), found \(found)"
    case .foreignDirectory(let path, let marker):
      "\(path): is a directory that Alunite did not make (it has no \(marker)); choose another name"
    case .noRun(let path, let reason): "\(path): \(reason)"
    }
  }

  /// The one line that says what went wrong.
  static func explanation(of error: any Error) -> String {
    switch error {
    case SceneError.alreadyExists(let path): "\(path): already exists; --overwrite replaces it"
    case let error as NSError where error.domain == NSCocoaErrorDomain || error.domain == NSPOSIXErrorDomain:
      "\(error.userInfo[NSFilePathErrorKey] as? String ?? "file"): \(FileFault.reason(error))"
    default: "\(error)"
    }
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

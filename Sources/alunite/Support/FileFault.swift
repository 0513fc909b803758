import Foundation

/// The system's reason inside Foundation's errors.
enum FileFault {
  /// A few words such as "No such file or directory".
  static func reason(_ error: any Error) -> String {
    var current: NSError? = error as NSError
    while let candidate = current {
      if candidate.domain == NSPOSIXErrorDomain { return String(cString: strerror(Int32(candidate.code))) }
      current = candidate.userInfo[NSUnderlyingErrorKey] as? NSError
    }
    return error.localizedDescription
  }
}

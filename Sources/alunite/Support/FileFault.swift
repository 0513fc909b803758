import Foundation

/// The system's reason inside Foundation's errors.
enum FileFault {
  /// A few words such as "No such file or directory".
  static func reason(_ error: any Error) -> String {
    switch (error as? CocoaError)?.code {
    case .fileReadNoSuchFile, .fileNoSuchFile: return words(ENOENT)
    case .fileReadNoPermission, .fileWriteNoPermission: return words(EACCES)
    case .fileWriteOutOfSpace: return words(ENOSPC)
    case .fileWriteVolumeReadOnly: return words(EROFS)
    case .fileReadInapplicableStringEncoding, .fileReadUnknownStringEncoding: return "bytes that are not UTF-8 text"
    default: break
    }
    var current: NSError? = error as NSError
    while let candidate = current {
      if candidate.domain == NSPOSIXErrorDomain { return words(Int32(candidate.code)) }
      current = candidate.userInfo[NSUnderlyingErrorKey] as? NSError
    }
    return error.localizedDescription
  }

  private static func words(_ code: Int32) -> String { String(cString: strerror(code)) }
}

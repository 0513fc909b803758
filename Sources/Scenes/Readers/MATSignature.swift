import Foundation

/// Which version of MATLAB's format a file says it is; an HDF5 file without MATLAB's header can only be 7.3.
enum MATSignature {
  case version5
  case version73

  /// The bytes before the first variable.
  static let headerLength = 128

  init(_ file: InputFile) throws {
    let start = try file.start(upTo: 520)
    if HDF5Format().recognizes(Array(start.prefix(8))) {
      self = .version73
      return
    }
    guard let signature = MATSignature(start) else {
      throw SceneError.malformed(
        path: file.path, field: "header", expected: "a MATLAB file of version 5 or 7.3",
        found: start.count < Self.headerLength ? "\(start.count) bytes" : "another format")
    }
    self = signature
  }

  /// By the version number and byte-order mark that end the header.
  init?(_ start: [UInt8]) {
    guard start.count >= Self.headerLength else { return nil }
    switch (start[124], start[125], start[126], start[127]) {
    case (0x00, 0x01, 0x49, 0x4D), (0x01, 0x00, 0x4D, 0x49): self = .version5
    case (0x00, 0x02, 0x49, 0x4D), (0x02, 0x00, 0x4D, 0x49): self = .version73
    default: return nil
    }
  }
}

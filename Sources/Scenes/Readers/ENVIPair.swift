import Foundation

/// The two files of an ENVI data set, found from either of them.
struct ENVIPair {
  let header: URL
  /// The data file, or every file beside a header that could be it.
  let candidates: [URL]

  /// Extensions under which data files are seen, in the order they are tried.
  static let dataExtensions = [
    "", "img", "dat", "sli", "bsq", "bil", "bip", "raw", "hyspex", "bin", "cube", "slb", "lib",
  ]

  /// The header that stands beside a data file, `x.img.hdr` or `x.hdr`.
  static func header(beside data: URL) -> URL? {
    if data.pathExtension.lowercased() == "hdr" { return nil }
    let names = [data, data.deletingPathExtension()]
    return names.flatMap { name in ["hdr", "HDR", "Hdr"].map(name.appendingPathExtension) }.first(where: isFile)
  }

  /// The pair either member of which is `url`.
  init(_ url: URL) throws {
    if let header = Self.header(beside: url) {
      self.header = header
      candidates = [url]
      return
    }
    header = url
    candidates = Self.data(beside: url)
    guard !candidates.isEmpty else {
      throw SceneError.missing(
        path: url.path, field: "the data file",
        remedy: "put it beside the header, as \(url.deletingPathExtension().lastPathComponent).img for instance")
    }
  }

  private static func data(beside header: URL) -> [URL] {
    let stem = header.pathExtension.lowercased() == "hdr" ? header.deletingPathExtension() : header
    let names = dataExtensions.flatMap { suffix in
      suffix.isEmpty
        ? [stem] : [stem.appendingPathExtension(suffix), stem.appendingPathExtension(suffix.uppercased())]
    }
    return names.filter { $0 != header && isFile($0) }
  }

  private static func isFile(_ url: URL) -> Bool {
    var isDirectory: ObjCBool = false
    return FileManager.default.fileExists(atPath: url.path, isDirectory: &isDirectory) && !isDirectory.boolValue
  }
}

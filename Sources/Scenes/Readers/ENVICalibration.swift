import Foundation

/// The one calibration of an ENVI header that leads to reflectance.
///
/// Headers may carry several that describe the same step in different ways. The first of these counts: reflectance
/// gains and offsets, the reflectance scale factor, data gains and offsets. The others are noted and not applied.
enum ENVICalibration {
  static func read(_ header: inout ENVIHeader, bands: Int) throws -> Calibration {
    let reflectance = try linear(header, "data reflectance gain values", "data reflectance offset values", bands)
    let data = try linear(header, "data gain values", "data offset values", bands)
    let factor = try self.factor(header)
    let all = [reflectance, factor, data].compactMap { $0 }
    guard let chosen = all.first else { return Calibration() }
    for other in all.dropFirst() {
      header.note(
        .warning, other.field ?? "scale", "stated beside `\(chosen.field ?? "")`", "not applied",
        remedy: "a factor can be stated")
    }
    return chosen
  }

  private static func factor(_ header: ENVIHeader) throws -> Calibration? {
    guard let values = try header.doubles("reflectance scale factor")?.uniqued() else { return nil }
    guard values.count == 1, values[0].isFinite, values[0] != 0 else {
      throw SceneError.malformed(
        path: header.path, field: "reflectance scale factor", expected: "one number other than 0", found: "\(values)")
    }
    return Calibration(divisor: values[0], field: "reflectance scale factor")
  }

  private static func linear(
    _ header: ENVIHeader, _ gainKey: String, _ offsetKey: String, _ bands: Int
  ) throws -> Calibration? {
    let gains = try perBand(header, gainKey, bands)
    let offsets = try perBand(header, offsetKey, bands)
    let isIdentity = (gains ?? [1]).allSatisfy { $0 == 1 } && (offsets ?? [0]).allSatisfy { $0 == 0 }
    return isIdentity ? nil : Calibration(gains: gains, offsets: offsets, field: gains == nil ? offsetKey : gainKey)
  }

  private static func perBand(_ header: ENVIHeader, _ key: String, _ bands: Int) throws -> [Double]? {
    guard let values = try header.doubles(key) else { return nil }
    guard values.count == bands || values.count == 1, values.allSatisfy(\.isFinite) else {
      throw SceneError.malformed(
        path: header.path, field: key, expected: "\(bands) finite numbers, one per band", found: "\(values.count)")
    }
    return values.count == bands ? values : [Double](repeating: values[0], count: bands)
  }
}

extension Array where Element == Double {
  fileprivate func uniqued() -> [Double] { Set(self).sorted() }
}

extension ENVIHeader {
  /// The fields that place the image on the ground, as they are written.
  var georeference: [HeaderField] {
    let keys: Set = ["map info", "projection info", "coordinate system string", "x start", "y start", "geo points"]
    return fields.filter { keys.contains($0.key) }
  }
}

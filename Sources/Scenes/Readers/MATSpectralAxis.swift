import Foundation

extension MATSource {
  /// The wavelengths of a scene of this many bands: from a text file or variable that was named, or from the only vector
  /// whose numbers can be wavelengths.
  mutating func axis(bands: Int) throws -> SpectralAxis? {
    if let url = options.wavelengthFile {
      let table = try WavelengthTable.read(url, bands: bands)
      return try axis(
        centers: table.centers, widths: table.widths, field: "wavelengths", path: url.path, bands: bands)
    }
    if let name = options.wavelengthVariable {
      let centers = try file.doubles(try file.variable(name))
      return try axis(centers: centers, widths: nil, field: name, path: path, bands: bands)
    }
    let plausible = try vectors.filter { vector in
      let values = try file.doubles(vector)
      let isSelection = values.allSatisfy { $0 == $0.rounded() } && (values.max() ?? 0) < 400
      return try !isSelection && SpectralAxis.Unit.guess(from: values) != nil
        && (values.count == bands || selection(of: bands, from: values.count) != nil)
    }
    guard plausible.count == 1, let vector = plausible.first else {
      let found = plausible.isEmpty ? "missing" : plausible.map(\.name).joined(separator: ", ")
      notes.append(
        Note(
          plausible.isEmpty ? .information : .warning, field: "wavelengths", found: found,
          action: "the bands have no wavelengths", remedy: "a variable or a text file can be named"))
      return try AxisStatement(path: path, field: "wavelengths", bands: bands).axis(options, notes: &notes)
    }
    return try axis(
      centers: file.doubles(vector), widths: nil, field: vector.name, path: path, bands: bands)
  }

  private mutating func axis(
    centers: [Double], widths: [Double]?, field: String, path: String, bands: Int
  ) throws -> SpectralAxis? {
    var centers = centers
    var widths = widths
    if centers.count != bands, let chosen = try selection(of: bands, from: centers.count) {
      notes.append(
        Note(
          .warning, field: field, found: "\(centers.count) wavelengths for \(bands) bands",
          action: "those of the bands in \(chosen.name) are taken"))
      centers = chosen.indices.map { centers[$0] }
      widths = widths.map { all in chosen.indices.map { all[$0] } }
    }
    let statement = AxisStatement(
      path: path, field: field, centers: centers, widths: widths, unit: Self.unit(in: field), bands: bands)
    return try statement.axis(options, notes: &notes)
  }

  /// The unit that ends a variable's name, as in `wavelength_nm`.
  private static func unit(in name: String) -> String? {
    guard let ending = name.split(separator: "_").last, ending.count < name.count else { return nil }
    return SpectralAxis.Unit(named: String(ending)).map { _ in String(ending) }
  }

  /// The only vector that lists, from 1, which `bands` of `all` bands were kept.
  func selection(of bands: Int, from all: Int) throws -> (name: String, indices: [Int])? {
    let found = try vectors.filter { $0.count == bands }.compactMap { vector -> (name: String, indices: [Int])? in
      let values = try file.doubles(vector)
      let isSelection =
        values.allSatisfy { $0 == $0.rounded() && $0 >= 1 && $0 <= Double(all) }
        && zip(values, values.dropFirst()).allSatisfy { $0 < $1 }
      return isSelection ? (vector.name, values.map { Int($0) - 1 }) : nil
    }
    return found.count == 1 ? found.first : nil
  }
}

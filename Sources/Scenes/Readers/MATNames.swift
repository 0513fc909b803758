import Foundation

extension MATSource {
  /// Names for `count` spectra: from the variable that was named, or the only cell array, character array or matrix of
  /// character codes that holds so many texts.
  mutating func names(count: Int) throws -> [String]? {
    if let name = options.nameVariable {
      let variable = try file.variable(name)
      guard let texts = try texts(of: variable), texts.count == count else {
        throw SceneError.malformed(
          path: path, field: name, expected: "\(count) names", found: "\(variable.extents) of something else")
      }
      return texts.map(Self.plain)
    }
    let found = try file.variables.compactMap { variable -> (name: String, texts: [String])? in
      guard let texts = try texts(of: variable), texts.count == count, count > 1 || variable.kind != .numbers
      else { return nil }
      return (variable.name, texts)
    }
    guard found.count == 1, let first = found.first else {
      let field = found.isEmpty ? "missing" : found.map(\.name).joined(separator: ", ")
      notes.append(
        Note(
          found.isEmpty ? .information : .warning, field: "names", found: field, action: "numbered",
          remedy: "the variable that holds them can be named"))
      return nil
    }
    return first.texts.map(Self.plain)
  }

  func texts(of variable: MATVariable) throws -> [String]? {
    switch variable.kind {
    case .cells, .text: return try file.texts(variable)
    case .numbers: return try codedTexts(variable)
    case .other: return nil
    }
  }

  /// The rows of a matrix of character codes.
  private func codedTexts(_ variable: MATVariable) throws -> [String]? {
    guard variable.dimensions.count == 2, variable.dimensions[1] > 1, (variable.count ?? .max) < 1 << 24 else {
      return nil
    }
    let (rows, width) = (variable.dimensions[0], variable.dimensions[1])
    // Reflectance fails at its first number, without a copy of the others.
    let areCharacters = try file.allSatisfy(variable) {
      $0 == $0.rounded() && ($0 == 0 || (9...13).contains($0) || (32...126).contains($0))
    }
    guard areCharacters else { return nil }
    let codes = try file.doubles(variable)
    guard codes.contains(where: { $0 >= 65 }) else { return nil }
    return (0..<rows).map { row in
      let bytes = (0..<width).map { UInt8(codes[row + $0 * rows]) }.prefix { $0 != 0 }
      return String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }

  /// The name without the number that benchmarks put before it: `1-tree`, `#1 Alunite`.
  static func plain(_ name: String) -> String {
    var rest = name.drop { $0 == "#" }
    let digits = rest.prefix { $0.isNumber }
    rest = rest.dropFirst(digits.count)
    let mark = rest.prefix { "-.): ".contains($0) }
    rest = rest.dropFirst(mark.count)
    guard !digits.isEmpty, !mark.isEmpty, rest.first?.isLetter ?? false else { return name }
    return String(rest)
  }
}

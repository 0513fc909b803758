/// An array at the top of a version 7.3 file as HDF5 describes it, for variables that the format's library refuses: files
/// written from Python state their class as a text of another kind than MATLAB does, or state none.
struct MATDataset {
  let name: String
  /// Extents as MATLAB counts them, the first running fastest; at least two.
  let dimensions: [Int]
  let isInteger: Bool
  /// Whether the numbers are character codes.
  let isText: Bool

  private static let numbers: Set = [
    "double", "single", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64", "logical",
  ]

  /// `nil` for a group, an empty array, or anything but numbers and characters.
  init?(_ name: String, in file: HDF5File) throws {
    guard try file.isDataset(name) else { return nil }
    let stored = try file.description(of: name)
    guard stored.kind == .integer || stored.kind == .float, stored.count > 0,
      try file.integer(attribute: "MATLAB_empty", of: name) ?? 0 == 0
    else { return nil }
    let stated = try file.text(attribute: HDF5File.classAttribute, of: name)
    guard stated.map({ $0 == "char" || Self.numbers.contains($0) }) ?? true else { return nil }
    self.name = name
    let extents = Array(stored.dimensions.reversed())
    // MATLAB knows no array of fewer dimensions: a list is a column.
    dimensions = extents + [Int](repeating: 1, count: max(0, 2 - extents.count))
    isInteger = stored.kind == .integer
    isText = stated == "char"
  }
}

extension HDF5File {
  static let classAttribute = "MATLAB_class"

  /// Whether an array at the top states its class as MATLAB's version 7.3 does, so that extents run the other way round.
  func statesMATLABClasses() throws -> Bool {
    // What cannot be opened is somebody else's to report.
    try names().contains { name in
      (try? isDataset(name) && text(attribute: Self.classAttribute, of: name) != nil) ?? false
    }
  }
}

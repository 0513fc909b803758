internal import CMatIO
import Foundation
import Tensors

/// A variable of a MATLAB file: what it is, and its values once they are read.
final class MATVariable {
  /// What a variable holds.
  enum Kind: Equatable { case numbers, text, cells, other }

  let name: String
  let dimensions: [Int]
  let kind: Kind
  /// The library's variable; `nil` for a dataset that the library does not know what to do with.
  private let pointer: UnsafeMutablePointer<matvar_t>?
  /// The values of such a dataset, once they are read.
  private var numbers: [Double] = []
  /// Whether reading the values succeeded; `nil` before it was tried.
  private var status: Bool?
  /// Whether the values are whole numbers by their type.
  let isInteger: Bool
  /// Whether the values are complex numbers.
  let isComplex: Bool

  /// Takes the variable over; `nil` when its description makes no sense.
  fileprivate init?(owning pointer: UnsafeMutablePointer<matvar_t>) {
    let variable = pointer.pointee
    guard variable.rank >= 0, variable.rank < 64, let extents = variable.dims ?? nil else {
      Mat_VarFree(pointer)
      return nil
    }
    self.pointer = pointer
    name = variable.name.map { String(cString: $0) } ?? ""
    dimensions = (0..<Int(variable.rank)).map { Int(clamping: extents[$0]) }
    kind = Self.kind(variable)
    isInteger = kind == .numbers && variable.class_type != MAT_C_DOUBLE && variable.class_type != MAT_C_SINGLE
    isComplex = variable.isComplex != 0
  }

  /// A dataset of an HDF5 file, whose extents run the other way round there.
  fileprivate init(_ dataset: MATDataset) {
    pointer = nil
    name = dataset.name
    dimensions = dataset.dimensions
    kind = dataset.isText ? .text : .numbers
    isInteger = dataset.isInteger
    isComplex = false
  }

  deinit { if let pointer { Mat_VarFree(pointer) } }

  private static func kind(_ variable: matvar_t) -> Kind {
    if variable.isComplex != 0 { return .other }
    switch variable.class_type {
    case MAT_C_DOUBLE, MAT_C_SINGLE, MAT_C_INT8, MAT_C_UINT8, MAT_C_INT16, MAT_C_UINT16, MAT_C_INT32, MAT_C_UINT32,
      MAT_C_INT64, MAT_C_UINT64:
      return .numbers
    case MAT_C_CHAR: return .text
    case MAT_C_CELL: return .cells
    default: return .other
    }
  }

  /// The number of elements; `nil` if it does not fit an `Int`.
  var count: Int? { checkedProduct(dimensions) }

  /// The extents as MATLAB writes them: `156×9025`.
  var extents: String { dimensions.map(String.init).joined(separator: "×") }

  /// The extents, and what keeps the values from being read as numbers.
  var label: String {
    let obstacle =
      switch kind {
      case _ where isComplex: ", complex"
      case .cells: ", cells"
      case .text: ", text"
      case .other: ", struct or another class"
      case .numbers: ""
      }
    return "\(name) (\(extents)\(obstacle))"
  }

  /// The bytes of a value in memory.
  var width: Int { pointer.map { max(1, Int($0.pointee.data_size)) } ?? MemoryLayout<Double>.size }

  /// Whether the values may take fewer bytes in the file than they are.
  fileprivate var isCompressed: Bool { pointer.map { $0.pointee.compression != MAT_COMPRESSION_NONE } ?? true }

  /// Reads the values, once: the library must not be asked for a cell array's twice.
  fileprivate func load(from file: OpaquePointer?, _ dataset: () throws -> [Double]) rethrows -> Bool {
    if let status { return status }
    if let pointer, let file {
      status = Mat_VarReadDataAll(file, pointer) == 0
    } else {
      numbers = try dataset()
      status = numbers.count == count
    }
    return status ?? false
  }

  /// Lends the loaded values with their type.
  fileprivate func withValues<Result>(_ body: (any NumberBuffer) -> Result) -> Result? {
    guard let variable = pointer?.pointee else {
      return numbers.withUnsafeBufferPointer { body(TypedNumbers(values: $0)) }
    }
    guard let count, let data = variable.data, variable.nbytes >= count,
      variable.nbytes >= count * Int(variable.data_size)
    else { return nil }
    func typed<Number: StoredNumber>(_: Number.Type) -> Result? {
      guard Int(variable.data_size) == MemoryLayout<Number>.size else { return nil }
      let start = data.bindMemory(to: Number.self, capacity: count)
      return body(TypedNumbers(values: UnsafeBufferPointer(start: start, count: count)))
    }
    switch variable.class_type {
    case MAT_C_DOUBLE: return typed(Double.self)
    case MAT_C_SINGLE: return typed(Float.self)
    case MAT_C_INT8: return typed(Int8.self)
    case MAT_C_UINT8: return typed(UInt8.self)
    case MAT_C_INT16: return typed(Int16.self)
    case MAT_C_UINT16: return typed(UInt16.self)
    case MAT_C_INT32: return typed(Int32.self)
    case MAT_C_UINT32: return typed(UInt32.self)
    case MAT_C_INT64: return typed(Int64.self)
    case MAT_C_UINT64: return typed(UInt64.self)
    default: return nil
    }
  }

  /// The rows of a loaded character array, or the texts of a loaded cell array.
  fileprivate func texts() -> [String]? {
    guard let variable = pointer?.pointee else { return kind == .text ? rowsOfCodes() : nil }
    switch kind {
    case .text: return Self.rows(of: variable)
    case .cells: return cellTexts(variable)
    default: return nil
    }
  }

  private func rowsOfCodes() -> [String]? {
    guard dimensions.count == 2, numbers.allSatisfy({ (0...65_535).contains($0) }) else { return nil }
    let rows = dimensions[0]
    return (0..<rows).map { row in
      Self.text(codes: (0..<dimensions[1]).map { UInt32(numbers[row + $0 * rows]) }, areBytes: false)
    }
  }

  private func cellTexts(_ variable: matvar_t) -> [String]? {
    guard let count, let data = variable.data, variable.nbytes >= count * MemoryLayout<Int>.size else { return nil }
    let cells = data.bindMemory(to: UnsafeMutablePointer<matvar_t>?.self, capacity: count)
    var texts: [String] = []
    for cell in 0..<count {
      guard let variable = cells[cell]?.pointee, variable.class_type == MAT_C_CHAR else { return nil }
      texts.append((Self.rows(of: variable) ?? []).joined(separator: " "))
    }
    return texts
  }

  private static func rows(of variable: matvar_t) -> [String]? {
    guard variable.rank == 2, let extents = variable.dims else { return nil }
    let (rows, width) = (Int(clamping: extents[0]), Int(clamping: extents[1]))
    if rows == 0 || width == 0 { return [""] }
    let unit = Int(variable.data_size)
    guard let count = checkedProduct([rows, width]), let data = variable.data, [1, 2, 4].contains(unit),
      let bytes = checkedProduct([count, unit]), variable.nbytes >= bytes
    else { return nil }
    return (0..<rows).map { row in
      let codes = (0..<width).map { column -> UInt32 in
        let place = UnsafeRawPointer(data) + (row + column * rows) * unit
        switch unit {
        case 1: return UInt32(place.loadUnaligned(as: UInt8.self))
        case 2: return UInt32(place.loadUnaligned(as: UInt16.self))
        default: return place.loadUnaligned(as: UInt32.self)
        }
      }
      return text(codes: codes, areBytes: unit == 1)
    }
  }

  private static func text(codes: [UInt32], areBytes: Bool) -> String {
    let codes = codes.prefix { $0 != 0 }
    let text =
      areBytes
      ? String(decoding: codes.map { UInt8(truncatingIfNeeded: $0) }, as: UTF8.self)
      : String(decoding: codes.map { UInt16(truncatingIfNeeded: $0) }, as: UTF16.self)
    return text.trimmingCharacters(in: .whitespacesAndNewlines)
  }
}

/// A MATLAB file of version 5 or 7.3, opened for reading only.
final class MATFile {
  let path: String
  let size: Int
  /// All variables, without their values.
  let variables: [MATVariable]
  /// The library's file; `nil` where MATLAB's header is missing.
  private let file: OpaquePointer?
  private let url: URL
  private let memoryLimit: Int
  private var converted: [String: [Double]] = [:]

  init(_ url: URL, memoryLimit: Int) throws {
    let input = try InputFile(url)
    path = input.path
    size = input.size
    self.memoryLimit = memoryLimit
    self.url = url
    let (declared, datasets) = try Self.check(input, url, memoryLimit)
    let hasHeader = MATSignature(try input.start(upTo: MATSignature.headerLength)) != nil
    file = url.withUnsafeFileSystemRepresentation { name in
      hasHeader ? name.flatMap { Mat_Open($0, Int32(MAT_ACC_RDONLY.rawValue)) } : nil
    }
    guard file != nil || !datasets.isEmpty else {
      throw SceneError.malformed(path: path, field: "header", expected: "a MATLAB file", found: "a damaged one")
    }
    var found: [MATVariable] = []
    var delivered = 0
    while let file, delivered < declared, let next = Mat_VarReadNextInfo(file) {
      delivered += 1
      if let variable = MATVariable(owning: next) { found.append(variable) }
    }
    let known = Set(found.filter { $0.kind != .other || $0.isComplex }.map(\.name))
    let missed = datasets.filter { !known.contains($0.name) }
    let names = Set(missed.map(\.name))
    variables = found.filter { !names.contains($0.name) } + missed.map { MATVariable($0) }
    // The library says the same of the end and of damage.
    guard delivered == declared || variables.count == declared else {
      let last = found.last.map { " after `\($0.name)`" } ?? ""
      throw SceneError.malformed(
        path: path, field: "variables", expected: "\(declared)", found: "\(delivered), then a damaged one\(last)")
    }
  }

  deinit { if let file { Mat_Close(file) } }

  /// Looks at the file before the format's library does; the number of variables, and of version 7.3 those that can be
  /// read without it.
  private static func check(
    _ input: InputFile, _ url: URL, _ memoryLimit: Int
  ) throws -> (declared: Int, datasets: [MATDataset]) {
    let declared: Int
    var datasets: [MATDataset] = []
    if try MATSignature(input) == .version73 {
      try HDF5File.prepare(input.path)
      let file = try HDF5File(reading: url)
      try file.refuseForeignContent()
      let names = try file.names().filter { !$0.hasPrefix("#") }
      declared = names.count
      if declared <= 10_000 { datasets = try names.compactMap { try MATDataset($0, in: file) } }
    } else {
      declared = try MATElements.check(input, memoryLimit: memoryLimit)
    }
    guard declared <= 10_000 else {
      throw SceneError.tooLarge(path: input.path, field: "file", declared: "\(declared) variables", limit: "10000")
    }
    return (declared, datasets)
  }

  /// The variables that are arrays of real numbers.
  var arrays: [MATVariable] { variables.filter { $0.kind == .numbers } }

  /// The variable of this name.
  func variable(_ name: String) throws -> MATVariable {
    guard let variable = variables.first(where: { $0.name == name }) else {
      throw SceneError.missing(path: path, field: "variable `\(name)`", remedy: "the file holds \(listing)")
    }
    return variable
  }

  /// All variables with their extents, for messages.
  var listing: String {
    variables.isEmpty
      ? "no variables" : variables.prefix(30).map(\.label).joined(separator: ", ")
  }

  /// Lends the values of an array of numbers.
  func withValues<Result>(of variable: MATVariable, _ body: (any NumberBuffer) -> Result) throws -> Result {
    try load(variable)
    guard variable.kind == .numbers, let result = variable.withValues(body) else {
      throw SceneError.malformed(
        path: path, field: variable.name, expected: "\(variable.extents) real numbers", found: "damaged data")
    }
    return result
  }

  /// All values of an array of numbers, first index fastest. Those of short arrays are converted once.
  func doubles(_ variable: MATVariable) throws -> [Double] {
    if let known = converted[variable.name] { return known }
    let values = try withValues(of: variable) { $0.doubles() }
    if values.count <= 65_536 { converted[variable.name] = values }
    return values
  }

  /// Whether all values of an array of numbers are such; the first that is not ends the search.
  func allSatisfy(_ variable: MATVariable, _ condition: (Double) -> Bool) throws -> Bool {
    try withValues(of: variable) { $0.allSatisfy(condition) }
  }

  /// The texts of a character or cell array; `nil` if it holds anything else.
  func texts(_ variable: MATVariable) throws -> [String]? {
    guard variable.kind == .text || variable.kind == .cells else { return nil }
    try load(variable)
    return variable.texts()
  }

  /// Reads the values, if the file can hold as many as it declares.
  private func load(_ variable: MATVariable) throws {
    // The smallest stored number is a byte.
    let most = checkedProduct([size, variable.isCompressed ? InflatedStream.largestRatio : 1]) ?? Int.max
    guard let count = variable.count, count <= most else {
      throw SceneError.tooLarge(
        path: path, field: variable.name, declared: "\(variable.extents) values",
        limit: "the \(most) that \(size) bytes can hold")
    }
    try MemoryNeed(path: path, field: variable.name, declared: "\(variable.extents) values", count: count)
      .check(bytesEach: variable.width, tensors: 0, limit: memoryLimit)
    guard try variable.load(from: file, { try HDF5File(reading: url).doubles(variable.name) }) else {
      throw SceneError.malformed(
        path: path, field: variable.name, expected: "\(variable.extents) values", found: "data that cannot be read")
    }
  }
}

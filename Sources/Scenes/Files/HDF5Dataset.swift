internal import CHDF5
import Foundation
import Tensors

extension HDF5File {
  /// What kind of numbers a dataset holds.
  package enum Kind: String, Sendable { case integer, float, text, other }

  /// A dataset's extents and kind, read without its values.
  package struct Description: Sendable, Equatable {
    /// Extents, the last running fastest.
    package let dimensions: [Int]
    package let kind: Kind
    /// The product of the extents.
    package let count: Int
  }

  /// Writes numbers with their shape, compressed when `compression` (1…9) is given. Values have a checksum in any case.
  package func write(_ tensor: Tensor, to item: String, compression: Int? = nil) throws {
    try tensor.withUnsafeScalars { values in
      try writeNumbers(values, tensor.shape.dimensions, to: item, compression)
    }
  }

  /// Writes numbers; `dimensions` is `[values.count]` by default.
  package func write(_ values: [Double], dimensions: [Int]? = nil, to item: String) throws {
    try values.withUnsafeBufferPointer { try writeNumbers($0, dimensions ?? [values.count], to: item, nil) }
  }

  /// Writes whole numbers.
  package func write(_ values: [Int64], dimensions: [Int]? = nil, to item: String) throws {
    try values.withUnsafeBufferPointer { try writeNumbers($0, dimensions ?? [values.count], to: item, nil) }
  }

  /// Writes bytes.
  package func write(_ values: [UInt8], dimensions: [Int]? = nil, to item: String) throws {
    try values.withUnsafeBufferPointer { try writeNumbers($0, dimensions ?? [values.count], to: item, nil) }
  }

  /// Writes texts as UTF-8, zero-padded to the longest.
  package func write(_ texts: [String], to item: String) throws {
    let packed = PackedTexts(texts)
    let type = try textType(width: packed.width)
    defer { H5Tclose(type) }
    try packed.bytes.withUnsafeBytes { bytes in
      try writeValues(bytes, file: type, memory: type, [texts.count], to: item, nil)
    }
  }

  /// A dataset's extents and kind.
  package func description(of item: String) throws -> Description {
    let dataset = try openDataset(item)
    defer { H5Dclose(dataset) }
    return try describe(dataset, item)
  }

  /// Whether the path names a dataset (and not a group).
  package func isDataset(_ item: String) throws -> Bool {
    try contains(item) && !isGroup(item)
  }

  /// Reads any dataset of numbers as a tensor of its shape.
  package func tensor(_ item: String) throws -> Tensor {
    let dataset = try openDataset(item)
    defer { H5Dclose(dataset) }
    let shape = try describeNumbers(dataset, item)
    return try Tensor(uninitialized: Shape(shape.dimensions)) { buffer in
      try readValues(dataset, UnsafeMutableRawBufferPointer(buffer), Scalar.hdf5Memory, item)
    }
  }

  /// Reads any dataset of numbers, flat.
  package func doubles(_ item: String) throws -> [Double] { try numbers(item, of: Double.self) }

  /// Reads any dataset of numbers as whole numbers; fractions are cut off.
  package func integers(_ item: String) throws -> [Int64] { try numbers(item, of: Int64.self) }

  /// Reads any dataset of numbers as bytes; larger ones saturate.
  package func bytes(_ item: String) throws -> [UInt8] { try numbers(item, of: UInt8.self) }

  /// Reads a dataset of texts, of fixed or variable length.
  package func strings(_ item: String) throws -> [String] {
    let dataset = try openDataset(item)
    defer { H5Dclose(dataset) }
    let shape = try describe(dataset, item)
    guard shape.kind == .text else {
      throw SceneError.malformed(path: path, field: item, expected: "texts", found: "\(shape.kind.rawValue) values")
    }
    let type = H5Dget_type(dataset)
    guard type >= 0 else { throw unreadable(item) }
    defer { H5Tclose(type) }
    return try texts(count: shape.count, type, item) { memory, buffer in
      H5Dread(dataset, memory, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), buffer)
    }
  }

  private func numbers<Number: HDF5Number>(_ item: String, of: Number.Type) throws -> [Number] {
    let dataset = try openDataset(item)
    defer { H5Dclose(dataset) }
    let shape = try describeNumbers(dataset, item)
    var values = [Number](repeating: 0, count: shape.count)
    try values.withUnsafeMutableBytes { try readValues(dataset, $0, Number.hdf5Memory, item) }
    return values
  }

  private func readValues(
    _ dataset: hid_t, _ buffer: UnsafeMutableRawBufferPointer, _ memory: hid_t, _ item: String
  ) throws {
    guard buffer.count > 0 else { return }
    guard
      H5Dread(dataset, memory, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), buffer.baseAddress) >= 0
    else { throw unreadable(item) }
  }

  private func writeNumbers<Number: HDF5Number>(
    _ values: UnsafeBufferPointer<Number>, _ dimensions: [Int], to item: String, _ compression: Int?
  ) throws {
    try writeValues(
      UnsafeRawBufferPointer(values), file: Number.hdf5File, memory: Number.hdf5Memory, dimensions, to: item,
      compression)
  }

  private func writeValues(
    _ bytes: UnsafeRawBufferPointer, file: hid_t, memory: hid_t, _ dimensions: [Int], to item: String,
    _ compression: Int?
  ) throws {
    let extents = dimensions.map { hsize_t($0) }
    let space = extents.isEmpty ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(extents.count), extents, nil)
    guard space >= 0 else { throw unwritable(item) }
    defer { H5Sclose(space) }
    try makeGroup(Self.parts(of: item).dropLast().joined(separator: "/"))
    let creation = H5Pcreate(alu_h5_dataset_create())
    defer { H5Pclose(creation) }
    guard creation >= 0, H5Pset_obj_track_times(creation, false) >= 0 else { throw unwritable(item) }
    if bytes.count > 0 { try store(creation, extents, width: H5Tget_size(file), compression, item) }
    let dataset = H5Dcreate2(identifier, item, file, space, hid_t(H5P_DEFAULT), creation, hid_t(H5P_DEFAULT))
    guard dataset >= 0 else { throw unwritable(item) }
    defer { H5Dclose(dataset) }
    guard bytes.count > 0 else { return }
    guard
      H5Dwrite(dataset, memory, hid_t(H5S_ALL), hid_t(H5S_ALL), hid_t(H5P_DEFAULT), bytes.baseAddress) >= 0
    else { throw unwritable(item) }
  }

  /// Chunks of about 1 MB of whole rows, shuffled and deflated if asked for, each with Fletcher's checksum; a single
  /// value stands in the header, which has its own.
  private func store(
    _ creation: hid_t, _ extents: [hsize_t], width: Int, _ level: Int?, _ item: String
  ) throws {
    guard let first = extents.first else {
      guard H5Pset_layout(creation, H5D_COMPACT) >= 0 else { throw unwritable(item) }
      return
    }
    var chunk = extents
    let rowBytes = chunk.dropFirst().reduce(hsize_t(width), *)
    chunk[0] = max(1, min(first, 1_048_576 / max(1, rowBytes)))
    guard H5Pset_chunk(creation, Int32(chunk.count), chunk) >= 0 else { throw unwritable(item) }
    if let level {
      guard H5Pset_shuffle(creation) >= 0, H5Pset_deflate(creation, UInt32(level)) >= 0 else { throw unwritable(item) }
    }
    guard H5Pset_fletcher32(creation) >= 0 else { throw unwritable(item) }
  }
}

/// Texts of one width, as HDF5 stores them.
struct PackedTexts {
  let width: Int
  let bytes: [UInt8]

  init(_ texts: [String]) {
    let width = max(1, texts.map(\.utf8.count).max() ?? 1)
    self.width = width
    bytes = texts.flatMap { text in Array(text.utf8) + [UInt8](repeating: 0, count: width - text.utf8.count) }
  }
}

/// A number type of Swift with its types in the file and in memory.
protocol HDF5Number: Numeric {
  static var hdf5File: hid_t { get }
  static var hdf5Memory: hid_t { get }
}

extension Float: HDF5Number {
  static var hdf5File: hid_t { alu_h5_stored_float() }
  static var hdf5Memory: hid_t { alu_h5_native_float() }
}
extension Double: HDF5Number {
  static var hdf5File: hid_t { alu_h5_stored_double() }
  static var hdf5Memory: hid_t { alu_h5_native_double() }
}
extension Int64: HDF5Number {
  static var hdf5File: hid_t { alu_h5_stored_int64() }
  static var hdf5Memory: hid_t { alu_h5_native_int64() }
}
extension UInt8: HDF5Number {
  static var hdf5File: hid_t { alu_h5_stored_uint8() }
  static var hdf5Memory: hid_t { alu_h5_native_uint8() }
}

internal import CHDF5
import Foundation

extension HDF5File {
  /// Sets an attribute of a group or dataset (`/` is the file itself) to a text.
  package func setAttribute(_ name: String, of item: String = "/", to text: String) throws {
    let packed = PackedTexts([text])
    let type = try textType(width: packed.width)
    defer { H5Tclose(type) }
    try packed.bytes.withUnsafeBytes { try writeAttribute(name, of: item, $0, type, type, count: nil) }
  }

  /// Sets an attribute to a number.
  package func setAttribute(_ name: String, of item: String = "/", to value: Double) throws {
    try withUnsafeBytes(of: value) {
      try writeAttribute(name, of: item, $0, Double.hdf5File, Double.hdf5Memory, count: nil)
    }
  }

  /// Sets an attribute to a whole number.
  package func setAttribute(_ name: String, of item: String = "/", to value: Int64) throws {
    try withUnsafeBytes(of: value) {
      try writeAttribute(name, of: item, $0, Int64.hdf5File, Int64.hdf5Memory, count: nil)
    }
  }

  /// Sets an attribute to a list of numbers.
  package func setAttribute(_ name: String, of item: String = "/", to values: [Double]) throws {
    try values.withUnsafeBytes {
      try writeAttribute(name, of: item, $0, Double.hdf5File, Double.hdf5Memory, count: values.count)
    }
  }

  /// The text of an attribute; `nil` when there is none.
  package func text(attribute name: String, of item: String = "/") throws -> String? {
    try withAttribute(name, of: item) { (attribute, type, count) -> String? in
      guard kind(of: type) == .text else {
        throw SceneError.malformed(path: path, field: "\(item):\(name)", expected: "a text", found: "another type")
      }
      return try texts(count: count, type, name) { H5Aread(attribute, $0, $1) }.first
    }
  }

  /// The numbers of an attribute (one for a scalar); `nil` when there is none.
  package func doubles(attribute name: String, of item: String = "/") throws -> [Double]? {
    try numbers(attribute: name, of: item, as: Double.self)
  }

  /// The whole number of an attribute; `nil` when there is none.
  package func integer(attribute name: String, of item: String = "/") throws -> Int64? {
    try numbers(attribute: name, of: item, as: Int64.self)?.first
  }

  /// Makes a one-dimensional dataset the labels of an axis of another, as NetCDF readers expect.
  package func attachScale(_ scale: String, named name: String, toAxis axis: Int, of item: String) throws {
    let labels = try openDataset(scale)
    defer { H5Dclose(labels) }
    let dataset = try openDataset(item)
    defer { H5Dclose(dataset) }
    if H5DSis_scale(labels) <= 0 {
      guard H5DSset_scale(labels, name) >= 0 else { throw unwritable(scale) }
    }
    guard H5DSattach_scale(dataset, labels, UInt32(axis)) >= 0,
      H5DSset_label(dataset, UInt32(axis), name) >= 0
    else { throw unwritable(item) }
  }

  private func numbers<Number: HDF5Number>(
    attribute name: String, of item: String, as: Number.Type
  ) throws -> [Number]? {
    try withAttribute(name, of: item) { (attribute, type, count) -> [Number]? in
      guard [.integer, .float].contains(kind(of: type)) else {
        throw SceneError.malformed(path: path, field: "\(item):\(name)", expected: "numbers", found: "another type")
      }
      var values = [Number](repeating: 0, count: count)
      let status = values.withUnsafeMutableBytes { H5Aread(attribute, Number.hdf5Memory, $0.baseAddress) }
      guard count == 0 || status >= 0 else { throw unreadable("\(item):\(name)") }
      return values
    }
  }

  private func withAttribute<Result>(
    _ name: String, of item: String, _ body: (hid_t, _ type: hid_t, _ count: Int) throws -> Result?
  ) throws -> Result? {
    let object = try openObject(item)
    defer { H5Oclose(object) }
    let exists = H5Aexists(object, name)
    guard exists >= 0 else { throw unreadable("\(item):\(name)") }
    if exists == 0 { return nil }
    let attribute = H5Aopen(object, name, hid_t(H5P_DEFAULT))
    guard attribute >= 0 else { throw unreadable("\(item):\(name)") }
    defer { H5Aclose(attribute) }
    let space = H5Aget_space(attribute)
    guard space >= 0 else { throw unreadable("\(item):\(name)") }
    defer { H5Sclose(space) }
    let type = H5Aget_type(attribute)
    guard type >= 0 else { throw unreadable("\(item):\(name)") }
    defer { H5Tclose(type) }
    // Attributes live in the object header or the heap: a large declared size is damage.
    guard let count = checkedProduct(try dimensions(of: space, name)), count <= 1 << 24 else {
      throw SceneError.tooLarge(path: path, field: "\(item):\(name)", declared: "its extents", limit: "16777216")
    }
    return try body(attribute, type, count)
  }

  private func writeAttribute(
    _ name: String, of item: String, _ bytes: UnsafeRawBufferPointer, _ file: hid_t, _ memory: hid_t, count: Int?
  ) throws {
    let object = try openObject(item)
    defer { H5Oclose(object) }
    let space = count.map { H5Screate_simple(1, [hsize_t($0)], nil) } ?? H5Screate(H5S_SCALAR)
    guard space >= 0 else { throw unwritable("\(item):\(name)") }
    defer { H5Sclose(space) }
    let attribute = H5Acreate2(object, name, file, space, hid_t(H5P_DEFAULT), hid_t(H5P_DEFAULT))
    guard attribute >= 0 else { throw unwritable("\(item):\(name)") }
    defer { H5Aclose(attribute) }
    guard bytes.count == 0 || H5Awrite(attribute, memory, bytes.baseAddress) >= 0 else {
      throw unwritable("\(item):\(name)")
    }
  }
}

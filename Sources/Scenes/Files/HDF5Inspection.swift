internal import CHDF5
import Foundation

extension HDF5File {
  /// Opens a dataset whose values lie in this file and need no plugin.
  func openDataset(_ item: String) throws -> hid_t {
    let object = try openObject(item)
    guard H5Iget_type(object) == H5I_DATASET else {
      H5Oclose(object)
      throw SceneError.malformed(path: path, field: item, expected: "a dataset", found: "a group")
    }
    do {
      try refuseForeignStorage(object, item)
    } catch {
      H5Oclose(object)
      throw error
    }
    return object
  }

  private func refuseForeignStorage(_ dataset: hid_t, _ item: String) throws {
    let creation = H5Dget_create_plist(dataset)
    guard creation >= 0 else { throw unreadable(item) }
    defer { H5Pclose(creation) }
    guard H5Pget_external_count(creation) <= 0 else {
      throw SceneError.refused(path: path, field: item, reason: "its values are stored in another file")
    }
    guard H5Pget_layout(creation) != H5D_VIRTUAL else {
      throw SceneError.refused(path: path, field: item, reason: "it is assembled from other files")
    }
  }

  /// Extents and kind of an open dataset, checked against what the file could hold.
  func describe(_ dataset: hid_t, _ item: String) throws -> Description {
    let space = H5Dget_space(dataset)
    guard space >= 0 else { throw unreadable(item) }
    defer { H5Sclose(space) }
    let type = H5Dget_type(dataset)
    guard type >= 0 else { throw unreadable(item) }
    defer { H5Tclose(type) }
    let dimensions = try self.dimensions(of: space, item)
    let width = H5Tget_size(type)
    guard let count = checkedProduct(dimensions), let bytes = checkedProduct([count, Int(clamping: width)]) else {
      throw SceneError.tooLarge(path: path, field: item, declared: "\(dimensions) values", limit: "\(Int.max) bytes")
    }
    try checkSize(bytes, of: dataset, item)
    return Description(dimensions: dimensions, kind: kind(of: type), count: count)
  }

  /// Declared bytes must be stored: as they are, or deflated, which shrinks at most 1032 times.
  private func checkSize(_ bytes: Int, of dataset: hid_t, _ item: String) throws {
    let stored = Int(clamping: H5Dget_storage_size(dataset))
    let size = try InputFile(URL(fileURLWithPath: path)).size
    let limit = checkedProduct([min(max(stored, 65_536), max(size, 65_536)), 1_032]) ?? Int.max
    guard bytes <= limit else {
      throw SceneError.tooLarge(
        path: path, field: item, declared: "\(bytes) bytes", limit: "the \(limit) that \(stored) stored bytes can hold")
    }
  }

  /// As ``describe(_:_:)``, for a dataset that has to hold numbers.
  func describeNumbers(_ dataset: hid_t, _ item: String) throws -> Description {
    let description = try describe(dataset, item)
    guard description.kind == .float || description.kind == .integer else {
      throw SceneError.malformed(
        path: path, field: item, expected: "numbers", found: "\(description.kind.rawValue) values")
    }
    return description
  }

  func dimensions(of space: hid_t, _ item: String) throws -> [Int] {
    let rank = H5Sget_simple_extent_ndims(space)
    guard rank >= 0, rank <= 32 else { throw unreadable(item) }
    var extents = [hsize_t](repeating: 0, count: Int(rank))
    guard H5Sget_simple_extent_dims(space, &extents, nil) >= 0 else { throw unreadable(item) }
    return try extents.map { extent in
      guard let extent = Int(exactly: extent) else {
        throw SceneError.tooLarge(path: path, field: item, declared: "an extent of \(extent)", limit: "\(Int.max)")
      }
      return extent
    }
  }

  func kind(of type: hid_t) -> Kind {
    switch H5Tget_class(type) {
    case H5T_INTEGER: .integer
    case H5T_FLOAT: .float
    case H5T_STRING: .text
    default: .other
    }
  }

  func textType(width: Int) throws -> hid_t {
    let type = H5Tcopy(alu_h5_c_string())
    guard type >= 0, H5Tset_size(type, width) >= 0, H5Tset_cset(type, H5T_CSET_UTF8) >= 0,
      H5Tset_strpad(type, H5T_STR_NULLPAD) >= 0
    else { throw unwritable("text type") }
    return type
  }

  /// Reads `count` texts of the stored type; `read` fills a buffer laid out as the memory type it is given.
  func texts(
    count: Int, _ type: hid_t, _ item: String, _ read: (hid_t, UnsafeMutableRawPointer) -> herr_t
  ) throws -> [String] {
    guard count > 0 else { return [] }
    if H5Tis_variable_str(type) > 0 { return try variableTexts(count, type, item, read) }
    let width = H5Tget_size(type)
    guard width > 0, let bytes = checkedProduct([count, width]), bytes <= 1 << 30 else {
      throw SceneError.tooLarge(path: path, field: item, declared: "\(count) texts of \(width) bytes", limit: "1 GB")
    }
    var buffer = [UInt8](repeating: 0, count: bytes)
    let status = buffer.withUnsafeMutableBytes { raw in raw.baseAddress.map { read(type, $0) } ?? -1 }
    guard status >= 0 else { throw unreadable(item) }
    return (0..<count).map { text in
      String(decoding: buffer[(text * width)..<((text + 1) * width)].prefix { $0 != 0 }, as: UTF8.self)
    }
  }

  private func variableTexts(
    _ count: Int, _ type: hid_t, _ item: String, _ read: (hid_t, UnsafeMutableRawPointer) -> herr_t
  ) throws -> [String] {
    var pointers = [UnsafeMutablePointer<CChar>?](repeating: nil, count: count)
    let status = pointers.withUnsafeMutableBytes { raw in raw.baseAddress.map { read(type, $0) } ?? -1 }
    defer { for pointer in pointers { H5free_memory(pointer) } }
    guard status >= 0 else { throw unreadable(item) }
    return pointers.map { $0.map { String(cString: $0) } ?? "" }
  }
}

extension HDF5File {
  /// What a walk over the file has met.
  private struct Walk {
    /// Where the objects stand that were met: links may lead to one object many times, and back to a group.
    var met: Set<UInt64>
    var datasets: [String] = []
    /// Whether a group that two links lead to is refused.
    var isTree: Bool
  }

  /// The paths of all datasets, each by the first of its names; refuses the file if anything in it leads out of it.
  func datasets() throws -> [String] { try walked(asTree: false).datasets }

  /// Refuses the file if anything in it leads out of it, or a group can be reached twice: a library that does not look
  /// out for that would go round for ever.
  func refuseForeignContent() throws { _ = try walked(asTree: true) }

  private func walked(asTree: Bool) throws -> Walk {
    let root = try openObject("/")
    defer { H5Oclose(root) }
    var walk = Walk(met: [try address(of: root, "/")], isTree: asTree)
    try self.walk(through: "", depth: 0, &walk)
    return walk
  }

  private func walk(through group: String, depth: Int, _ walk: inout Walk) throws {
    guard depth < 32 else {
      throw SceneError.tooLarge(path: path, field: group, declared: "groups in groups", limit: "32 deep")
    }
    for name in try names(in: group.isEmpty ? "/" : group) {
      let item = group.isEmpty ? name : "\(group)/\(name)"
      let object = try openObject(item)
      defer { H5Oclose(object) }
      let isNew = walk.met.insert(try address(of: object, item)).inserted
      switch H5Iget_type(object) {
      case H5I_GROUP where isNew: try self.walk(through: item, depth: depth + 1, &walk)
      case H5I_GROUP where walk.isTree:
        throw SceneError.refused(path: path, field: item, reason: "it is a second link to the same group")
      case H5I_DATASET where isNew:
        try refuseForeignStorage(object, item)
        walk.datasets.append(item)
      default: continue
      }
    }
  }

  private func address(of object: hid_t, _ item: String) throws -> UInt64 {
    var address: UInt64 = 0
    guard alu_h5_address(object, &address) >= 0 else { throw unreadable(item) }
    return address
  }
}

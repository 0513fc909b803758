internal import CHDF5
import Foundation
import Tensors

/// An HDF5 file. Every call is checked; nothing is printed; links to other files, external storage, user-defined links
/// and filter plugins are refused, so opening a stranger's file reads that file and runs nothing.
///
/// Paths inside the file are `group/dataset`; groups on the way are made when writing.
package final class HDF5File {
  /// The file's path, for messages.
  package let path: String
  let identifier: hid_t
  private var isOpen = true

  /// Opens a file for reading.
  package init(reading url: URL) throws {
    path = url.path
    try Self.prepare(path)
    // The system's reason (no such file, no permission) is better than the library's.
    _ = try InputFile(url)
    identifier = url.withUnsafeFileSystemRepresentation { name in
      name.map { H5Fopen($0, alu_h5_read_only(), hid_t(H5P_DEFAULT)) } ?? -1
    }
    guard identifier >= 0 else {
      let reason = Self.lastError()
      throw SceneError.cannotOpen(
        path: path, reason: Self.isDamage(reason) ? "it is damaged: a checksum is wrong" : reason)
    }
  }

  /// Makes a new file; one that exists already is an error (write through ``writeAtomically(to:overwriting:_:)``).
  ///
  /// Everything in it is written with a checksum: headers, links and attributes by the format of HDF5 1.10, values by
  /// ``write(_:to:compression:)`` and its like. The same content is the same bytes.
  package init(creating url: URL) throws {
    path = url.path
    try Self.prepare(path)
    let creation = H5Pcreate(alu_h5_file_create())
    defer { H5Pclose(creation) }
    let access = H5Pcreate(alu_h5_file_access())
    defer { H5Pclose(access) }
    guard creation >= 0, H5Pset_obj_track_times(creation, false) >= 0, access >= 0,
      H5Pset_libver_bounds(access, H5F_LIBVER_V110, H5F_LIBVER_V110) >= 0
    else { throw SceneError.cannotWrite(path: path, reason: Self.lastError()) }
    identifier = url.withUnsafeFileSystemRepresentation { name in
      name.map { H5Fcreate($0, alu_h5_exclusive(), creation, access) } ?? -1
    }
    guard identifier >= 0 else { throw SceneError.cannotWrite(path: path, reason: Self.lastError()) }
  }

  deinit { if isOpen { H5Fclose(identifier) } }

  /// Writes what is buffered and closes the file. A write error may only show here, so call it.
  package func close() throws {
    guard isOpen else { return }
    isOpen = false
    guard H5Fflush(identifier, H5F_SCOPE_GLOBAL) >= 0 else {
      let reason = Self.lastError()
      H5Fclose(identifier)
      throw SceneError.cannotWrite(path: path, reason: reason)
    }
    guard H5Fclose(identifier) >= 0 else { throw SceneError.cannotWrite(path: path, reason: Self.lastError()) }
  }

  /// The names of the groups and datasets in a group, in alphabetical order.
  package func names(in group: String = "/") throws -> [String] {
    let container = try openGroup(group)
    defer { H5Gclose(container) }
    var information = H5G_info_t()
    guard H5Gget_info(container, &information) >= 0 else { throw unreadable(group) }
    guard information.nlinks < 1_000_000 else {
      throw SceneError.tooLarge(path: path, field: group, declared: "\(information.nlinks) links", limit: "1000000")
    }
    return try (0..<information.nlinks).map { try name(of: $0, in: container, group) }
  }

  private func name(of position: UInt64, in container: hid_t, _ group: String) throws -> String {
    let length = H5Lget_name_by_idx(
      container, ".", H5_INDEX_NAME, H5_ITER_INC, position, nil, 0, hid_t(H5P_DEFAULT))
    guard length >= 0, length < 65_536 else { throw unreadable(group) }
    var characters = [CChar](repeating: 0, count: length + 1)
    guard
      H5Lget_name_by_idx(
        container, ".", H5_INDEX_NAME, H5_ITER_INC, position, &characters, length + 1, hid_t(H5P_DEFAULT)) >= 0
    else { throw unreadable(group) }
    return string(characters)
  }

  /// Whether a group or dataset of this path exists. Never follows a link out of the file.
  package func contains(_ item: String) throws -> Bool {
    var walked = ""
    for part in Self.parts(of: item) {
      walked += "/" + part
      let exists = H5Lexists(identifier, walked, hid_t(H5P_DEFAULT))
      guard exists >= 0 else { throw unreadable(walked) }
      if exists == 0 { return false }
      try refuseForeignLink(walked)
    }
    return true
  }

  /// Whether the path names a group.
  package func isGroup(_ item: String) throws -> Bool {
    if Self.parts(of: item).isEmpty { return true }
    guard try contains(item) else { return false }
    let object = H5Oopen(identifier, item, hid_t(H5P_DEFAULT))
    guard object >= 0 else { throw unreadable(item) }
    defer { H5Oclose(object) }
    return H5Iget_type(object) == H5I_GROUP
  }

  /// Makes a group and those on the way to it.
  package func makeGroup(_ group: String) throws {
    let creation = H5Pcreate(alu_h5_group_create())
    defer { H5Pclose(creation) }
    guard creation >= 0, H5Pset_obj_track_times(creation, false) >= 0 else { throw unwritable(group) }
    var walked = ""
    for part in Self.parts(of: group) {
      walked += "/" + part
      if try contains(walked) { continue }
      let made = H5Gcreate2(identifier, walked, hid_t(H5P_DEFAULT), creation, hid_t(H5P_DEFAULT))
      guard made >= 0 else { throw unwritable(walked) }
      H5Gclose(made)
    }
  }

  /// Opens a group or dataset, checking every link on the way.
  func openObject(_ item: String) throws -> hid_t {
    guard try contains(item) || Self.parts(of: item).isEmpty else {
      throw SceneError.missing(path: path, field: item, remedy: "the file holds \(try listing())")
    }
    let object = H5Oopen(identifier, item.isEmpty ? "/" : item, hid_t(H5P_DEFAULT))
    guard object >= 0 else { throw unreadable(item) }
    return object
  }

  private func openGroup(_ group: String) throws -> hid_t {
    let object = try openObject(group)
    guard H5Iget_type(object) == H5I_GROUP else {
      H5Oclose(object)
      throw SceneError.malformed(path: path, field: group, expected: "a group", found: "a dataset")
    }
    return object
  }

  private func refuseForeignLink(_ item: String) throws {
    var information = H5L_info_t()
    guard H5Lget_info(identifier, item, &information, hid_t(H5P_DEFAULT)) >= 0 else { throw unreadable(item) }
    switch information.type {
    case H5L_TYPE_HARD, H5L_TYPE_SOFT: return
    default:
      throw SceneError.refused(path: path, field: item, reason: "it is a link out of the file")
    }
  }

  private func listing() throws -> String {
    let names = try self.names()
    return names.isEmpty ? "nothing" : names.prefix(20).joined(separator: ", ") + (names.count > 20 ? ", …" : "")
  }

  static func parts(of item: String) -> [String] {
    item.split(separator: "/", omittingEmptySubsequences: true).map(String.init).filter { $0 != "." }
  }

  func unreadable(_ item: String) -> SceneError {
    let reason = Self.lastError()
    return Self.isDamage(reason)
      ? .malformed(path: path, field: item, expected: "data whose checksum is right", found: "damaged data")
      : .malformed(path: path, field: item, expected: "a readable HDF5 object", found: reason)
  }

  func unwritable(_ item: String) -> SceneError {
    .cannotWrite(path: path, reason: "\(item): \(Self.lastError())")
  }

  /// Whether the library's reason is that bytes are not what they were when they were written.
  private static func isDamage(_ reason: String) -> Bool { reason.lowercased().contains("checksum") }

  static func lastError() -> String {
    var text = [CChar](repeating: 0, count: 256)
    alu_h5_last_error(&text)
    let reason = string(text)
    return reason.isEmpty ? "HDF5 gives no reason" : reason
  }

  /// Silences the library on this thread and forbids filter plugins.
  static func prepare(_ path: String) throws {
    guard H5open() >= 0 else { throw SceneError.cannotOpen(path: path, reason: "HDF5 does not start") }
    alu_h5_be_quiet()
    guard H5PLset_loading_state(0) >= 0 else {
      throw SceneError.cannotOpen(path: path, reason: "HDF5 plugins cannot be forbidden")
    }
    // Without its link class no soft link can lead to an external one, in other libraries' calls either.
    if H5Lis_registered(H5L_TYPE_EXTERNAL) > 0 { H5Lunregister(H5L_TYPE_EXTERNAL) }
  }
}

/// The text of a zero-terminated buffer.
func string(_ characters: [CChar]) -> String {
  String(decoding: characters.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}

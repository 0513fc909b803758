import CMatIO
import Foundation

/// A MATLAB file written by the format's own library, as a test needs it.
final class MATFixture {
  enum Version: Sendable, CaseIterable { case five, fiveCompressed, seven3 }

  private let file: OpaquePointer?
  private let version: Version
  let url: URL

  init(_ url: URL, _ version: Version = .five) {
    self.url = url
    self.version = version
    file = Mat_CreateVer(url.path, nil, version == .seven3 ? MAT_FT_MAT73 : MAT_FT_MAT5)
  }

  /// Writes an array, first index fastest.
  func add(_ name: String, _ dimensions: [Int], _ values: [Double]) {
    write(name, MAT_C_DOUBLE, MAT_T_DOUBLE, dimensions, values)
  }

  func add(_ name: String, _ dimensions: [Int], _ values: [Int16]) {
    write(name, MAT_C_INT16, MAT_T_INT16, dimensions, values)
  }

  func add(_ name: String, _ value: Double) { add(name, [1, 1], [value]) }

  private func write<Number>(
    _ name: String, _ kind: matio_classes, _ type: matio_types, _ dimensions: [Int], _ values: [Number]
  ) {
    var extents = dimensions
    var values = values
    values.withUnsafeMutableBytes {
      write(Mat_VarCreate(name, kind, type, Int32(dimensions.count), &extents, $0.baseAddress, 0))
    }
  }

  /// Writes a column of cells that hold texts.
  func add(_ name: String, cells: [String]) {
    var extents = [cells.count, 1]
    var variables: [UnsafeMutablePointer<matvar_t>?] = cells.map { text in
      var characters = text.utf8CString
      var size = [1, text.utf8.count]
      return characters.withUnsafeMutableBytes {
        Mat_VarCreate(nil, MAT_C_CHAR, MAT_T_UTF8, 2, &size, $0.baseAddress, 0)
      }
    }
    write(Mat_VarCreate(name, MAT_C_CELL, MAT_T_CELL, 2, &extents, &variables, 0))
  }

  private func write(_ variable: UnsafeMutablePointer<matvar_t>?) {
    Mat_VarWrite(file, variable, version == .five ? MAT_COMPRESSION_NONE : MAT_COMPRESSION_ZLIB)
    Mat_VarFree(variable)
  }

  func close() -> URL {
    Mat_Close(file)
    return url
  }
}

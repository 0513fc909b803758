import Foundation
import Scenes
import Tensors
import Testing

/// Version 7.3 as Python writes it: classes are texts filled with zeros, which the format's library does not read.
@Suite("MATLAB files written from Python")
struct MATDatasetTests {
  private static let header =
    Array("MATLAB 7.3 MAT-file, made".utf8) + [UInt8](repeating: 0x20, count: 99) + [0, 2, 0x49, 0x4D]
    + [UInt8](repeating: 0, count: 384)

  /// Writes arrays with extents as MATLAB counts them, behind MATLAB's header or without one.
  private func write(
    _ arrays: [(name: String, dimensions: [Int], values: [Double])], class stated: String? = "double",
    withHeader: Bool, in directory: URL
  ) throws -> URL {
    let url = directory.appendingPathComponent("python.mat")
    let file = try HDF5File(creating: url)
    for (name, dimensions, values) in arrays {
      try file.write(values, dimensions: dimensions.reversed(), to: name)
      if let stated { try file.setAttribute("MATLAB_class", of: name, to: stated) }
    }
    try file.write("tree".utf16.map { Int64($0) }, dimensions: [4, 1], to: "kind")
    try file.setAttribute("MATLAB_class", of: "kind", to: "char")
    try file.close()
    // Extents and places in the file count from the end of what stands before it.
    if withHeader { try (Data(Self.header) + Data(contentsOf: url)).write(to: url) }
    return url
  }

  @Test(
    "a cube, a list with its extents, wavelengths and a truth are read in MATLAB's order", arguments: [true, false])
  func arrays(withHeader: Bool) throws {
    func sample(_ row: Int, _ column: Int, _ band: Int) -> Double { 0.1 + Double(row * 40 + column * 8 + band) / 256 }
    let cube = (0..<60).map { sample($0 % 3, $0 / 3 % 4, $0 / 12) }
    let list = (0..<60).map { sample($0 / 5 % 3, $0 / 15, $0 % 5) }
    let abundances = (0..<12).flatMap { [Double($0) / 11, 1 - Double($0) / 11] }
    try withTemporaryDirectory { directory in
      for scene in [("Y", [3, 4, 5], cube), ("V", [5, 12], list)] {
        for stated in withHeader ? ["double", nil] : ["double"] {
          let url = try write(
            [
              scene, ("nRow", [1, 1], [3]), ("nCol", [1, 1], [4]), ("A", [2, 12], abundances),
              ("wavelength_nm", [1, 5], [400, 500, 600, 700, 800]),
            ], class: stated, withHeader: withHeader, in: directory)
          let read = try Scene(contentsOf: url)
          checkScene(read)
          #expect(read.rows == 3 && read.columns == 4 && read.bands == 5)
          #expect(read.spectra.scalars == (0..<60).map { Scalar(sample($0 / 20, $0 / 5 % 4, $0 % 5)) })
          #expect(read.axis?.wavelengths == [400, 500, 600, 700, 800])
          #expect(read.truth?.abundances[1].scalars[0] == Scalar(3.0 / 11))
          try FileManager.default.removeItem(at: url)
        }
      }
    }
  }
}

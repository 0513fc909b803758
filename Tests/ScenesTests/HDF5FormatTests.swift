import CHDF5
import Foundation
import Scenes
import Tensors
import Testing

@Suite("HDF5 files of others")
struct HDF5FormatTests {
  private let cube = rampScene().spectra.reshaped(to: [3, 4, 5])

  /// Makes hard links from names to a place in the file.
  private func link(_ url: URL, _ place: String, _ names: [String]) {
    let file = H5Fopen(url.path, 1, 0)
    for name in names { #expect(H5Lcreate_hard(file, place, file, name, 0, 0) >= 0) }
    H5Fclose(file)
  }

  @Test("links that lead back to their own group are gone through once", .timeLimit(.minutes(1)))
  func cycles() throws {
    try withTemporaryDirectory { directory in
      let url = directory.appendingPathComponent("a.h5")
      let file = try HDF5File(creating: url)
      try file.write(cube, to: "deep/spectra")
      try file.close()
      link(url, "/", ["a", "b", "c", "d", "deep/e", "deep/f"])
      link(url, "/deep/spectra", ["deep/twin"])
      let scene = try Scene(contentsOf: url)
      checkScene(scene)
      #expect(scene.spectra == rampScene().spectra)
    }
  }

  @Test("a MATLAB file with links that lead back, or two ways to one group, is refused", .timeLimit(.minutes(1)))
  func cyclesInMATLAB() throws {
    try withTemporaryDirectory { directory in
      for place in ["/", "/group"] {
        let url = directory.appendingPathComponent("a.mat")
        let fixture = MATFixture(url, .seven3)
        fixture.add("Y", [3, 4, 5], (0..<60).map { 0.1 + Double($0) / 256 })
        _ = fixture.close()
        let file = H5Fopen(url.path, 1, 0)
        H5Gclose(H5Gcreate2(file, "group", 0, 0, 0))
        H5Fclose(file)
        link(url, place, ["a", "b", "c", "d"])
        let error = #expect(throws: SceneError.self) { try Scene(contentsOf: url) }
        guard case .refused? = error else {
          Issue.record("\(String(describing: error))")
          return
        }
        try FileManager.default.removeItem(at: url)
      }
    }
  }

  @Test("abundances and endmembers are read by name, from the scene's own file or another, and cropped by the window")
  func truth() throws {
    try withTemporaryDirectory { directory in
      let url = directory.appendingPathComponent("a.h5")
      let file = try HDF5File(creating: url)
      try file.write(cube, to: "spectra")
      try file.write(Tensor([3, 4, 2], (0..<24).map { Scalar($0) / 32 }), to: "truth/fractions")
      try file.write(Tensor([2, 5], (0..<10).map { Scalar($0) / 16 }), to: "truth/minerals")
      try file.write(["a", "b"], to: "truth/labels")
      try file.close()
      var options = ReadingOptions()
      (options.variable, options.abundanceVariable) = ("spectra", "truth/fractions")
      (options.endmemberVariable, options.nameVariable) = ("truth/minerals", "truth/labels")
      options.bands = [4, 1]
      options.window = .init(rows: 1..<3, columns: 2..<4)
      let scene = try Scene(contentsOf: url, options: options)
      checkScene(scene)
      for truth in [try #require(scene.truth), try GroundTruth.read(url, options: options, for: scene)] {
        #expect(truth.names == ["a", "b"])
        // Pixels 6, 7, 10 and 11 of the whole image.
        #expect(truth.abundances.scalars == [12, 13, 14, 15, 20, 21, 22, 23].map { Scalar($0) / 32 })
        #expect(truth.endmembers?.spectra.scalars == [4, 1, 9, 6].map { Scalar($0) / 16 })
      }
    }
  }

  @Test("a library is scaled as NetCDF states it")
  func library() throws {
    try withTemporaryDirectory { directory in
      let url = directory.appendingPathComponent("a.nc")
      let file = try HDF5File(creating: url)
      try file.write(Tensor([2, 3], [1_000, 2_000, -9_999, 4_000, 5_000, 6_000]), to: "library")
      try file.setAttribute("_FillValue", of: "library", to: -9_999.0)
      try file.setAttribute("scale_factor", of: "library", to: 1e-4)
      try file.setAttribute("add_offset", of: "library", to: 0.5)
      try file.close()
      let library = try SpectralLibrary(contentsOf: url)
      let expected: [Scalar] = [0.6, 0.7, .nan, 0.9, 1, 1.1]
      #expect(library.completeBands == [0, 1])
      #expect(zip(library.spectra.scalars, expected).allSatisfy { $1.isNaN ? $0.isNaN : abs($0 - $1) < 1e-6 })
      #expect(library.notes.contains { $0.field == "scale" })
    }
  }
}

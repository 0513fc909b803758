import CHDF5
import Foundation
import Scenes
import Tensors
import Testing

@Suite("HDF5 files")
struct HDF5FileTests {
  @Test("everything that is written is read back")
  func roundTrip() throws {
    try withTemporaryDirectory { directory in
      let url = directory.appendingPathComponent("a.h5")
      let tensor = Tensor([2, 3], [1, -0.0, .infinity, 1e-30, 3.25, 7])
      let file = try HDF5File(creating: url)
      try file.write(tensor, to: "group/inner/tensor")
      try file.write(tensor, to: "packed", compression: 9)
      try file.write(Tensor(2.5), to: "number")
      try file.write(Tensor.zeros([0, 4]), to: "empty")
      try file.write([1.5, .nan, -.infinity], to: "doubles")
      try file.write([Int64.min, 0, .max], to: "integers")
      try file.write([0, 255] as [UInt8], dimensions: [2, 1], to: "bytes")
      try file.write(["", "größer, {x}", "z\n"], to: "texts")
      try file.write([String](), to: "no texts")
      try file.setAttribute("text", to: "äöü")
      try file.setAttribute("empty", to: "")
      try file.setAttribute("number", of: "doubles", to: 0.1)
      try file.setAttribute("integer", of: "group", to: Int64(1) << 60)
      try file.setAttribute("numbers", of: "group", to: [1, 2, 3])
      try file.close()

      let back = try HDF5File(reading: url)
      #expect(try back.tensor("/group/inner/tensor") == tensor)
      #expect(try back.tensor("packed") == tensor)
      #expect(try back.tensor("number").scalar == 2.5)
      #expect(try back.tensor("empty").shape == [0, 4])
      #expect(try back.doubles("doubles").map(\.bitPattern) == [1.5, .nan, -.infinity].map(\.bitPattern))
      #expect(try back.integers("integers") == [.min, 0, .max])
      #expect(try back.bytes("bytes") == [0, 255])
      #expect(try back.description(of: "bytes") == back.description(of: "bytes"))
      #expect(try back.description(of: "bytes").dimensions == [2, 1])
      #expect(try back.strings("texts") == ["", "größer, {x}", "z\n"])
      #expect(try back.strings("no texts") == [])
      #expect(try back.text(attribute: "text") == "äöü")
      #expect(try back.text(attribute: "empty") == "")
      #expect(try back.text(attribute: "none") == nil)
      #expect(try back.doubles(attribute: "number", of: "doubles") == [0.1])
      #expect(try back.integer(attribute: "integer", of: "group") == 1 << 60)
      #expect(try back.doubles(attribute: "numbers", of: "group") == [1, 2, 3])
      #expect(
        try back.names() == ["bytes", "doubles", "empty", "group", "integers", "no texts", "number", "packed", "texts"])
      #expect(try back.names(in: "group/inner") == ["tensor"])
      #expect(try back.isGroup("group") && !back.isGroup("doubles") && back.isDataset("doubles"))
      #expect(try !back.contains("group/none"))
    }
  }

  @Test("the same content is the same bytes")
  func deterministic() throws {
    try withTemporaryDirectory { directory in
      let files = try ["a.h5", "b.h5"].map { name in
        let url = directory.appendingPathComponent(name)
        let file = try HDF5File(creating: url)
        try file.write(Tensor.ones([4, 4]), to: "x/y", compression: 4)
        try file.close()
        return try Data(contentsOf: url)
      }
      #expect(files[0] == files[1])
    }
  }

  @Test("what is missing or of another kind is an error naming it")
  func errors() throws {
    try withTemporaryDirectory { directory in
      let url = directory.appendingPathComponent("a.h5")
      let file = try HDF5File(creating: url)
      try file.write([1.0], to: "numbers")
      try file.write(["x"], to: "texts")
      try file.makeGroup("group")
      try file.close()
      let back = try HDF5File(reading: url)
      for body in [
        { _ = try back.doubles("none") }, { _ = try back.doubles("texts") }, { _ = try back.strings("numbers") },
        { _ = try back.doubles("group") }, { _ = try back.names(in: "numbers") },
      ] as [() throws -> Void] {
        let error = #expect(throws: SceneError.self) { try body() }
        #expect(error?.path == url.path)
      }
      #expect(throws: SceneError.self) { try HDF5File(creating: url) }
      #expect(throws: SceneError.self) { try HDF5File(reading: directory.appendingPathComponent("none.h5")) }
      #expect(throws: SceneError.self) { try HDF5File(reading: directory) }
    }
  }

  /// A file of 179 bytes with an external link `outside` to `secret.h5` and a soft link `inside` to `/outside`. It is
  /// spelt out because links of this kind can no longer be made once a file was opened.
  private static let foreignLinks = """
    iUhERg0KGgoDCAgAAAAAAAAAAAD//////////7MAAAAAAAAAMAAAAAAAAACVVVaLT0hEUgIAeAISAAAAAP//////////////////\
    //8KAgABAAAGIAAAAQhAB291dHNpZGUTAABzZWNyZXQuaDUAL3NlY3JldAAGFAAAAQgBBmluc2lkZQgAL291dHNpZGUAHAAAAAAA\
    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAHDzX7w=
    """

  private func expectRefusal(_ body: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation) {
    let error = #expect(throws: SceneError.self, sourceLocation: sourceLocation) { try body() }
    guard case .refused? = error else {
      Issue.record("\(String(describing: error))", sourceLocation: sourceLocation)
      return
    }
  }

  @Test("links that lead out of the file are refused, also behind a link inside it")
  func foreignLinks() throws {
    try withTemporaryDirectory { directory in
      let other = try HDF5File(creating: directory.appendingPathComponent("secret.h5"))
      try other.write([42.0], to: "secret")
      try other.close()
      let url = directory.appendingPathComponent("links.h5")
      try #require(Data(base64Encoded: Self.foreignLinks)).write(to: url)
      let file = try HDF5File(reading: url)
      #expect(try file.names() == ["inside", "outside"])
      expectRefusal { _ = try file.doubles("outside") }
      expectRefusal { _ = try file.contains("outside/further") }
      #expect(throws: SceneError.self) { try file.doubles("inside") }
    }
  }

  @Test("values stored in another file are refused")
  func foreignStorage() throws {
    try withTemporaryDirectory { directory in
      let secret = directory.appendingPathComponent("secret")
      try Data(count: 8).write(to: secret)
      let url = directory.appendingPathComponent("a.h5")
      let file = H5Fcreate(url.path, 2, 0, 0)
      let space = H5Screate_simple(1, [1], nil)
      let creation = H5Pcreate(alu_h5_dataset_create())
      H5Pset_external(creation, secret.path, 0, 8)
      H5Dclose(H5Dcreate2(file, "stored", alu_h5_stored_double(), space, 0, creation, 0))
      H5Pclose(creation)
      H5Sclose(space)
      H5Fclose(file)
      expectRefusal { _ = try HDF5File(reading: url).doubles("stored") }
    }
  }

  @Test("no truncation of a file crashes or reads half")
  func truncation() throws {
    try withTemporaryDirectory { directory in
      let url = directory.appendingPathComponent("a.h5")
      let file = try HDF5File(creating: url)
      try file.write(Tensor([4], [1, 2, 3, 4]), to: "x")
      try file.close()
      let bytes = try Data(contentsOf: url)
      // Five is no divisor of any field's size, so every kind of field is cut.
      for count in stride(from: 0, to: bytes.count, by: 5) {
        try bytes.prefix(count).write(to: url)
        do {
          let back = try HDF5File(reading: url)
          #expect(try back.tensor("x").scalars == [1, 2, 3, 4])
        } catch is SceneError {}
      }
    }
  }

  @Test("a declared size that the file cannot hold is refused before memory is asked for")
  func bombs() throws {
    try withTemporaryDirectory { directory in
      let url = directory.appendingPathComponent("a.h5")
      let file = H5Fcreate(url.path, 2, 0, 0)
      let space = H5Screate_simple(2, [1 << 31, 1 << 30], nil)
      let creation = H5Pcreate(alu_h5_dataset_create())
      H5Pset_chunk(creation, 2, [64, 64])
      let dataset = H5Dcreate2(file, "bomb", alu_h5_stored_double(), space, 0, creation, 0)
      #expect(dataset >= 0)
      H5Dclose(dataset)
      H5Pclose(creation)
      H5Sclose(space)
      H5Fclose(file)
      let error = #expect(throws: SceneError.self) { try HDF5File(reading: url).tensor("bomb") }
      guard case .tooLarge? = error else {
        Issue.record("\(String(describing: error))")
        return
      }
    }
  }

  @Test("a flipped bit among values is damage, told with the dataset", arguments: [nil, 4] as [Int?])
  func damagedValues(compression: Int?) throws {
    try withTemporaryDirectory { directory in
      let url = directory.appendingPathComponent("a.h5")
      let file = try HDF5File(creating: url)
      try file.write(Tensor([64], (0..<64).map { Scalar($0) + 0.5 }), to: "group/values", compression: compression)
      try file.write(["calcite", "dolomite"], to: "names")
      try file.setAttribute("description", to: "seed 1")
      try file.close()
      let bytes = try Data(contentsOf: url)
      let whole = try content(url)
      var told = 0
      for place in stride(from: 0, to: bytes.count, by: 1) {
        var damaged = bytes
        damaged[place] ^= 1 << (place % 8)
        try damaged.write(to: url)
        // Some bytes of a file mean nothing.
        do {
          #expect(try content(url) == whole, "byte \(place)")
        } catch let error as SceneError {
          if error.description.contains("group/values") && error.description.contains("damaged") { told += 1 }
        }
      }
      #expect(told > (compression == nil ? 64 * MemoryLayout<Scalar>.size - 1 : 32))
    }
  }

  private struct Content: Equatable {
    var values: Tensor
    var names: [String]
    var description: String?
  }

  private func content(_ url: URL) throws -> Content {
    let file = try HDF5File(reading: url)
    return Content(
      values: try file.tensor("group/values"), names: try file.strings("names"),
      description: try file.text(attribute: "description"))
  }
}

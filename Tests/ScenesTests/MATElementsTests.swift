import Foundation
import Scenes
import Tensors
import Testing

@Suite("Elements of MATLAB files")
struct MATElementsTests {
  private let cube = MATBytes.doubles("Y", [3, 4, 5], (0..<60).map { 0.1 + Double($0) / 256 })

  private func error(_ elements: [UInt8]..., edit: (inout ReadingOptions) -> Void = { _ in }) throws -> SceneError {
    try withTemporaryDirectory { directory in
      let url = try MATBytes.file(elements.flatMap { $0 }, in: directory)
      var options = ReadingOptions()
      edit(&options)
      return try #require(throws: SceneError.self) { try Scene(contentsOf: url, options: options) }
    }
  }

  private func check(_ elements: [UInt8]..., sourceLocation: SourceLocation = #_sourceLocation) throws {
    try withTemporaryDirectory { directory in
      let scene = try Scene(contentsOf: MATBytes.file(elements.flatMap { $0 }, in: directory))
      checkScene(scene, sourceLocation: sourceLocation)
      #expect(scene.rows == 3 && scene.columns == 4 && scene.bands == 5, sourceLocation: sourceLocation)
      #expect(scene.value(2, 3, 4) == Scalar(0.1 + 59.0 / 256), sourceLocation: sourceLocation)
    }
  }

  private func isTooLarge(_ error: SceneError) -> Bool {
    if case .tooLarge = error { return true }
    return false
  }

  @Test("structures and cells nested deeper than anybody needs are refused, compressed or not")
  func nesting() throws {
    for nest in [MATBytes.nested(structures: 100_000), MATBytes.nested(cells: 100_000)] {
      #expect(isTooLarge(try error(nest, cube)))
      #expect(isTooLarge(try error(MATBytes.compressed(nest), cube)))
      // Behind a structure that is harmless itself.
      #expect(isTooLarge(try error(MATBytes.structure("s", [("a", cube), ("b", nest)]), cube)))
    }
  }

  @Test("a compressed cell array that declares a billion members is refused at once")
  func compressedBomb() throws {
    let zeros = [UInt8](repeating: 0, count: 1_000_000)
    let start = Date()
    let bomb = MATBytes.element(14, MATBytes.start(1, [1 << 20, 1 << 10], "c") + zeros, declaring: 1 << 31)
    #expect(MATBytes.compressed(bomb).count < 2_000)
    #expect(isTooLarge(try error(MATBytes.compressed(bomb), cube)))
    // As many members as a million bytes could hold, each of them empty.
    let empty = MATBytes.element(14, [])
    let many = MATBytes.matrix(1, [1 << 19, 1], "c", [[UInt8]](repeating: empty, count: 1 << 19).flatMap { $0 })
    #expect(isTooLarge(try error(MATBytes.compressed(many), cube)))
    // It took 14 s before; milliseconds are expected, and other tests run beside this one.
    #expect(Date().timeIntervalSince(start) < 5)
  }

  @Test("harmless structures, cells and empty members do not stand in the way of the cube")
  func harmless() throws {
    let text = MATBytes.matrix(4, [1, 4], "", MATBytes.element(4, [116, 0, 114, 0, 101, 0, 101, 0]))
    let inner = MATBytes.structure("", [("a", text), ("b", MATBytes.element(14, []))])
    let structure = MATBytes.structure("info", [("text", text), ("deeper", inner)])
    let cells = MATBytes.matrix(1, [2, 1], "list", text + inner)
    for extra in [structure, cells] {
      try check(extra, cube)
      try check(MATBytes.compressed(extra), cube)
      try check(cube, MATBytes.compressed(extra))
      try check(MATBytes.compressed(extra), MATBytes.compressed(cube), extra)
    }
  }

  @Test("a compressed variable of any length may stand before one that is not compressed")
  func mixedCompression() throws {
    var remainders: Set<Int> = []
    // Longer than the sides of the cube, whose bands a vector may tell.
    for length in 6...60 {
      let values = (0..<length).map { Double(($0 * 7_919 + length * 104_729) % 1_009) / 7 }
      let packed = MATBytes.compressed(MATBytes.doubles("v", [1, length], values))
      remainders.insert(packed.count % 8)
      try check(packed, cube)
    }
    #expect(remainders.count == 8)
  }

  @Test("a damaged variable in the middle is an error, not the end of the file")
  func damagedMiddle() throws {
    let first = MATBytes.doubles("first", [1, 2], [0.5, 0.25])
    for packed in [false, true] {
      // A class that does not exist, extents that are no whole numbers, an element that is no matrix.
      let damages: [[UInt8]] = [
        MATBytes.element(14, MATBytes.element(6, MATBytes.word(6)) + MATBytes.element(9, [1, 2, 3, 4])),
        MATBytes.element(
          14, MATBytes.element(6, MATBytes.word(6) + MATBytes.word(0)) + MATBytes.element(9, [1, 2, 3, 4])),
        MATBytes.element(3, [1, 2, 3, 4]),
      ]
      for damage in damages {
        let middle = packed ? MATBytes.compressed(damage) : damage
        _ = try error(first, middle, cube) { $0.variable = "Y" }
        // The file must not look as if it held nothing else either.
        _ = try error(cube, middle, first)
      }
    }
    var broken = MATBytes.compressed(first)
    broken[9] ^= 0xFF
    _ = try error(cube, broken, first)
  }

  @Test("no flipped bit of a compressed variable goes unnoticed, first or last")
  func flippedBits() throws {
    let extra = MATBytes.doubles("extra", [1, 9], (0..<9).map { Double($0 * 7_919 % 101) / 7 })
    let packed = [MATBytes.compressed(cube), MATBytes.compressed(extra)]
    var refused = 0
    for (damaged, element) in packed.enumerated() {
      for place in element.indices {
        var elements = packed
        elements[damaged][place] ^= 1 << (place % 8)
        // A few bits after the last code mean nothing.
        do { try check(elements[0], elements[1]) } catch is SceneError { refused += 1 }
      }
    }
    #expect(refused >= packed.map(\.count).reduce(-2, +))
  }

  @Test("a file with complex numbers only is told from one without numbers")
  func complex() throws {
    let part = MATBytes.element(9, (0..<60).flatMap { value in withUnsafeBytes(of: Double(value)) { Array($0) } })
    let head =
      MATBytes.element(6, MATBytes.word(6 | 0x800) + MATBytes.word(0))
      + MATBytes.element(5, [3, 4, 5].flatMap(MATBytes.word))
      + MATBytes.element(1, Array("Y".utf8))
    #expect(try error(MATBytes.element(14, head + part + part)).description.contains("Y (3×4×5, complex)"))
  }
}

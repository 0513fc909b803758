import Scenes
import Tensors
import Testing
import Unmixing

@Suite struct SplitTests {
  private func scene(_ rows: Int, _ columns: Int, isValid: [Bool]? = nil) -> Scene {
    Scene(name: "s", rows: rows, columns: columns, spectra: Tensor.ones([rows * columns, 2]), isValid: isValid)
  }

  @Test(arguments: [Split.none, .random(training: 0.8), .blocks(training: 0.6)])
  func dividesTheValidPixelsAndNoOthers(split: Split) throws {
    let mask = (0..<23 * 17).map { $0 % 7 != 3 }
    let parts = try split.pixels(of: scene(23, 17, isValid: mask), seed: 3)
    #expect((parts.training + parts.test).sorted() == mask.indices.filter { mask[$0] })
    #expect(parts.training == parts.training.sorted() && parts.test == parts.test.sorted())
    #expect(parts.test.isEmpty == (split == .none))
  }

  @Test func roundsTheShareOfARandomSplit() throws {
    let parts = try Split.random(training: 0.8).pixels(of: scene(9, 7), seed: 1)
    // 0.2 · 63 = 12.6
    #expect(parts.test.count == 13)
  }

  @Test func drawsEveryPixelAboutEquallyOften() throws {
    // Seeds 0–399, 25 pixels, 5 held out: each count is Binomial(400, 0.2), mean 80, sd 8. Bounds at 5 sd fail a fair
    // draw with probability below 25 · 10⁻⁶.
    var counts = [Int](repeating: 0, count: 25)
    for seed in 0..<400 {
      for pixel in try Split.random(training: 0.8).pixels(of: scene(5, 5), seed: UInt64(seed)).test {
        counts[pixel] += 1
      }
    }
    #expect(counts.allSatisfy { abs($0 - 80) <= 40 }, "\(counts)")
  }

  @Test func holdsOutWholeTiles() throws {
    let (rows, columns) = (30, 20)
    let parts = try Split.blocks(training: 0.8).pixels(of: scene(rows, columns), seed: 11)
    let tile = { (pixel: Int) in (pixel / columns) / 6 * 5 + (pixel % columns) / 4 }
    let held = Set(parts.test.map(tile))
    // 0.2 · 25 tiles of 6 × 4 pixels.
    #expect(held.count == 5)
    #expect(parts.test.count == 5 * 24)
    #expect(held.isDisjoint(with: parts.training.map(tile)))
  }

  @Test func countsOnlyTilesThatHoldPixels() throws {
    // Four pixels fall into four of the 25 tiles: one is held out.
    let parts = try Split.blocks(training: 0.8).pixels(of: scene(2, 2), seed: 5)
    #expect(parts.test.count == 1 && parts.training.count == 3)
  }

  @Test func dependsOnTheSeedAlone() throws {
    let split = Split.random(training: 0.5)
    #expect(try split.pixels(of: scene(8, 8), seed: 4) == split.pixels(of: scene(8, 8), seed: 4))
    #expect(try split.pixels(of: scene(8, 8), seed: 4) != split.pixels(of: scene(8, 8), seed: 5))
  }

  @Test func keepsAtLeastOnePixelOnEitherSide() throws {
    #expect(try Split.random(training: 0.999).pixels(of: scene(1, 3), seed: 0).test.count == 1)
    #expect(try Split.random(training: 0.001).pixels(of: scene(1, 3), seed: 0).training.count == 1)
    #expect(throws: UnmixingError.emptyPart(part: "test", split: "random:0.5", validPixels: 1)) {
      try Split.random(training: 0.5).pixels(of: scene(1, 1), seed: 0)
    }
    #expect(throws: UnmixingError.emptyPart(part: "training", split: "none", validPixels: 0)) {
      try Split.none.pixels(of: scene(1, 1, isValid: [false]), seed: 0)
    }
  }

  @Test(arguments: [Split.none, .random(training: 0.8), .blocks(training: 0.25)])
  func readsWhatItPrints(split: Split) throws {
    #expect(try Split(parsing: split.description) == split)
  }

  @Test(arguments: [
    ("rnd:0.8", "split: expected none, random:SHARE or block:SHARE, as in random:0.8, found \"rnd:0.8\""),
    ("", "split: expected none, random:SHARE or block:SHARE, as in random:0.8, found \"\""),
    ("none:0.5", "split: expected none, random:SHARE or block:SHARE, as in random:0.8, found \"none:0.5\""),
    ("random", "split: expected a training share between 0 and 1, as in random:0.8, found \"random\""),
    ("block:80", "split: expected a training share between 0 and 1, as in block:0.8, found \"block:80\""),
    ("random:", "split: expected a training share between 0 and 1, as in random:0.8, found \"random:\""),
    ("random:0.8:1", "split: expected a training share between 0 and 1, as in random:0.8, found \"random:0.8:1\""),
    ("random:nan", "split: expected a training share between 0 and 1, as in random:0.8, found \"random:nan\""),
  ])
  func saysWhatASplitLooksLike(text: String, message: String) {
    do {
      let split = try Split(parsing: text)
      Issue.record("\"\(text)\" was read as \(split)")
    } catch {
      #expect("\(error)" == message)
    }
  }
}

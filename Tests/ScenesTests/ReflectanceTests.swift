import Foundation
import Scenes
import Tensors
import Testing

@Suite("From stored numbers to reflectance")
struct ReflectanceTests {
  private func read(
    _ fixture: ENVIFixture, _ edit: (inout ReadingOptions) -> Void = { _ in }
  ) throws -> Scene {
    try withTemporaryDirectory { directory in
      var options = ReadingOptions()
      edit(&options)
      let scene = try Scene(contentsOf: fixture.write(in: directory), options: options)
      checkScene(scene)
      return scene
    }
  }

  @Test("large values without a stated scale are refused, with what was found")
  func unstated() throws {
    let fixture = ENVIFixture(type: 2) { line, sample, band in Double(1_000 + line * 400 + sample * 50 + band) }
    let error = #expect(throws: SceneError.self) { try read(fixture) }
    guard case .unstatedScale(_, let median, let maximum)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(maximum == 1_954)
    #expect(median > 1_000 && median < 1_954)
  }

  @Test("the same scene as floats, as integers × 10000 and with gains is the same reflectance")
  func sameReflectance() throws {
    // One sample in a hundred is negative, as noise leaves it.
    let stored: @Sendable (Int, Int, Int) -> Double = { line, sample, band in
      (line + sample + band) % 100 == 99 ? -12 : Double(100 + line * 37 + sample * 11 + band)
    }
    let float = try read(
      ENVIFixture(samples: 30, lines: 40, bands: 40, type: 5) { stored($0, $1, $2) / 10_000 })
    var integers = ENVIFixture(samples: 30, lines: 40, bands: 40, type: 2, value: stored)
    integers.more = "reflectance scale factor = 10000"
    let scaled = try read(integers)
    integers.more = "data gain values = {\([String](repeating: "0.0001", count: 40).joined(separator: ", "))}"
    let gained = try read(integers)
    integers.more = ""
    let stated = try read(integers) { $0.scale = .factor(10_000) }
    #expect(scaled.spectra == float.spectra)
    #expect(stated.spectra == float.spectra)
    // 0.0001 is not exact: one rounding more.
    #expect(zip(gained.spectra.scalars, float.spectra.scalars).allSatisfy { abs($0 - $1) <= abs($1) * 2e-7 })
    #expect(scaled.notes.contains { $0.field == "values" && $0.found.contains("negative") })
  }

  @Test("of several stated calibrations one is applied, once, and the others are noted")
  func oneCalibration() throws {
    var fixture = ENVIFixture(type: 2)
    let gains = [String](repeating: "0.001", count: 5).joined(separator: ", ")
    fixture.more = "reflectance scale factor = 1000\ndata gain values = {\(gains)}"
    let scene = try read(fixture)
    #expect(scene.value(2, 3, 4) == Scalar(fixture.value(2, 3, 4) / 1_000))
    #expect(scene.notes.contains { $0.field == "data gain values" && $0.action == "not applied" })
    fixture.more = "data reflectance gain values = {\(gains)}\ndata reflectance offset values = {.1,.1,.1,.1,.1}"
    let linear = try read(fixture)
    #expect(linear.value(2, 3, 4) == Scalar(0.001 * fixture.value(2, 3, 4) / 1 + 0.1))
  }

  @Test("a stated factor overrides the file's, and the maximum makes the largest value 1")
  func askedFor() throws {
    var fixture = ENVIFixture(type: 2)
    fixture.more = "reflectance scale factor = 10"
    #expect(try read(fixture) { $0.scale = .factor(200) }.value(0, 0, 0) == 1 / 200)
    let scene = try read(fixture) { $0.scale = .maximum }
    #expect(scene.spectra.maximum().scalar == 1)
    #expect(throws: SceneError.self) { try read(fixture) { $0.scale = .factor(0) } }
  }

  @Test("dead, not finite and ignored pixels are masked, zeroed and counted; the others are untouched")
  func masking() throws {
    let special: @Sendable (Int, Int, Int) -> Double? = { line, sample, band in
      switch (line, sample) {
      case (0, 0): 0
      case (0, 1): band == 2 ? .nan : nil
      case (1, 1): band == 0 ? .infinity : nil
      case (2, 3): band == 4 ? -9_999 : nil
      default: nil
      }
    }
    let clean = ENVIFixture { line, sample, band in 0.1 + Double(line * 40 + sample * 7 + band) / 500 }
    var dirty = clean
    dirty.value = { special($0, $1, $2) ?? clean.value($0, $1, $2) }
    dirty.more = "data ignore value = -9999"
    let scene = try read(dirty)
    let reference = try read(clean)
    #expect(scene.isValid.indices.filter { !scene.isValid[$0] } == [0, 1, 5, 11])
    #expect(scene.validPixels.count == 8)
    for pixel in scene.validPixels { #expect(scene.spectra[pixel] == reference.spectra[pixel]) }
    let note = try #require(scene.notes.first { $0.field == "pixels" })
    #expect(note.found.contains("1 dead") && note.found.contains("2 not finite") && note.found.contains("1 at the"))
  }

  @Test("an ignore value of 0 masks empty pixels, not single dark bands")
  func zeroIgnored() throws {
    var fixture = ENVIFixture { line, sample, band in
      line == 1 ? 0 : line == 0 && sample == 0 && band == 2 ? 0 : 0.1 + Double(line + sample + band) / 50
    }
    fixture.more = "data ignore value = 0"
    let scene = try read(fixture)
    #expect(scene.validPixels == [0, 1, 2, 3, 8, 9, 10, 11])
    #expect(scene.value(0, 0, 2) == 0)
  }

  @Test("the ignore value of whole numbers is met exactly; of printed fractions nearly")
  func exactIgnoreValue() throws {
    // Below 2²⁴ every whole number has a place of its own in single precision.
    for type in [3, 13, 14, 15] {
      let fixture = ENVIFixture(type: type) { line, sample, band in
        Double(8_000_000 + (line == 1 && sample == 2 && band == 3 ? 0 : 1 + line * 2 + (sample + band) % 2))
      }
      let scene = try read(fixture) { ($0.ignoreValue, $0.scale) = (8_000_000, .factor(1e7)) }
      #expect(scene.isValid.indices.filter { !scene.isValid[$0] } == [6])
    }
    let floats = ENVIFixture(type: 4) { line, sample, band in
      line == 1 && sample == 2 && band == 3 ? -1.23e34 : 0.1 + Double(line + sample + band) / 50
    }
    let scene = try read(floats) { $0.ignoreValue = -1.2300001e34 }
    #expect(scene.isValid.indices.filter { !scene.isValid[$0] } == [6])
  }

  @Test("a scene without any valid pixel is refused with the counts")
  func nothingValid() throws {
    let error = #expect(throws: SceneError.self) { try read(ENVIFixture { _, _, _ in 0 }) }
    guard case .noValidPixels(_, 12, 0, 0)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    #expect(throws: SceneError.self) { try read(ENVIFixture { _, _, _ in .nan }) }
  }

  @Test("bands that do not vary are refused by number, dropped or kept as asked")
  func constantBands() throws {
    let fixture = ENVIFixture { line, sample, band in band == 3 ? 0.25 : 0.1 + Double(line * 4 + sample) / 50 }
    let error = #expect(throws: SceneError.self) { try read(fixture) }
    guard case .constantBands(_, [3])? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    let dropped = try read(fixture) { $0.constantBands = .drop }
    #expect(dropped.sourceBands == [0, 1, 2, 4])
    #expect(dropped.notes.contains { $0.field == "bands" && $0.severity == .warning })
    #expect(try read(fixture) { $0.constantBands = .keep }.bands == 5)
    #expect(throws: SceneError.self) { try read(ENVIFixture { _, _, _ in 0.5 }) }
    let flat = #expect(throws: SceneError.self) {
      try read(ENVIFixture { _, _, _ in 0.5 }) { $0.constantBands = .drop }
    }
    #expect(flat?.description.contains("at least one that varies") == true, "\(String(describing: flat))")
  }

  @Test("a band that is missing in every pixel masks no pixel")
  func emptyBand() throws {
    let fixture = ENVIFixture { line, sample, band in band == 1 ? .nan : 0.1 + Double(line * 4 + sample + band) / 50 }
    let error = try #require(throws: SceneError.self) { try read(fixture) }
    guard case .emptyBands(_, [1]) = error else {
      Issue.record("\(error)")
      return
    }
    #expect(error.description.contains("hold no measurement") && !error.description.contains("do not vary"))
    let dropped = try read(fixture) { $0.constantBands = .drop }
    #expect(dropped.bands == 4 && dropped.validPixels.count == 12)
    let kept = try read(fixture) { $0.constantBands = .keep }
    #expect(kept.bands == 5 && kept.value(1, 1, 1) == 0)
  }

  @Test("one pixel is a scene; one band is a scene")
  func smallest() throws {
    let pixel = try read(ENVIFixture(samples: 1, lines: 1) { _, _, band in 0.1 + Double(band) / 10 })
    #expect(pixel.pixelCount == 1 && pixel.bands == 5)
    let band = try read(ENVIFixture(bands: 1) { line, sample, _ in 0.1 + Double(line * 4 + sample) / 50 })
    #expect(band.bands == 1)
  }

  @Test("chosen bands come in the order asked for")
  func chosenBands() throws {
    let fixture = ENVIFixture { line, sample, band in 0.125 + Double(line * 20 + sample * 5 + band) / 128 }
    let scene = try read(fixture) { $0.bands = [4, 0] }
    #expect(scene.sourceBands == [4, 0])
    #expect(scene.value(1, 2, 0) == Scalar(fixture.value(1, 2, 4)))
    #expect(throws: SceneError.self) { try read(fixture) { $0.bands = [5] } }
    #expect(throws: SceneError.self) { try read(fixture) { $0.bands = [1, 1] } }
  }
}

import Testing
import Unmixing

/// A picture comes back from its file pixel by pixel.
struct PNGImageTests {
  @Test(arguments: [(1, 1), (7, 3), (301, 40), (2_731, 4)])
  func pixelsSurviveTheFile(width: Int, height: Int) throws {
    var image = PNGImage(width: width, height: height)
    for y in 0..<height {
      for x in 0..<width {
        // Thirds of noise, of flat squares, and of paper exercise literals, both distances and every length.
        let noise = UInt8(truncatingIfNeeded: (x &* 7_919 &+ y &* 104_729) >> 3)
        if x % 3 == 0 || x < width / 3 { image[x, y] = PNGImage.Color(noise, noise &* 3, noise &* 7) }
        if x > width * 2 / 3 { image[x, y] = ColorMap.color(Double(x / 9 % 5) / 4) }
      }
    }
    let file = try PNGReader(image.encoded)
    #expect(file.width == width && file.height == height)
    for y in 0..<height {
      for x in 0..<width where file[x, y] != image[x, y] { Issue.record("pixel (\(x), \(y)) differs") }
    }
  }

  @Test func flatPicturesAreSmall() {
    let image = PNGImage(width: 500, height: 500)
    // 750 000 bytes; deflate takes at most 258 of them with about 12 bits.
    #expect(image.encoded.count < 6_000)
  }

  @Test func drawingOutsideDoesNothing() {
    var image = PNGImage(width: 4, height: 4)
    let before = image.encoded
    image.fill(x: 4..<9, y: -3..<0, with: .black)
    image[-1, 2] = .black
    #expect(image.encoded == before)
  }

  @Test func linesReachBothEnds() {
    var image = PNGImage(width: 9, height: 9)
    image.line(from: (1, 7), to: (6, 2), in: .black)
    #expect(image[1, 7] == .black && image[6, 2] == .black)
    // On a diagonal every step is one pixel.
    #expect((0...5).allSatisfy { image[1 + $0, 7 - $0] == .black })
  }
}

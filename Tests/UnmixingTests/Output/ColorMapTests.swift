import Foundation
import Testing
import Unmixing

/// The colour map rises evenly in lightness, so that it can be read without colours.
struct ColorMapTests {
  @Test func lightnessRisesEvenly() {
    let lightness = ColorMap.table.map(Self.lightness)
    let steps = zip(lightness, lightness.dropFirst()).map { $1 - $0 }
    #expect(steps.allSatisfy { $0 > 0 })
    // Rounding to bytes moves OKLab's lightness by up to 0.002 a colour; clipping at the gamut's edge by little more.
    let even = 0.75 / 255
    for (index, value) in lightness.enumerated() {
      #expect(abs(value - (0.20 + even * Double(index))) < 0.02, "colour \(index)")
    }
  }

  @Test func numbersOutsideAreClampedAndUnknownOnesGray() {
    #expect(ColorMap.color(-3) == ColorMap.color(0))
    #expect(ColorMap.color(7) == ColorMap.color(1))
    #expect(ColorMap.color(.nan) == .gray)
  }

  /// OKLab's L of an sRGB colour.
  private static func lightness(_ color: PNGImage.Color) -> Double {
    let linear = [color.red, color.green, color.blue].map { byte -> Double in
      let value = Double(byte) / 255
      return value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }
    let (r, g, b) = (linear[0], linear[1], linear[2])
    let l = cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b)
    let m = cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b)
    let s = cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b)
    return 0.2104542553 * l + 0.7936177850 * m - 0.0040720468 * s
  }
}

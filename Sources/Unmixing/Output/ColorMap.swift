import Foundation

/// Colours for numbers from 0 to 1, equally far apart to the eye and readable in grey.
///
///     L(t) = 0.20 + 0.75 t,   h(t) = 300° − 200° t,   C(t) = 0.045 + 0.12 sin(π t^0.9)
///
/// in OKLCh: lightness rises evenly from dark violet over blue and green to light yellow, so order is seen without a
/// legend and by the colour-blind.
///
/// - Edge cases: numbers outside are clamped; NaN is grey.
/// - Source: Ottosson, *A perceptual color space for image processing*, 2020, for OKLab and its matrices.
package enum ColorMap {
  /// The colour of a number.
  package static func color(_ value: Double) -> PNGImage.Color {
    guard !value.isNaN else { return .gray }
    let t = min(max(value, 0), 1)
    let lightness = 0.20 + 0.75 * t
    let hue = (300 - 200 * t) * .pi / 180
    let wanted = 0.045 + 0.12 * sin(.pi * pow(t, 0.9))
    // Where a screen cannot show the chroma, the most it can show: clipping would change the lightness.
    var (shown, tooMuch) = (0.0, wanted)
    if isShown(linear(lightness, wanted, hue)) { shown = wanted }
    for _ in 0..<20 where shown < wanted {
      let middle = (shown + tooMuch) / 2
      if isShown(linear(lightness, middle, hue)) { shown = middle } else { tooMuch = middle }
    }
    let intensities = linear(lightness, shown, hue)
    return PNGImage.Color(byte(intensities.red), byte(intensities.green), byte(intensities.blue))
  }

  /// 256 colours from 0 to 1.
  package static let table: [PNGImage.Color] = (0..<256).map { color(Double($0) / 255) }

  /// The linear intensities of an OKLCh colour; outside 0 … 1 where a screen cannot show it.
  private static func linear(
    _ lightness: Double, _ chroma: Double, _ hue: Double
  ) -> (red: Double, green: Double, blue: Double) {
    let (a, b) = (chroma * cos(hue), chroma * sin(hue))
    let long = lightness + 0.3963377774 * a + 0.2158037573 * b
    let medium = lightness - 0.1055613458 * a - 0.0638541728 * b
    let short = lightness - 0.0894841775 * a - 1.2914855480 * b
    let (l, m, s) = (long * long * long, medium * medium * medium, short * short * short)
    return (
      4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
      -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
      -0.0041960863 * l - 0.7034186147 * m + 1.7076147010 * s
    )
  }

  private static func isShown(_ color: (red: Double, green: Double, blue: Double)) -> Bool {
    [color.red, color.green, color.blue].allSatisfy { $0 >= 0 && $0 <= 1 }
  }

  /// A linear intensity as an sRGB byte.
  private static func byte(_ linear: Double) -> UInt8 {
    let clamped = min(max(linear, 0), 1)
    let encoded = clamped <= 0.0031308 ? 12.92 * clamped : 1.055 * pow(clamped, 1 / 2.4) - 0.055
    return UInt8((encoded * 255).rounded())
  }
}

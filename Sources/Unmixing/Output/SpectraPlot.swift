import Foundation
import Scenes
import Tensors

/// A picture of the spectra of a library, one line each, with a legend.
///
/// The axis is wavelength where it is known and the number of the band elsewhere. Lines break where channels were dropped (at
/// steps of more than three times the usual one) and at values that are not finite.
package struct SpectraPlot {
  private let library: SpectralLibrary
  private let width = 760
  private let height = 420
  private let margin = 44
  private let legend = 190
  private let lettering = Lettering(dot: 2)

  /// A picture of all spectra of a library.
  package init(_ library: SpectralLibrary) { self.library = library }

  /// A PNG file.
  package var bytes: [UInt8] { image().encoded }

  /// The picture.
  func image() -> PNGImage {
    var image = PNGImage(width: width, height: height)
    let places = library.axis?.wavelengths ?? (0..<library.bands).map { Double($0 + 1) }
    let values = library.spectra.scalars.map { Double($0) }
    let finite = values.filter(\.isFinite)
    let (low, high) = (min(0, finite.min() ?? 0), max(finite.max() ?? 1, .leastNormalMagnitude))
    let (first, last) = (places.min() ?? 0, places.max() ?? 1)
    let (left, right, top, bottom) = (margin, width - legend, 18, height - margin)
    func point(_ place: Double, _ value: Double) -> (x: Int, y: Int) {
      let across = last > first ? (place - first) / (last - first) : 0.5
      return (
        left + Int(Double(right - left) * across), bottom - Int(Double(bottom - top) * (value - low) / (high - low))
      )
    }
    let order = places.indices.sorted { places[$0] < places[$1] }
    let steps = zip(order.dropFirst(), order).map { places[$0] - places[$1] }.sorted()
    let gap = 3 * (steps.isEmpty ? 1 : steps[steps.count / 2])
    for k in 0..<library.count {
      let color = Self.color(k, of: library.count)
      for (next, band) in zip(order.dropFirst(), order) where places[next] - places[band] <= gap {
        let (from, to) = (values[k * library.bands + band], values[k * library.bands + next])
        guard from.isFinite, to.isFinite else { continue }
        let (start, end) = (point(places[band], from), point(places[next], to))
        image.line(from: start, to: end, in: color)
        image.line(from: (start.x, start.y + 1), to: (end.x, end.y + 1), in: color)
      }
      let y = top + k * (lettering.height + 6)
      image.fill(x: right + 10..<right + 24, y: y + 3..<y + 7, with: color)
      lettering.draw(lettering.fitted(library.names[k], width: legend - 34), x: right + 30, y: y, on: &image)
    }
    let frame = PNGImage.Color(90, 90, 90)
    image.line(from: (left, top), to: (left, bottom), in: frame)
    image.line(from: (left, bottom), to: (right, bottom), in: frame)
    lettering.draw(Numeral.short(high), x: 2, y: top, on: &image)
    lettering.draw(Numeral.short(low), x: 2, y: bottom - lettering.height, on: &image)
    lettering.draw(Numeral.short(first), x: left, y: bottom + 10, on: &image)
    let end = Numeral.short(last) + (library.axis == nil ? "" : " NM")
    lettering.draw(end, x: right - lettering.width(of: end), y: bottom + 10, on: &image)
    return image
  }

  /// Colours evenly over the map, less its lightest part, which paper swallows.
  private static func color(_ k: Int, of count: Int) -> PNGImage.Color {
    ColorMap.table[count < 2 ? 60 : 215 * k / (count - 1)]
  }
}

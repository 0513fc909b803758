import Foundation

/// A picture of a loss curve: one point an epoch, the loss from its least to its most.
///
/// Losses that are all positive and span more than two powers of ten are drawn on a logarithmic axis, which the caption
/// says.
struct LossPlot {
  private let losses: [Double]
  private let isLogarithmic: Bool
  private let width = 640
  private let height = 360
  private let margin = 40

  init(_ history: [EpochRecord]) {
    let losses = history.map(\.loss).filter(\.isFinite)
    let least = losses.min() ?? 0
    isLogarithmic = least > 0 && (losses.max() ?? 0) > 100 * least
    self.losses = losses
  }

  /// The picture.
  func image() -> PNGImage {
    var image = PNGImage(width: width, height: height)
    let lettering = Lettering(dot: 2)
    let frame = PNGImage.Color(90, 90, 90)
    let (left, right, top, bottom) = (margin, width - margin / 2, margin, height - margin)
    image.line(from: (left, top), to: (left, bottom), in: frame)
    image.line(from: (left, bottom), to: (right, bottom), in: frame)
    lettering.draw("LOSS" + (isLogarithmic ? " (LOG)" : ""), x: left + 90, y: 8, on: &image)
    lettering.draw("EPOCH 1 - \(losses.count)", x: left, y: bottom + 14, on: &image)
    let heights = losses.map { isLogarithmic ? log($0) : $0 }
    guard let least = heights.min(), let most = heights.max() else { return image }
    let span = max(most - least, .leastNormalMagnitude)
    let places = heights.enumerated().map { index, value in
      (
        x: left + (right - left) * index / max(1, heights.count - 1),
        y: bottom - Int(Double(bottom - top) * (value - least) / span)
      )
    }
    for (from, to) in zip(places, places.dropFirst()) {
      image.line(from: from, to: to, in: ColorMap.table[80])
      image.line(from: (from.x, from.y + 1), to: (to.x, to.y + 1), in: ColorMap.table[80])
    }
    lettering.draw("\(Numeral.short(losses.max() ?? 0))", x: 2, y: top - 14, on: &image)
    lettering.draw("\(Numeral.short(losses.min() ?? 0))", x: 2, y: bottom - 10, on: &image)
    return image
  }
}

/// The loss curve as a file's bytes.
package enum LossPicture {
  /// A PNG file.
  package static func bytes(of history: [EpochRecord]) -> [UInt8] { LossPlot(history).image().encoded }
}

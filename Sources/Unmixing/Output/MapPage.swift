import Tensors

/// One picture of all abundance maps above their standard deviations, with names and a colour scale.
///
/// Abundances run from 0 to 1, standard deviations from 0 to the largest there is (written at their scale). Masked
/// pixels are grey. Small scenes are enlarged by whole factors, large ones thinned, to maps about 240 pixels wide; six maps
/// stand in a line.
struct MapPage {
  private let estimate: Estimate
  private let enlargement: Int
  private let thinning: Int
  private let lettering = Lettering(dot: 2)
  private let gap = 12

  init(_ estimate: Estimate) {
    self.estimate = estimate
    let side = max(estimate.rows, estimate.columns)
    enlargement = max(1, 240 / max(side, 1))
    thinning = max(1, (side + 479) / 480)
  }

  private var mapWidth: Int { max(1, (estimate.columns + thinning - 1) / thinning * enlargement) }
  private var mapHeight: Int { max(1, (estimate.rows + thinning - 1) / thinning * enlargement) }

  /// The most maps in a line.
  private static let mostInLine = 6

  private var cellWidth: Int { max(mapWidth, 96) + gap }
  private var cellHeight: Int { mapHeight + lettering.height + 2 * gap }

  /// The picture.
  func image() -> PNGImage {
    let count = estimate.endmemberCount
    let kinds = estimate.deviation == nil ? 1 : 2
    let lines = (count + Self.mostInLine - 1) / Self.mostInLine
    let across = min(count, Self.mostInLine)
    var image = PNGImage(width: gap + across * cellWidth + 110, height: gap + lines * kinds * cellHeight)
    let largest = estimate.deviation.map { $0.scalars.reduce(1e-6) { max($0, $1.isFinite ? Double($1) : 0) } } ?? 1
    for line in 0..<lines {
      let shown = line * across..<min(count, (line + 1) * across)
      let y = gap + line * kinds * cellHeight
      draw(estimate.mean, shown, "", upTo: 1, y: y, on: &image)
      if let deviation = estimate.deviation {
        draw(deviation, shown, "SD ", upTo: largest, y: y + cellHeight, on: &image)
      }
    }
    return image
  }

  /// The map of k̂ from 0 to 1; pixels without one are grey.
  func imageOfShapes() -> PNGImage? {
    guard let shapes = estimate.paretoShape else { return nil }
    var image = PNGImage(width: gap + cellWidth + 110, height: gap + cellHeight)
    caption("PARETO K", x: gap, y: gap, width: cellWidth - gap, on: &image)
    let below = gap + lettering.height + gap / 2
    draw(shapes, 0, of: 1, upTo: 1, x: gap, y: below, on: &image)
    scale(upTo: 1, x: gap + cellWidth, y: below, on: &image)
    return image
  }

  /// A line of maps with their names and a scale.
  private func draw(
    _ values: Tensor, _ shown: Range<Int>, _ prefix: String, upTo top: Double, y: Int, on image: inout PNGImage
  ) {
    let below = y + lettering.height + gap / 2
    for (place, k) in shown.enumerated() {
      let x = gap + place * cellWidth
      caption(prefix + estimate.names[k], x: x, y: y, width: cellWidth - gap, on: &image)
      draw(values, k, of: estimate.endmemberCount, upTo: top, x: x, y: below, on: &image)
    }
    scale(upTo: top, x: gap + shown.count * cellWidth, y: below, on: &image)
  }

  private func caption(_ text: String, x: Int, y: Int, width: Int, on image: inout PNGImage) {
    lettering.draw(lettering.fitted(text, width: width), x: x, y: y, on: &image)
  }

  private func draw(
    _ values: Tensor, _ k: Int, of count: Int, upTo top: Double, x: Int, y: Int, on image: inout PNGImage
  ) {
    values.withUnsafeScalars { values in
      for mapRow in 0..<mapHeight {
        let row = mapRow / enlargement * thinning
        for mapColumn in 0..<mapWidth {
          let pixel = row * estimate.columns + mapColumn / enlargement * thinning
          let value = Double(values[pixel * count + k]) / top
          let isShown = estimate.isValid[pixel] && !value.isNaN
          let color = isShown ? ColorMap.table[Int((min(max(value, 0), 1) * 255).rounded())] : .gray
          image[x + mapColumn, y + mapRow] = color
        }
      }
    }
  }

  private func scale(upTo top: Double, x: Int, y: Int, on image: inout PNGImage) {
    let height = max(mapHeight, 2)
    for row in 0..<height {
      let shade = 255 * (height - 1 - row) / (height - 1)
      image.fill(x: x..<x + 16, y: y + row..<y + row + 1, with: ColorMap.table[shade])
    }
    lettering.draw(Numeral.short(top), x: x + 22, y: y, on: &image)
    lettering.draw("0", x: x + 22, y: y + height - lettering.height, on: &image)
  }
}

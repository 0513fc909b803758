import Tensors

/// One picture of all abundance maps above their standard deviations, with names and a colour scale.
///
/// Abundances run from 0 to 1, standard deviations from 0 to the largest there is (written at their scale). Masked
/// pixels are grey. Small scenes are enlarged by whole factors, large ones thinned, to maps about 240 pixels wide.
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

  /// The picture.
  func image() -> PNGImage {
    let count = estimate.endmemberCount
    let lines = estimate.deviation == nil ? 1 : 2
    let cellWidth = max(mapWidth, 96) + gap
    let cellHeight = mapHeight + lettering.height + 2 * gap
    var image = PNGImage(width: gap + count * cellWidth + 110, height: gap + lines * cellHeight)
    for k in 0..<count {
      let x = gap + k * cellWidth
      caption("\(estimate.names[k])", x: x, y: gap, width: cellWidth - gap, on: &image)
      draw(estimate.mean, k, upTo: 1, x: x, y: gap + lettering.height + gap / 2, on: &image)
    }
    scale(upTo: 1, x: gap + count * cellWidth, y: gap + lettering.height + gap / 2, on: &image)
    guard let deviation = estimate.deviation else { return image }
    let largest = max(Double(deviation.maximum().scalar), 1e-6)
    let y = gap + cellHeight
    for k in 0..<count {
      let x = gap + k * cellWidth
      caption("SD \(estimate.names[k])", x: x, y: y, width: cellWidth - gap, on: &image)
      draw(deviation, k, upTo: largest, x: x, y: y + lettering.height + gap / 2, on: &image)
    }
    scale(upTo: largest, x: gap + count * cellWidth, y: y + lettering.height + gap / 2, on: &image)
    return image
  }

  private func caption(_ text: String, x: Int, y: Int, width: Int, on image: inout PNGImage) {
    lettering.draw(lettering.fitted(text, width: width), x: x, y: y, on: &image)
  }

  private func draw(_ values: Tensor, _ k: Int, upTo top: Double, x: Int, y: Int, on image: inout PNGImage) {
    let count = estimate.endmemberCount
    values.withUnsafeScalars { values in
      for mapRow in 0..<mapHeight {
        let row = mapRow / enlargement * thinning
        for mapColumn in 0..<mapWidth {
          let pixel = row * estimate.columns + mapColumn / enlargement * thinning
          let value = Double(values[pixel * count + k]) / top
          let shade = Int((min(max(value, 0), 1) * 255).rounded())
          image[x + mapColumn, y + mapRow] = estimate.isValid[pixel] ? ColorMap.table[shade] : .gray
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

import Foundation
import Scenes

/// A matrix as a report holds it: 16 bits a number, differences from one to the next, compressed, in letters.
///
///     value = least[row] + step[row] · q,   q = 0 … 65534;   65535 stands for no number
///
/// What is compressed are the high bytes of all differences modulo 2¹⁶, then the low ones: neighbours are alike, so the
/// high bytes are nearly all zeros. The error is at most half a step, 1/131,068 of the range.
struct PageArray: Encodable {
  /// Maps, bands or coefficients.
  let rows: Int
  /// Pixels.
  let columns: Int
  /// The number that q = 0 stands for, row by row.
  let least: [Double]
  /// The number that q grows by.
  let step: [Double]
  /// Whether a difference is from the row above; else from the number before in the row.
  let downwards: Bool
  /// The bytes in base 64.
  let data: String

  private static let most = 65_534.0
  private static let nothing: UInt16 = 65_535

  /// The matrix of `value(row, column)`; a number that is not finite is none.
  ///
  /// - Parameter downwards: whether rows resemble each other more than neighbours in a row do, as bands do. They then
  ///   share one range.
  init(rows: Int, columns: Int, downwards: Bool = false, _ value: (_ row: Int, _ column: Int) -> Double) {
    let values = (0..<rows).map { row in (0..<columns).map { value(row, $0) } }
    let own = values.map(Self.range)
    let common = Self.range(values.flatMap { $0 })
    let ranges = downwards ? own.map { _ in common } : own
    let steps = ranges.map { max(($0.upperBound - $0.lowerBound) / Self.most, .leastNormalMagnitude) }
    var (high, low) = ([UInt8](), [UInt8]())
    high.reserveCapacity(rows * columns)
    low.reserveCapacity(rows * columns)
    var above = [UInt16](repeating: 0, count: columns)
    for row in 0..<rows {
      var before: UInt16 = 0
      for column in 0..<columns {
        let stored = Self.stored(values[row][column], from: ranges[row].lowerBound, by: steps[row])
        let difference = stored &- (downwards ? above[column] : before)
        high.append(UInt8(difference >> 8))
        low.append(UInt8(truncatingIfNeeded: difference))
        (above[column], before) = (stored, stored)
      }
    }
    self.rows = rows
    self.columns = columns
    self.downwards = downwards
    least = ranges.map(\.lowerBound)
    step = steps
    data = Data(ZlibStream.compressed(high + low)).base64EncodedString()
  }

  private static func stored(_ value: Double, from least: Double, by step: Double) -> UInt16 {
    value.isFinite ? UInt16(min(max(((value - least) / step).rounded(), 0), most)) : nothing
  }

  private static func range(_ values: [Double]) -> ClosedRange<Double> {
    var (least, most) = (Double.infinity, -Double.infinity)
    for value in values where value.isFinite { (least, most) = (min(least, value), max(most, value)) }
    return least <= most ? least...most : 0...0
  }
}

import Foundation
import Synthetic
import TestSupport
import Testing

@Suite struct FourierTransformTests {
  /// A grid of irregular numbers in −1…1.
  private func grid(rows: Int, columns: Int) -> ComplexGrid {
    var grid = ComplexGrid(rows: rows, columns: columns)
    for i in 0..<rows * columns {
      grid.real[i] = sin(Double(i * i % 97) + 0.3)
      grid.imaginary[i] = cos(Double(i * 31 % 89) * 1.7)
    }
    return grid
  }

  @Test(arguments: [(1, 1), (1, 8), (8, 1), (4, 16), (16, 2), (32, 8)])
  func equalsTheDefiningSum(rows: Int, columns: Int) {
    let input = grid(rows: rows, columns: columns)
    var output = input
    output.transform()
    for k in 0..<rows {
      for l in 0..<columns {
        var (real, imaginary) = (0.0, 0.0)
        for r in 0..<rows {
          for c in 0..<columns {
            let angle = -2 * Double.pi * (Double(k * r) / Double(rows) + Double(l * c) / Double(columns))
            let i = r * columns + c
            real += input.real[i] * cos(angle) - input.imaginary[i] * sin(angle)
            imaginary += input.real[i] * sin(angle) + input.imaginary[i] * cos(angle)
          }
        }
        let i = k * columns + l
        expectClose(
          [output.real[i], output.imaginary[i]], [real, imaginary], absolute: 1e-11,
          because: "256 terms of size 1, angles up to 10³ radians in the defining sum")
      }
    }
  }

  @Test func returnsAfterFourTransforms() {
    let input = grid(rows: 64, columns: 128)
    var output = input
    for _ in 0..<4 { output.transform() }
    let scale = Double(64 * 128) * Double(64 * 128)
    expectClose(
      output.real.map { $0 / scale }, input.real, absolute: 1e-13,
      because: "its fourth power is (MN)², here divided out")
    expectClose(
      output.imaginary.map { $0 / scale }, input.imaginary, absolute: 1e-13, because: "rounding of 4 × 13 passes")
  }
}

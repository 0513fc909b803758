import Foundation
import Probability
import Tensors
import TestSupport
import Testing

struct BijectorTests {
  private static let places: [[Scalar]] = [[0.3, -1.2, 0.7], [2, 0, -3], [-0.1, 0.4, 0.2]]

  @Test(arguments: [Bijector.identity, .exponential, .softmaxCentred, .stickBreaking])
  func goesThereAndBack(bijector: Bijector) {
    let coordinates = Tensor([3, 3], Self.places.flatMap { $0 })
    let back = bijector.unconstrained(bijector.constrained(coordinates).value)
    expectClose(back, coordinates, absolute: 1e-5, because: "logarithms of rounded parts")
  }

  @Test(arguments: [Bijector.softmaxCentred, .stickBreaking]) func landsOnTheSimplex(bijector: Bijector) {
    let value = bijector.constrained(Tensor([3, 3], Self.places.flatMap { $0 })).value
    #expect(value.shape == [3, 4] && value.scalars.allSatisfy { $0 > 0 })
    expectClose(value.sum(along: -1), .ones([3]), absolute: 1e-6, because: "four roundings")
    let centre = bijector.constrained(.zeros([1, 3])).value
    expectClose(centre, Tensor(repeating: 0.25, [1, 4]), absolute: 1e-6, because: "zero is the centre")
  }

  /// det ∂x/∂z of the first d components by central differences, 3 × 3 by Sarrus.
  @Test(arguments: [Bijector.exponential, .softmaxCentred, .stickBreaking])
  func logDeterminantsAreThoseOfDifferences(bijector: Bijector) {
    for place in Self.places {
      let step: Scalar = 1e-2
      let columns = (0..<3).map { i -> [Double] in
        // Six points, so that steps can be long enough for single precision.
        let weights: [(Scalar, Double)] = [(1, 0.75), (2, -0.15), (3, 1.0 / 60)]
        var slope = [0.0, 0, 0]
        for (distance, weight) in weights {
          for sign in [Scalar(1), -1] {
            var moved = place
            moved[i] += sign * distance * step
            let value = bijector.constrained(Tensor([1, 3], moved)).value.scalars
            for j in 0..<3 { slope[j] += Double(sign) * weight * Double(value[j]) / Double(step) }
          }
        }
        return slope
      }
      let (a, b, c) = (columns[0], columns[1], columns[2])
      let determinant =
        a[0] * (b[1] * c[2] - b[2] * c[1]) - b[0] * (a[1] * c[2] - a[2] * c[1]) + c[0] * (a[1] * b[2] - a[2] * b[1])
      let found = bijector.constrained(Tensor([1, 3], place)).logDeterminant.scalars[0]
      // 10⁻⁷ of rounding over steps of 10⁻² in each of three columns, relative to columns as small as 0.02.
      expectClose(Double(found), log(abs(determinant)), absolute: 5e-3, because: "differences in Scalar")
    }
  }
}

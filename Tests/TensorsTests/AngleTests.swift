import Foundation
import Tensors
import TestSupport
import Testing

@Suite struct AngleTests {
  /// The vectors [1, 0, 0] and [cos θ, sin θ, 0].
  private func pair(_ angle: Double) -> [Tensor] {
    [Tensor([1, 3], [1, 0, 0]), Tensor([1, 3], [Scalar(cos(angle)), Scalar(sin(angle)), 0])]
  }

  @Test func anExample() {
    let (x, y) = (Tensor([2, 2], [1, 0, 1, 1]), Tensor([2, 2], [0, 3, 2, 0]))
    expectClose(x.angle(to: y), Tensor([.pi / 2, .pi / 4]), relative: 1.2e-7, because: "rounded once")
  }

  @Test func equalDirectionsHaveAngleZero() {
    let x = irregular([7, 156], in: 0.01...0.9)
    #expect(x.angle(to: x) == .zeros([7]))
    #expect(x.angle(to: 2 * x) == .zeros([7]))
    expectClose(x.angle(to: 3 * x), .zeros([7]), absolute: 1e-7, because: "3x is rounded to 1 ulp")
  }

  @Test func oppositeDirectionsHaveAngleΠ() {
    let x = irregular([7, 156], in: 0.01...0.9)
    #expect(x.angle(to: -x) == Tensor(repeating: Scalar(Double.pi), [7]))
  }

  @Test func tinyAnglesAreResolved() {
    for angle in [1e-3, 1e-4, 1e-6, 1e-10] {
      let vectors = pair(angle)
      expectClose(Double(vectors[0].angle(to: vectors[1]).scalar), angle, relative: 2e-7, because: "sin θ in Float")
    }
    let one = Tensor([1, 2], [1, 1])
    let next = Tensor([1, 2], [1, Scalar(1).nextUp])
    // The tangent of the difference is ulp/2 to first order.
    expectClose(
      Double(one.angle(to: next).scalar), Double(Scalar.ulpOfOne) / 2, relative: 1e-3, because: "Double sees one ulp")
  }

  @Test func brightnessDoesNotMatter() {
    let (x, y) = (irregular([5, 20], in: 0.1...1), irregular([5, 20], in: 0.1...1, salt: 1))
    for brightness: Scalar in [1e-15, 0.25, 1e15] {
      expectClose(
        (x * brightness).angle(to: y), x.angle(to: y), relative: 1e-6, because: "the product is rounded to 1 ulp")
    }
  }

  @Test func aSpectrumThatIsNotFiniteHasNoAngle() {
    for number in [Scalar.infinity, -.infinity, .nan] {
      var vectors = [Tensor([2, 3], [1, number, 2, 1, 2, 3]), Tensor([2, 3], [1, 2, 3, 3, 1, 1])]
      let angles = vectors[0].angle(to: vectors[1]).scalars
      #expect(angles[0].isNaN && angles[1] > 0 && angles[1] < 1)
      #expect(vectors[1].angle(to: vectors[0]).scalars[0].isNaN)
      let (_, slope) = valueAndGradient(at: &vectors) { $0[0].angle(to: $0[1]).sum() }
      #expect(slope[1].scalars[..<3].allSatisfy { $0.isNaN } && slope[1].scalars[3...].allSatisfy { $0.isFinite })
    }
  }

  @Test func gradientsAgreeWithFiniteDifferences() {
    let (x, y) = (irregular([4, 6]), irregular([4, 6], salt: 1))
    checkGradient(of: { $0[0].angle(to: $0[1]) }, at: [x, y])
    checkGradient(of: { $0.angle(to: y) }, at: x)
    checkGradient(of: { y.angle(to: $0) }, at: x)
    checkGradient(of: { $0[0].angle(to: $0[1]) }, at: [x, irregular([6], salt: 2)])
    checkGradient(of: { $0[0].angle(to: $0[1]) }, at: [irregular([4, 1, 6]), irregular([3, 6], salt: 2)])
  }

  @Test(arguments: [2e-3, 0.01, 0.1, 1.5, 3.1, Double.pi - 2e-3]) func slopesAreThoseOfTheFormula(_ angle: Double) {
    var vectors = pair(angle)
    let (_, slope) = valueAndGradient(at: &vectors) { $0[0].angle(to: $0[1]).sum() }
    // Turning x by dθ towards y shortens the angle by dθ; both are unit vectors.
    expectClose(slope[0], Tensor([1, 3], [0, -1, 0]), absolute: 1e-4, because: "θ is rounded to Float beside 10⁻³")
    expectClose(
      slope[1], Tensor([1, 3], [-Scalar(sin(angle)), Scalar(cos(angle)), 0]), absolute: 1e-4,
      because: "θ is rounded to Float beside 10⁻³")
  }

  @Test func theSlopeIsHeldNearThePoles() {
    for (angle, expected) in [(0, 0), (1e-5, 1e-2), (5e-4, 0.5), (Double.pi - 5e-4, 0.5), (Double.pi, 0)] {
      var vectors = pair(angle)
      if angle == .pi { vectors[1] = -vectors[0] }
      let (_, slope) = valueAndGradient(at: &vectors) { $0[0].angle(to: $0[1]).sum() }
      expectClose(
        Double(slope[0].norm(along: 0, 1).scalar), expected, absolute: 1e-3, because: "sin θ / sin 10⁻³, π in Float")
    }
  }

  @Test func zeroVectorsAreAtRightAnglesToEverything() {
    let x = Tensor([3, 2], [0, 0, 1, 2, 0, 0])
    let y = Tensor([3, 2], [1, 2, 0, 0, 0, 0])
    var vectors = [x, y]
    let (value, slope) = valueAndGradient(at: &vectors) { $0[0].angle(to: $0[1]).sum() }
    expectClose(Double(value), 1.5 * .pi, relative: 1e-6, because: "three roundings")
    #expect(slope == [.zeros([3, 2]), .zeros([3, 2])])
  }

  @Test func aNaNStaysInItsRow() {
    let angles = Tensor([2, 2], [.nan, 1, 1, 0]).angle(to: Tensor([2, 2], [1, 1, 1, 0])).scalars
    #expect(angles[0].isNaN && angles[1] == 0)
  }

  @Test func extremeNumbersNeitherOverflowNorVanish() {
    #if !DoublePrecision
      let (x, y) = (Tensor([1, 2], [3e38, 0]), Tensor(repeating: .leastNonzeroMagnitude, [1, 2]))
      expectClose(x.angle(to: y), Tensor([.pi / 4]), relative: 1.2e-7, because: "rounded once")
    #endif
    #expect(Tensor.zeros([0, 4]).angle(to: Tensor.zeros([0, 4])).shape == [0])
  }
}

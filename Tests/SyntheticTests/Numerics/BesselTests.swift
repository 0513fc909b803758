import Foundation
import Synthetic
import TestSupport
import Testing

@Suite struct BesselTests {
  /// (ν, x, K_ν(x)), printed by References/bessel.py.
  static let references: [(Double, Double, Double)] = [
    (0, 0.001, 7.0236888005623813),
    (0, 0.1, 2.4270690247020166),
    (0, 1, 0.42102443824070833),
    (0, 3.5, 0.019598897170368489),
    (0, 20, 5.7412378153365243e-10),
    (0, 300, 3.7236948548891433e-132),
    (0.3, 0.001, 14.406547529041028),
    (0.3, 0.1, 2.8050564750215723),
    (0.3, 1, 0.43507602420880202),
    (0.3, 3.5, 0.019823927203346403),
    (0.3, 20, 5.7538625183587375e-10),
    (0.3, 300, 3.7242525232458952e-132),
    (0.5, 0.001, 39.593659513116644),
    (0.5, 0.1, 3.5861668387972601),
    (0.5, 1, 0.46106850444789456),
    (0.5, 3.5, 0.020229969578139293),
    (0.5, 20, 5.7763739747074447e-10),
    (0.5, 300, 3.7252441396544858e-132),
    (1, 0.001, 999.99623815608557),
    (1, 0.1, 9.8538447808706061),
    (1, 1, 0.60190723019723457),
    (1, 3.5, 0.022239392925923834),
    (1, 20, 5.8830579695570382e-10),
    (1, 300, 3.7298958583323727e-132),
    (1.5, 0.001, 39633.25317262976),
    (1.5, 0.1, 39.447835226769862),
    (1.5, 1, 0.92213700889578912),
    (1.5, 3.5, 0.026009960886179091),
    (1.5, 20, 6.0651926734428169e-10),
    (1.5, 300, 3.7376616201200007e-132),
    (2, 0.001, 1999999.5000009717),
    (2, 0.1, 199.50396464211414),
    (2, 1, 1.6248388986351775),
    (2, 3.5, 0.032307121699467823),
    (2, 20, 6.3295436122922281e-10),
    (2, 300, 3.7485608272780257e-132),
    (2.5, 0.001, 118899799.11154879),
    (2.5, 0.1, 1187.0212236418931),
    (2.5, 1, 3.2274795311352619),
    (2.5, 3.5, 0.0425242217662928),
    (2.5, 20, 6.6861528757238672e-10),
    (2.5, 300, 3.7626207558556858e-132),
    (3.7, 0.001, 3411810326257.2821),
    (3.7, 0.1, 135700.95509144958),
    (3.7, 1, 24.759623670612215),
    (3.7, 3.5, 0.10255324035593305),
    (3.7, 20, 8.0121366346436374e-10),
    (3.7, 300, 3.8094884119422047e-132),
    (10, 0.001, 1.8579455483904008e+38),
    (10, 0.1, 1.857429584630401e+18),
    (10, 1, 180713289.90102945),
    (10, 3.5, 482.53582096664728),
    (10, 20, 6.3162145283215798e-9),
    (10, 300, 4.397741124524512e-132),
  ]

  @Test(arguments: references) func agreesWithReferences(order: Double, x: Double, expected: Double) {
    // exp(−x) costs x·2⁻⁵³ of relative accuracy, 3e-14 at x = 300.
    expectClose(
      exp(-x) * Bessel.scaledSecondKind(order: order, at: x), expected, relative: 2e-13,
      because: "documented accuracy is 1e-13")
  }

  @Test func obeysTheRecurrenceBetweenOrders() {
    // K_{ν+1}(x) = K_{ν−1}(x) + 2ν/x K_ν(x).
    for order in [1.0, 1.5, 2.2, 6.0] {
      for x in [0.02, 0.7, 5, 60] {
        let expected =
          Bessel.scaledSecondKind(order: order - 1, at: x)
          + 2 * order / x * Bessel.scaledSecondKind(order: order, at: x)
        expectClose(
          Bessel.scaledSecondKind(order: order + 1, at: x), expected, relative: 3e-13, because: "three evaluations")
      }
    }
  }

  @Test func isInfiniteAtZeroAndFiniteFarOut() {
    #expect(Bessel.scaledSecondKind(order: 1, at: 0) == .infinity)
    #expect(Bessel.scaledSecondKind(order: 50, at: 1e-10) == .infinity)
    // √(π/2x) (1 + 3/8x), whose next term is 3e-9.
    let far = (Double.pi / 1600).squareRoot() * (1 + 3 / 6400)
    expectClose(Bessel.scaledSecondKind(order: 1, at: 800), far, relative: 1e-6, because: "asymptotic series")
  }
}

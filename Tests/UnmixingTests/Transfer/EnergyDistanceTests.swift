import TestSupport
import Tensors
import Testing
import Unmixing

@Suite struct EnergyDistanceTests {
  @Test func isTheFormulaOnFewSpectra() {
    // Points on a line: 0, 3 and 1, 1, 5. E|X−Y| = (1+1+5+2+2+2)/6, E|X−X′| = 3, E|Y−Y′| = (0+4+4)/3.
    let distance = energyDistance(Tensor([2, 1], [0, 3]), Tensor([3, 1], [1, 1, 5]))
    expectClose(distance, 2 * 13.0 / 6 - 3 - 8.0 / 3, absolute: 1e-6, because: "differences in Float")
  }

  @Test func growsWithTheShiftAndVanishesWithoutOne() {
    var random = RandomStream(seed: 17)
    let first = random.normal([600, 4]), second = random.normal([600, 4])
    // For one distribution the estimate's deviation is of the order of 1/600.
    #expect(abs(energyDistance(first, second)) < 0.05)
    let shifts = [0.5, 1, 2].map { energyDistance(first, second + Tensor(Scalar($0))) }
    #expect(shifts[0] > 0.2 && shifts[1] > 2 * shifts[0] && shifts[2] > 2 * shifts[1])
  }

  @Test func ofASingleSpectrumNothingIsKnown() {
    #expect(energyDistance(.zeros([1, 3]), .ones([5, 3])) == 0)
  }
}

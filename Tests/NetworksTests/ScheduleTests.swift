import Networks
import TestSupport
import Tensors
import Testing

@Suite("Schedules")
struct ScheduleTests {
  /// Rates at steps 0, 1, 2, …, worked out by hand.
  static let tables: [(Schedule, [Double])] = [
    (.constant(0.5), [0.5, 0.5, 0.5]),
    // (1 + cos(π t / 4)) / 2: 1, 0.853553, 0.5, 0.146447, 0; between 0.1 and 0.5.
    (.cosine(from: 0.5, to: 0.1, over: 4), [0.5, 0.4414214, 0.3, 0.1585786, 0.1, 0.1]),
    (.step(from: 0.8, by: 0.5, every: 2), [0.8, 0.8, 0.4, 0.4, 0.2]),
    (.exponential(from: 1, by: 0.9), [1, 0.9, 0.81, 0.729]),
    (.warmup(over: 3, then: .exponential(from: 0.4, by: 0.5)), [0.1, 0.2, 0.3, 0.4, 0.2, 0.1]),
    (.warmup(over: 0, then: .constant(1)), [1, 1]),
  ]

  @Test("give the rates of their formulas", arguments: tables.indices)
  func rates(_ index: Int) {
    let (schedule, expected) = Self.tables[index]
    expectClose(
      expected.indices.map { Double(schedule.rate(at: $0)) }, expected, absolute: 1e-7,
      because: "the table has seven decimals")
  }

  @Test("a long exponential decays to 0 without becoming anything else")
  func longDecay() {
    #expect(Schedule.exponential(from: 1, by: 0.9).rate(at: 1_000_000) == 0)
  }
}

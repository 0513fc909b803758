import Testing
import Unmixing

/// Numbers for people.
struct NumeralTests {
  @Test(arguments: [(0.0, "0"), (12.0, "12"), (0.012345, "0.01235"), (-3.5, "-3.5"), (1.5e9, "1.5e+09")])
  func numbersAreShort(value: Double, text: String) { #expect(Numeral.short(value) == text) }

  @Test(arguments: [(0.04, "0.0 s"), (9.94, "9.9 s"), (9.96, "10 s"), (75.0, "1 min 15 s"), (7_500.0, "2 h 5 min")])
  func durationsAreShort(seconds: Double, text: String) { #expect(Numeral.duration(seconds) == text) }

  @Test(arguments: [(512.0, "512 B"), (1.5e6, "1.5 MB"), (2.25e12, "2.2 TB")])
  func sizesAreShort(bytes: Double, text: String) { #expect(Numeral.bytes(bytes) == text) }
}

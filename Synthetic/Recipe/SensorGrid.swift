import Scenes

/// The channels of the imagined spectrometer: evenly spaced centres, some of them dropped.
///
/// - Units: nanometres.
public struct SensorGrid: Sendable, Equatable {
  /// The centre of the first channel.
  public var start: Double
  /// The centre of the last channel.
  public var end: Double
  /// How many channels there are before any is dropped.
  public var count: Int
  /// The full width at half maximum of every channel's Gaussian response.
  public var fwhm: Double
  /// Channels left out, such as those in water vapour, as ranges of numbers that start at 1.
  public var dropped: [ClosedRange<Int>]

  /// A grid of `count` channels from `start` to `end`.
  public init(start: Double, end: Double, count: Int, fwhm: Double, dropped: [ClosedRange<Int>] = []) {
    (self.start, self.end, self.count) = (start, end, count)
    (self.fwhm, self.dropped) = (fwhm, dropped)
  }

  /// The 224 channels of AVIRIS, as if evenly spaced from 370 to 2500 nm and 10 nm wide.
  ///
  /// - Deviation: the instrument's four spectrometers overlap and differ by up to a nanometre in spacing.
  public static let aviris = SensorGrid(start: 370, end: 2500, count: 224, fwhm: 10)

  /// The 0-based numbers of the channels that are kept.
  public var keptChannels: [Int] { (0..<count).filter { channel in !dropped.contains { $0.contains(channel + 1) } } }

  /// The distance between neighbouring centres.
  private var spacing: Double { (end - start) / Double(max(1, count - 1)) }

  /// Where the kept channels lie.
  public var axis: SpectralAxis {
    let centers = keptChannels.map { start + Double($0) * spacing }
    return SpectralAxis(wavelengths: centers, fwhm: centers.map { _ in fwhm })
  }

  /// - Throws: ``RecipeError`` when the numbers make no spectrometer that the materials are known for.
  func validate() throws {
    try check(start >= 350 && start <= 2600, "start", "nanometres from 350 to 2600", "\(start)")
    try check(end > start && end <= 2600, "end", "nanometres above start and up to 2600", "\(end)")
    try check((2...10_000).contains(count), "count", "2 to 10000 channels", "\(count)")
    try check(fwhm > 0 && fwhm <= 200, "fwhm", "nanometres above 0 and up to 200", "\(fwhm)")
    for range in dropped where range.lowerBound < 1 || range.upperBound > count {
      try check(false, "drop", "channels from 1 to \(count)", Self.text(range))
    }
    try check(keptChannels.count >= 2, "drop", "ranges that leave at least 2 of \(count) channels", droppedText)
  }

  private var droppedText: String { dropped.map(Self.text).joined(separator: ", ") }

  private static func text(_ range: ClosedRange<Int>) -> String {
    range.count == 1 ? "\(range.lowerBound)" : "\(range.lowerBound)-\(range.upperBound)"
  }

  /// The range that `104-113` or `76` stands for.
  private static func range(_ text: String) -> ClosedRange<Int>? {
    let ends = text.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard let first = ends.first, let low = first, let last = ends.last, let high = last else { return nil }
    return ends.count <= 2 && low <= high ? low...high : nil
  }
}

extension SensorGrid: Codable {
  private enum Grid: String, CaseIterable { case aviris }

  /// Reads `grid: aviris`, or `start`, `end` and `count`; then `fwhm`, the spacing when absent, and `drop`, nothing.
  public init(from decoder: any Decoder) throws {
    let fields = try RecipeFields(decoder, known: ["grid", "start", "end", "count", "fwhm", "drop"])
    if fields.has("grid") {
      let _: Grid = try fields.choice("grid")
      self = .aviris
      for field in ["start", "end", "count"] where fields.has(field) {
        throw fields.malformed(field, expected: "nothing beside a named grid")
      }
    } else {
      self.init(
        start: try fields.value("start", "a number of nanometres"),
        end: try fields.value("end", "a number of nanometres"),
        count: try fields.value("count", "a whole number of channels"), fwhm: 0)
      fwhm = spacing
    }
    fwhm = try fields.optional("fwhm", "a number of nanometres") ?? fwhm
    let expected = "a list of channels such as 104-113"
    dropped = try (fields.optional("drop", expected, as: [String].self) ?? []).map { text in
      guard let range = Self.range(text) else { throw fields.malformed("drop", expected: expected, found: "“\(text)”") }
      return range
    }
  }

  /// Writes the numbers, also of a named grid; no `fwhm` where the spacing stands for it to the last bit.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: RecipeFields.Key.self)
    try container.encode(start, forKey: "start")
    try container.encode(end, forKey: "end")
    try container.encode(count, forKey: "count")
    if fwhm != spacing { try container.encode(fwhm, forKey: "fwhm") }
    try container.encode(dropped.map(Self.text), forKey: "drop")
  }

  private func check(_ holds: Bool, _ field: String, _ expected: String, _ found: String) throws {
    try require(holds, "sensor.\(field)", expected, found)
  }
}

/// Throws ``RecipeError/malformed(recipe:field:expected:found:)`` unless the condition holds.
func require(_ holds: Bool, _ field: String, _ expected: String, _ found: @autoclosure () -> String) throws {
  if !holds { throw RecipeError.malformed(recipe: "recipe", field: field, expected: expected, found: found()) }
}

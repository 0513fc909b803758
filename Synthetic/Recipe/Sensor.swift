import Scenes

/// The channels of the imagined instrument, some of them dropped.
///
/// - Units: nanometres.
public struct Sensor: Sendable, Equatable {
  /// Where channels lie before any is dropped.
  public enum Channels: Sendable, Equatable {
    /// Those of a known instrument.
    case instrument(Instrument)
    /// One evenly spaced spectrometer.
    case even(Spectrometer)
    /// Any centres with their full widths at half maximum.
    case listed(centers: [Double], fwhm: [Double])
    /// Those of the library that the endmembers are read from, without resampling.
    case ofLibrary
  }

  /// Where channels lie before any is dropped.
  public var channels: Channels
  /// Channels left out, such as those in water vapour, as ranges of numbers that start at 1.
  public var dropped: [ClosedRange<Int>]

  /// An instrument's channels less those dropped.
  public init(_ channels: Channels, dropped: [ClosedRange<Int>] = []) {
    (self.channels, self.dropped) = (channels, dropped)
  }

  /// A grid of `count` channels from `start` to `end`.
  public init(start: Double, end: Double, count: Int, fwhm: Double, dropped: [ClosedRange<Int>] = []) {
    self.init(.even(Spectrometer(start: start, end: end, count: count, fwhm: fwhm)), dropped: dropped)
  }

  /// The channels of a scene: what is synthesised can be compared with it band by band.
  ///
  /// Where the scene states no widths, the way to the nearer neighbour stands for them.
  public init(of axis: SpectralAxis) {
    let sorted = axis.wavelengths.sorted()
    let steps = zip(sorted.dropFirst(), sorted).map { $0 - $1 }.filter { $0 > 0 }.sorted()
    let usual = steps.isEmpty ? 10 : steps[steps.count / 2]
    self.init(.listed(centers: axis.wavelengths, fwhm: axis.fwhm ?? axis.wavelengths.map { _ in usual }))
  }

  /// The 224 channels of AVIRIS.
  public static let aviris = Sensor(.instrument(.aviris))

  /// How many channels there are before any is dropped; `nil` when a library decides.
  public var count: Int? {
    switch channels {
    case .instrument(let instrument): instrument.spectrometers.reduce(0) { $0 + $1.count }
    case .even(let spectrometer): spectrometer.count
    case .listed(let centers, _): centers.count
    case .ofLibrary: nil
    }
  }

  /// The 0-based numbers of the channels that are kept, of so many.
  public func keptChannels(of count: Int) -> [Int] {
    (0..<count).filter { channel in !dropped.contains { $0.contains(channel + 1) } }
  }

  /// Where the kept channels lie; `nil` when a library decides.
  public var axis: SpectralAxis? {
    let whole: SpectralAxis
    switch channels {
    case .instrument(let instrument): whole = SpectralAxis(of: instrument.spectrometers)
    case .even(let spectrometer): whole = SpectralAxis(of: [spectrometer])
    case .listed(let centers, let fwhm): whole = SpectralAxis(wavelengths: centers, fwhm: fwhm)
    case .ofLibrary: return nil
    }
    return whole.selecting(keptChannels(of: whole.count))
  }

  /// - Throws: ``RecipeError`` when the numbers make no instrument.
  func validate() throws {
    switch channels {
    case .instrument, .ofLibrary: break
    case .even(let spectrometer): try spectrometer.validate()
    case .listed(let centers, let fwhm):
      let isValid = centers.count >= 2 && centers.allSatisfy { (100...100_000).contains($0) }
      try require(isValid, "sensor.centers", "at least 2 nanometres from 100 to 100000", "\(centers.prefix(3)) …")
      try require(
        fwhm.count == centers.count && fwhm.allSatisfy { $0 > 0 && $0 <= 1000 }, "sensor.fwhm",
        "\(centers.count) nanometres above 0 and up to 1000", "\(fwhm.count): \(fwhm.prefix(3)) …")
    }
    guard let count else { return }
    try validateDropped(of: count)
  }

  /// - Throws: ``RecipeError`` when channels are dropped that are not there, or too many.
  func validateDropped(of count: Int) throws {
    for range in dropped where range.lowerBound < 1 || range.upperBound > count {
      try require(false, "sensor.drop", "channels from 1 to \(count)", Self.text(range))
    }
    try require(
      keptChannels(of: count).count >= 2, "sensor.drop", "ranges that leave at least 2 of \(count) channels",
      dropped.map(Self.text).joined(separator: ", "))
  }

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

extension Sensor: Codable {
  private enum Grid: String, CaseIterable { case aviris, hydice, prisma, enmap, emit, library }

  /// Reads `grid`, an instrument's name or `library`; or `start`, `end`, `count` and `fwhm`, the spacing when absent; or
  /// `centers` with `fwhm`, a list. Then `drop`, nothing when absent.
  public init(from decoder: any Decoder) throws {
    let fields = try RecipeFields(
      decoder, known: ["grid", "start", "end", "count", "centers", "fwhm", "drop"])
    let expected = "a list of channels such as 104-113"
    let dropped = try (fields.optional("drop", expected, as: [String].self) ?? []).map { text in
      guard let range = Self.range(text) else { throw fields.malformed("drop", expected: expected, found: "“\(text)”") }
      return range
    }
    self.init(try Self.channels(fields), dropped: dropped)
  }

  private static func channels(_ fields: RecipeFields) throws -> Channels {
    if fields.has("grid") {
      let grid: Grid = try fields.choice("grid")
      for field in ["start", "end", "count", "centers", "fwhm"] where fields.has(field) {
        throw fields.malformed(field, expected: "nothing beside a named grid")
      }
      return Instrument(rawValue: grid.rawValue).map(Channels.instrument) ?? .ofLibrary
    }
    if fields.has("centers") {
      for field in ["start", "end", "count"] where fields.has(field) {
        throw fields.malformed(field, expected: "nothing beside centers")
      }
      return .listed(
        centers: try fields.value("centers", "a list of nanometres"),
        fwhm: try fields.value("fwhm", "a list of nanometres"))
    }
    var spectrometer = Spectrometer(
      start: try fields.value("start", "a number of nanometres"),
      end: try fields.value("end", "a number of nanometres"),
      count: try fields.value("count", "a whole number of channels"), fwhm: 0)
    spectrometer.fwhm = try fields.optional("fwhm", "a number of nanometres") ?? spectrometer.spacing
    return .even(spectrometer)
  }

  /// Writes what ``init(from:)`` reads; no `fwhm` where the spacing stands for it to the last bit.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: RecipeFields.Key.self)
    switch channels {
    case .instrument(let instrument): try container.encode(instrument.rawValue, forKey: "grid")
    case .ofLibrary: try container.encode("library", forKey: "grid")
    case .even(let spectrometer):
      try container.encode(spectrometer.start, forKey: "start")
      try container.encode(spectrometer.end, forKey: "end")
      try container.encode(spectrometer.count, forKey: "count")
      if spectrometer.fwhm != spectrometer.spacing { try container.encode(spectrometer.fwhm, forKey: "fwhm") }
    case .listed(let centers, let fwhm):
      try container.encode(centers, forKey: "centers")
      try container.encode(fwhm, forKey: "fwhm")
    }
    try container.encode(dropped.map(Self.text), forKey: "drop")
  }
}

/// Throws ``RecipeError/malformed(recipe:field:expected:found:)`` unless the condition holds.
func require(_ holds: Bool, _ field: String, _ expected: String, _ found: @autoclosure () -> String) throws {
  if !holds { throw RecipeError.malformed(recipe: "recipe", field: field, expected: expected, found: found()) }
}

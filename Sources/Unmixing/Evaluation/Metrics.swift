import Foundation

/// How well a prediction agrees with the truth: numbers under ids that ``MetricDefinition`` explains.
public struct Metrics: Sendable, Equatable {
  /// One number.
  public struct Entry: Sendable, Equatable {
    /// The id, as `abundance.rmse.entry` or `endmember.sad.Tree`.
    public let id: String
    /// The value; always finite.
    public let value: Double

    /// A number under an id, which ``MetricDefinition`` should define.
    public init(_ id: String, _ value: Double) { (self.id, self.value) = (id, value) }
  }

  /// Numbers in the order of reports.
  public struct Values: Sendable, Equatable, RandomAccessCollection {
    private let entries: [Entry]

    /// Entries in the order given.
    ///
    /// - Precondition: every value is finite, no id occurs twice.
    public init(_ entries: [Entry]) {
      for entry in entries { precondition(entry.value.isFinite, "\(entry.id) is \(entry.value)") }
      precondition(Set(entries.map(\.id)).count == entries.count, "an id occurs twice in \(entries.map(\.id))")
      self.entries = entries
    }

    /// The place of the first entry.
    public var startIndex: Int { 0 }
    /// The place after the last entry.
    public var endIndex: Int { entries.count }
    /// The entry at a place.
    public subscript(position: Int) -> Entry { entries[position] }

    /// The value under an id, if it was computed.
    public subscript(id: String) -> Double? { entries.first { $0.id == id }?.value }
  }

  /// Over all compared pixels.
  public let all: Values
  /// Over the held-out pixels; `nil` where there was no split.
  public let test: Values?
  /// For every true endmember the number of the estimate that was paired with it (0-based), or `nil`.
  public let permutation: [Int?]
  /// The numbers of the estimates that stand for no true endmember and are left out.
  public let unpaired: [Int]
  /// The names of the true endmembers, made distinct.
  public let endmembers: [String]
  /// How the pairs were found.
  public let matching: MatchingRule

  /// The results of a comparison.
  ///
  /// - Precondition: as many pairs as endmembers.
  public init(
    all: Values, test: Values? = nil, permutation: [Int?], unpaired: [Int] = [], endmembers: [String],
    matching: MatchingRule
  ) {
    precondition(
      permutation.count == endmembers.count, "\(permutation.count) pairs for \(endmembers.count) endmembers")
    self.all = all
    self.test = test
    self.permutation = permutation
    self.unpaired = unpaired
    self.endmembers = endmembers
    self.matching = matching
  }

  /// The same with more numbers over all pixels, such as what the result cost, and over the held-out ones.
  ///
  /// - Precondition: every value is finite, no id is there already.
  public func adding(_ entries: [Entry], test held: [Entry] = []) -> Metrics {
    Metrics(
      all: Values(Array(all) + entries), test: test.map { Values(Array($0) + held) }, permutation: permutation,
      unpaired: unpaired,
      endmembers: endmembers, matching: matching)
  }

  /// The metrics as a JSON object whose keys keep their order:
  /// `{"all": {id: value}, "test": {id: value}, "permutation": […], "unpaired": […], "endmembers": […],
  /// "matching": "sad"}`.
  ///
  /// `test` is absent where there was no split; an unpaired endmember's place in `permutation` is `null`.
  public var json: String {
    let block = { (values: Values) in
      "{\n" + values.map { "    \($0.id.quotedForJSON): \($0.value)" }.joined(separator: ",\n") + "\n  }"
    }
    var members = ["\"all\": \(block(all))"]
    if let test { members.append("\"test\": \(block(test))") }
    members.append("\"permutation\": [\(permutation.map { $0.map(String.init) ?? "null" }.joined(separator: ", "))]")
    members.append("\"unpaired\": [\(unpaired.map(String.init).joined(separator: ", "))]")
    members.append("\"endmembers\": [\(endmembers.map(\.quotedForJSON).joined(separator: ", "))]")
    members.append("\"matching\": \(matching.rawValue.quotedForJSON)")
    return "{\n  " + members.joined(separator: ",\n  ") + "\n}\n"
  }
}

extension Metrics: Codable {
  private enum Key: String, CodingKey { case all, test, permutation, unpaired, endmembers, matching }

  /// Writes the object ``json`` shows; the encoder decides about the order of keys.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(Self.dictionary(all), forKey: .all)
    try container.encodeIfPresent(test.map(Self.dictionary), forKey: .test)
    try container.encode(permutation, forKey: .permutation)
    try container.encode(unpaired, forKey: .unpaired)
    try container.encode(endmembers, forKey: .endmembers)
    try container.encode(matching, forKey: .matching)
  }

  /// Reads what ``json`` or an encoder wrote, and puts the ids back into the order of reports.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: Key.self)
    let names = try container.decode([String].self, forKey: .endmembers)
    let values = { Values(Self.ordered($0, names: names)) }
    let permutation = try container.decode([Int?].self, forKey: .permutation)
    let all = try container.decode([String: Double].self, forKey: .all)
    let test = try container.decodeIfPresent([String: Double].self, forKey: .test)
    guard permutation.count == names.count else {
      throw DecodingError.dataCorruptedError(
        forKey: .permutation, in: container,
        debugDescription: "permutation: expected \(names.count) entries, found \(permutation.count)")
    }
    guard all.values.allSatisfy(\.isFinite), test?.values.allSatisfy(\.isFinite) ?? true else {
      throw DecodingError.dataCorruptedError(forKey: .all, in: container, debugDescription: "a value is not finite")
    }
    self.init(
      all: values(all), test: test.map(values), permutation: permutation,
      unpaired: try container.decodeIfPresent([Int].self, forKey: .unpaired) ?? [], endmembers: names,
      matching: try container.decode(MatchingRule.self, forKey: .matching))
  }

  private static func dictionary(_ values: Values) -> [String: Double] {
    Dictionary(uniqueKeysWithValues: values.map { ($0.id, $0.value) })
  }

  /// By definition, then by endmember; an id nobody knows comes last.
  private static func ordered(_ values: [String: Double], names: [String]) -> [Entry] {
    let rank = { (id: String) -> [Int] in
      guard let definition = MetricDefinition.of(id), let first = MetricDefinition.all.firstIndex(of: definition)
      else { return [Int.max] }
      let name = MetricDefinition.endmemberName(in: id)
      return [first, name.flatMap(names.firstIndex) ?? 0]
    }
    return values.map { Entry($0, $1) }.sorted { left, right in
      let (a, b) = (rank(left.id), rank(right.id))
      return a == b ? left.id < right.id : a.lexicographicallyPrecedes(b)
    }
  }
}

/// The candidate that differs least from a word, for "did you mean".
enum Nearest {
  /// The nearest candidate by edits; `nil` when none shares at least half its letters.
  static func candidate(to word: String, among candidates: [String]) -> String? {
    let ranked = candidates.map { ($0, distance(word.lowercased(), $0.lowercased())) }
    guard let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= max(2, max(word.count, best.0.count) / 2) else {
      return nil
    }
    return best.0
  }

  /// Insertions, deletions and replacements that turn one word into the other.
  static func distance(_ left: String, _ right: String) -> Int {
    let (left, right) = (Array(left), Array(right))
    var previous = Array(0...right.count)
    for (i, a) in left.enumerated() {
      var current = [i + 1]
      for (j, b) in right.enumerated() {
        current.append(min(previous[j] + (a == b ? 0 : 1), previous[j + 1] + 1, current[j] + 1))
      }
      previous = current
    }
    return previous[right.count]
  }
}

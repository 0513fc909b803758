/// The candidate that differs least from a word, for "did you mean".
package enum Nearest {
  /// The candidate that takes fewest insertions, deletions and substitutions to reach, whatever the case; `nil` when
  /// even it takes more than two and more than half the letters of the word.
  package static func candidate(to word: String, among candidates: [String]) -> String? {
    let ranked = candidates.map { ($0, distance(word.lowercased(), $0.lowercased())) }
    guard let best = ranked.min(by: { $0.1 < $1.1 }), best.1 <= max(2, word.count / 2) else {
      return nil
    }
    return best.0
  }

  /// What follows a word nobody knows in a message: the likeliest one meant, or nothing.
  package static func hint(to word: String, among candidates: [String]) -> String {
    candidate(to: word, among: candidates).map { "; did you mean \($0)?" } ?? ""
  }

  /// Levenshtein's distance, by rows.
  private static func distance(_ left: String, _ right: String) -> Int {
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

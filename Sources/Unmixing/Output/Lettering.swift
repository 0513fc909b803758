/// Capital letters, digits and a few signs, drawn from dots of 3 × 5.
///
/// Small letters are drawn as capitals; a sign there is no drawing for is a blank.
struct Lettering {
  /// How many image pixels a dot is wide and high.
  let dot: Int

  /// The height of a line of text.
  var height: Int { 5 * dot }

  /// The width of a text.
  func width(of text: String) -> Int { max(0, text.count * 4 * dot - dot) }

  /// As much of a text as fits a width.
  func fitted(_ text: String, width: Int) -> String { String(text.prefix(max(0, (width + dot) / (4 * dot)))) }

  /// Draws a text with its upper left corner at a place.
  func draw(_ text: String, x: Int, y: Int, in color: PNGImage.Color = .black, on image: inout PNGImage) {
    for (place, letter) in text.uppercased().enumerated() {
      guard let rows = Self.drawings[letter] else { continue }
      for (row, dots) in rows.enumerated() {
        for column in 0..<3 where dots & (4 >> column) != 0 {
          let left = x + (place * 4 + column) * dot
          let top = y + row * dot
          image.fill(x: left..<left + dot, y: top..<top + dot, with: color)
        }
      }
    }
  }

  /// Five rows of three dots, the left one worth 4.
  private static let drawings: [Character: [Int]] = [
    "A": [2, 5, 7, 5, 5], "B": [6, 5, 6, 5, 6], "C": [3, 4, 4, 4, 3], "D": [6, 5, 5, 5, 6], "E": [7, 4, 6, 4, 7],
    "F": [7, 4, 6, 4, 4], "G": [3, 4, 5, 5, 3], "H": [5, 5, 7, 5, 5], "I": [7, 2, 2, 2, 7], "J": [1, 1, 1, 5, 2],
    "K": [5, 5, 6, 5, 5], "L": [4, 4, 4, 4, 7], "M": [5, 7, 7, 5, 5], "N": [6, 5, 5, 5, 5], "O": [2, 5, 5, 5, 2],
    "P": [6, 5, 6, 4, 4], "Q": [2, 5, 5, 6, 3], "R": [6, 5, 6, 5, 5], "S": [3, 4, 2, 1, 6], "T": [7, 2, 2, 2, 2],
    "U": [5, 5, 5, 5, 7], "V": [5, 5, 5, 5, 2], "W": [5, 5, 7, 7, 5], "X": [5, 5, 2, 5, 5], "Y": [5, 5, 2, 2, 2],
    "Z": [7, 1, 2, 4, 7], "0": [7, 5, 5, 5, 7], "1": [2, 6, 2, 2, 7], "2": [6, 1, 2, 4, 7], "3": [6, 1, 2, 1, 6],
    "4": [5, 5, 7, 1, 1], "5": [7, 4, 6, 1, 6], "6": [3, 4, 7, 5, 7], "7": [7, 1, 2, 2, 2], "8": [7, 5, 7, 5, 7],
    "9": [7, 5, 7, 1, 6], ".": [0, 0, 0, 0, 2], ",": [0, 0, 0, 2, 4], "-": [0, 0, 7, 0, 0], "+": [0, 2, 7, 2, 0],
    "_": [0, 0, 0, 0, 7], "/": [1, 1, 2, 4, 4], "(": [1, 2, 2, 2, 1], ")": [4, 2, 2, 2, 4], ":": [0, 2, 0, 2, 0],
    "=": [0, 7, 0, 7, 0], "%": [5, 1, 2, 4, 5], "#": [5, 7, 5, 7, 5], "'": [2, 2, 0, 0, 0], "&": [2, 5, 2, 5, 3],
  ]
}

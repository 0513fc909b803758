import Foundation

/// Reading numbers as files of the field write them, whatever the user's locale.
enum Numbers {
  /// A decimal number with a point; `1.5D3` is Fortran's `1.5e3`. `nil` for anything else, hexadecimal included.
  static func double(_ text: some StringProtocol) -> Double? {
    var characters = Array(text.utf8.drop { $0 == 0x20 || $0 == 0x09 })
    while let last = characters.last, last == 0x20 || last == 0x09 { characters.removeLast() }
    guard !characters.isEmpty, characters.count < 128 else { return nil }
    let word = String(decoding: characters, as: UTF8.self).lowercased()
    switch word {
    case "nan", "+nan", "-nan", "1.#qnan", "-1.#ind": return .nan
    case "inf", "+inf", "infinity", "+infinity", "1.#inf": return .infinity
    case "-inf", "-infinity", "-1.#inf": return -.infinity
    default: break
    }
    let isDecimal = word.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || byte == 0x2E || byte == 0x2B || byte == 0x2D || byte == 0x65 || byte == 0x64
    }
    guard isDecimal, word.utf8.contains(where: { (0x30...0x39).contains($0) }) else { return nil }
    return Double(word.replacing("d", with: "e"))
  }

  /// A whole number; `100.0` is one.
  static func integer(_ text: some StringProtocol) -> Int? {
    guard let value = double(text), value.rounded() == value, abs(value) < 9e15 else { return nil }
    return Int(value)
  }

  /// A number with at most 4 significant digits, for a sentence.
  static func short(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return text(value) }
    let power = 3 - Int(log10(abs(value)).rounded(.down))
    let scale = pow(10, Double(abs(power)))
    return text(power >= 0 ? (value * scale).rounded() / scale : (value / scale).rounded() * scale)
  }

  /// A number with at most 12 significant digits, in the fewest that give it back, with a point in any locale.
  static func text(_ value: Double) -> String {
    guard value != 0 else { return "0" }
    guard value.isFinite else { return "\(value)" }
    let magnitude = abs(value)
    var digits = 11
    var power = magnitude
    while power >= 10 && digits > 0 {
      power /= 10
      digits -= 1
    }
    while power < 1 && digits < 22 {
      power *= 10
      digits += 1
    }
    let scale = (0..<digits).reduce(1.0) { product, _ in product * 10 }
    let rounded = (value * scale).rounded() / scale
    // Integers beyond 12 digits and subnormal numbers keep all their digits.
    guard abs(rounded - value) <= magnitude * 1e-11 else { return "\(value)" }
    return rounded == rounded.rounded() && magnitude < 1e12 ? "\(Int(rounded))" : "\(rounded)"
  }
}

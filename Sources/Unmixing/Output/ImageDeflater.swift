/// Compresses the bytes of an image: what repeats the pixel before or the row above is referred to, not repeated.
///
/// - Source: RFC 1951, blocks with fixed codes (§3.2.6); RFC 1950 for the frame around them. Only two distances are
///   tried, which suits maps of flat squares.
struct ImageDeflater {
  private var bytes: [UInt8] = [0x78, 0x01]
  private var pending: UInt32 = 0
  private var pendingCount: UInt32 = 0

  /// A zlib stream of `content`; `distances` are how far back a repetition may lie.
  static func stream(of content: [UInt8], distances: [Int]) -> [UInt8] {
    var deflater = ImageDeflater()
    deflater.compress(content, distances.filter { (1...32_768).contains($0) })
    return deflater.bytes
  }

  private mutating func compress(_ content: [UInt8], _ distances: [Int]) {
    // One last block with fixed codes: bits 1, then 01.
    put(0b011, bits: 3)
    var place = 0
    while place < content.count {
      let (length, distance) = Self.longest(content, place, distances)
      if length >= 3 {
        reference(length, distance)
        place += length
      } else {
        literal(UInt32(content[place]))
        place += 1
      }
    }
    literal(256)
    if pendingCount > 0 { put(0, bits: 8 - pendingCount) }
    let sum = Self.adler(content)
    bytes += (0..<4).map { UInt8(truncatingIfNeeded: sum >> (24 - 8 * UInt32($0))) }
  }

  private static func longest(_ content: [UInt8], _ place: Int, _ distances: [Int]) -> (length: Int, distance: Int) {
    var best = (length: 0, distance: 0)
    let most = min(258, content.count - place)
    for distance in distances where distance <= place {
      var length = 0
      while length < most, content[place + length] == content[place + length - distance] { length += 1 }
      if length > best.length { best = (length, distance) }
    }
    return best
  }

  /// A byte, or 256 for the end, or 257 and more for a length.
  private mutating func literal(_ symbol: UInt32) {
    switch symbol {
    case ..<144: putReversed(0x30 + symbol, bits: 8)
    case ..<256: putReversed(0x190 + symbol - 144, bits: 9)
    case ..<280: putReversed(symbol - 256, bits: 7)
    default: putReversed(0xC0 + symbol - 280, bits: 8)
    }
  }

  private mutating func reference(_ length: Int, _ distance: Int) {
    if length == 258 {
      literal(285)
    } else {
      // Four codes share each number of extra bits, from length 11 on.
      let (code, extra, base) = Self.code(of: length - 3, perStep: 4)
      literal(UInt32(257 + code))
      put(UInt32(length - 3 - base), bits: UInt32(extra))
    }
    let (code, extra, base) = Self.code(of: distance - 1, perStep: 2)
    putReversed(UInt32(code), bits: 5)
    put(UInt32(distance - 1 - base), bits: UInt32(extra))
  }

  /// The code of a value, its extra bits and the least value of that code: `perStep` codes for each power of two.
  private static func code(of value: Int, perStep: Int) -> (code: Int, extra: Int, base: Int) {
    if value < 2 * perStep { return (value, 0, value) }
    let power = Int.bitWidth - 1 - value.leadingZeroBitCount
    let extra = power - perStep.trailingZeroBitCount
    let step = value >> extra
    return (perStep * (extra + 1) + step - perStep, extra, step << extra)
  }

  private mutating func put(_ value: UInt32, bits: UInt32) {
    pending |= value << pendingCount
    pendingCount += bits
    while pendingCount >= 8 {
      bytes.append(UInt8(truncatingIfNeeded: pending))
      pending >>= 8
      pendingCount -= 8
    }
  }

  /// Codes stand with their highest bit first.
  private mutating func putReversed(_ value: UInt32, bits: UInt32) {
    var reversed: UInt32 = 0
    for bit in 0..<bits where value & (1 << bit) != 0 { reversed |= 1 << (bits - 1 - bit) }
    put(reversed, bits: bits)
  }

  private static func adler(_ content: [UInt8]) -> UInt32 {
    var (low, high): (UInt32, UInt32) = (1, 0)
    for byte in content {
      low = (low + UInt32(byte)) % 65_521
      high = (high + low) % 65_521
    }
    return high << 16 | low
  }
}

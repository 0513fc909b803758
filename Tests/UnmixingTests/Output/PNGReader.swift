import Unmixing

/// Decodes the PNG files of these tests by the book: chunks, checksums, fixed-code deflate blocks, unfiltered rows.
struct PNGReader {
  /// Why a file is no PNG.
  struct Fault: Error, CustomStringConvertible {
    let description: String
  }

  let width: Int
  let height: Int
  private let rows: [UInt8]

  init(_ bytes: [UInt8]) throws {
    guard bytes.prefix(8) == [137, 80, 78, 71, 13, 10, 26, 10] else { throw Fault(description: "signature") }
    var chunks: [(type: String, content: [UInt8])] = []
    var place = 8
    while place < bytes.count {
      let length = Int(Self.number(bytes, place))
      let body = Array(bytes[place + 4..<place + 8 + length])
      guard Self.number(bytes, place + 8 + length) == Self.checksum(body) else { throw Fault(description: "checksum") }
      chunks.append((String(decoding: body.prefix(4), as: UTF8.self), Array(body.dropFirst(4))))
      place += 12 + length
    }
    guard chunks.map(\.type) == ["IHDR", "IDAT", "IEND"] else { throw Fault(description: "\(chunks.map(\.type))") }
    let header = chunks[0].content
    guard Array(header.dropFirst(8)) == [8, 2, 0, 0, 0] else { throw Fault(description: "header \(header)") }
    width = Int(Self.number(header, 0))
    height = Int(Self.number(header, 4))
    rows = try FixedInflater.content(of: chunks[1].content)
    guard rows.count == height * (width * 3 + 1) else { throw Fault(description: "\(rows.count) bytes") }
  }

  subscript(x: Int, y: Int) -> PNGImage.Color {
    let start = y * (width * 3 + 1) + 1 + 3 * x
    return PNGImage.Color(rows[start], rows[start + 1], rows[start + 2])
  }

  private static func number(_ bytes: [UInt8], _ place: Int) -> UInt32 {
    bytes[place..<place + 4].reduce(0) { $0 << 8 | UInt32($1) }
  }

  /// CRC-32 by polynomial division, bit by bit.
  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    var remainder = ~UInt32(0)
    for byte in bytes {
      remainder ^= UInt32(byte)
      for _ in 0..<8 { remainder = remainder & 1 == 1 ? (remainder >> 1) ^ 0xEDB8_8320 : remainder >> 1 }
    }
    return ~remainder
  }
}

/// Undoes deflate for one block with fixed codes (RFC 1951, §3.2.6), with the tables as the RFC prints them.
private struct FixedInflater {
  private let bytes: [UInt8]
  private var bit = 16

  static func content(of stream: [UInt8]) throws -> [UInt8] {
    guard (Int(stream[0]) << 8 + Int(stream[1])) % 31 == 0 else { throw PNGReader.Fault(description: "zlib header") }
    var inflater = FixedInflater(bytes: stream)
    return try inflater.block()
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func next() -> Int {
    defer { bit += 1 }
    return Int(bytes[bit / 8] >> UInt8(bit % 8)) & 1
  }

  private mutating func number(_ bits: Int) -> Int { (0..<bits).reduce(0) { $0 + next() << $1 } }

  private mutating func symbol() -> Int {
    var code = (0..<7).reduce(0) { sum, _ in sum << 1 + next() }
    if code <= 0b0010111 { return 256 + code }
    code = code << 1 + next()
    if (0b00110000...0b10111111).contains(code) { return code - 0b00110000 }
    if (0b11000000...0b11000111).contains(code) { return 280 + code - 0b11000000 }
    return code << 1 + next() - 0b110010000 + 144
  }

  private mutating func block() throws -> [UInt8] {
    guard number(3) == 0b011 else { throw PNGReader.Fault(description: "not one block of fixed codes") }
    let lengths = [
      3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
    ]
    let lengthBits = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0]
    let distances = [
      1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145,
      8193, 12289, 16385, 24577,
    ]
    var result: [UInt8] = []
    while true {
      let symbol = symbol()
      if symbol < 256 { result.append(UInt8(symbol)) }
      if symbol == 256 { return result }
      if symbol > 256 {
        let length = lengths[symbol - 257] + number(lengthBits[symbol - 257])
        let code = (0..<5).reduce(0) { sum, _ in sum << 1 + next() }
        let distance = distances[code] + number(max(0, code / 2 - 1))
        guard distance <= result.count else { throw PNGReader.Fault(description: "distance \(distance)") }
        for _ in 0..<length { result.append(result[result.count - distance]) }
      }
    }
  }
}

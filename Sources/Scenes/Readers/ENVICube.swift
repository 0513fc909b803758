import Tensors

/// The numbers of an ENVI data file, any rectangle of them, in the order `[pixels, bands]`.
struct ENVICube {
  let file: InputFile
  let layout: ENVILayout

  /// - Throws: ``SceneError/truncated(path:expectedBytes:foundBytes:)`` if the header promises more than the file has.
  init(_ file: InputFile, _ layout: ENVILayout) throws {
    self.file = file
    self.layout = layout
    let needed = layout.offset + layout.byteCount
    guard needed <= file.size else {
      throw SceneError.truncated(path: file.path, expectedBytes: needed, foundBytes: file.size)
    }
  }

  /// The number of bytes of the file that the header does not speak of.
  var excess: Int { file.size - layout.offset - layout.byteCount }

  /// The stored numbers of a rectangle, `[rows × columns, bands]`.
  func stored(rows: Range<Int>, columns: Range<Int>) throws -> Tensor {
    switch layout.type {
    case .uint8: try stored(UInt8.self, rows, columns)
    case .int16: try stored(Int16.self, rows, columns)
    case .int32: try stored(Int32.self, rows, columns)
    case .float32: try stored(Float.self, rows, columns)
    case .float64: try stored(Double.self, rows, columns)
    case .uint16: try stored(UInt16.self, rows, columns)
    case .uint32: try stored(UInt32.self, rows, columns)
    case .int64: try stored(Int64.self, rows, columns)
    case .uint64: try stored(UInt64.self, rows, columns)
    }
  }

  private func stored<Number: StoredNumber>(
    _: Number.Type, _ rows: Range<Int>, _ columns: Range<Int>
  ) throws -> Tensor {
    let isWhole = columns.count == layout.samples
    // About a thousand pixels at a time stay in the cache while they are turned from planes to spectra.
    let step = isWhole ? max(1, 1_024 / layout.samples) : 1
    let pixels = min(step, rows.count) * columns.count
    var block = [UInt8](repeating: 0, count: pixels * layout.bands * layout.type.size)
    return try Tensor(uninitialized: [rows.count * columns.count, layout.bands]) { target in
      for first in stride(from: rows.lowerBound, to: rows.upperBound, by: step) {
        let lines = first..<min(first + step, rows.upperBound)
        let count = lines.count * columns.count
        try block.withUnsafeMutableBytes { try read(lines, columns, into: $0) }
        let start = (first - rows.lowerBound) * columns.count * layout.bands
        block.withUnsafeBytes { bytes in
          spread(bytes, Number.self, pixels: count, to: UnsafeMutableBufferPointer(rebasing: target[start...]))
        }
      }
    }
  }

  /// Reads some lines: as bands × pixels for BSQ and for BIL (each line by itself), as pixels × bands for BIP.
  private func read(
    _ lines: Range<Int>, _ columns: Range<Int>, into block: UnsafeMutableRawBufferPointer
  ) throws {
    let size = layout.type.size
    let width = columns.count * size
    switch layout.interleave {
    case .bsq:
      for band in 0..<layout.bands {
        let position = (band * layout.lines + lines.lowerBound) * layout.samples + columns.lowerBound
        let length = lines.count * width
        try file.read(at: layout.offset + position * size, into: block[(band * length)..<((band + 1) * length)])
      }
    case .bil where columns.count < layout.samples:
      for (place, line) in lines.enumerated() {
        for band in 0..<layout.bands {
          let position = (line * layout.bands + band) * layout.samples + columns.lowerBound
          let start = (place * layout.bands + band) * width
          try file.read(at: layout.offset + position * size, into: block[start..<(start + width)])
        }
      }
    case .bil, .bip:
      let position = (lines.lowerBound * layout.samples + columns.lowerBound) * layout.bands
      let length = lines.count * width * layout.bands
      try file.read(at: layout.offset + position * size, into: block[..<length])
    }
  }

  private func spread<Number: StoredNumber>(
    _ block: UnsafeRawBufferPointer, _: Number.Type, pixels: Int, to target: UnsafeMutableBufferPointer<Scalar>
  ) {
    guard let from = block.baseAddress, let to = target.baseAddress else { return }
    let size = layout.type.size
    let isBigEndian = layout.isBigEndian
    let bands = layout.bands
    switch layout.interleave {
    case .bip:
      for place in 0..<(pixels * bands) {
        to[place] = Number.read(from + place * size, isBigEndian: isBigEndian).scalar
      }
    case .bsq:
      transpose(from, Number.self, pixels: pixels, to: to)
    case .bil:
      let columns = min(pixels, layout.samples)
      for line in 0..<(pixels / columns) {
        transpose(from + line * columns * bands * size, Number.self, pixels: columns, to: to + line * columns * bands)
      }
    }
  }

  /// Eight planes at a time: eight streams are read, and eight neighbours written.
  private func transpose<Number: StoredNumber>(
    _ planes: UnsafeRawPointer, _: Number.Type, pixels: Int, to target: UnsafeMutablePointer<Scalar>
  ) {
    let size = layout.type.size
    let isBigEndian = layout.isBigEndian
    let bands = layout.bands
    for first in stride(from: 0, to: bands, by: 8) {
      let last = min(first + 8, bands)
      for pixel in 0..<pixels {
        for band in first..<last {
          let place = planes + (band * pixels + pixel) * size
          target[pixel * bands + band] = Number.read(place, isBigEndian: isBigEndian).scalar
        }
      }
    }
  }
}

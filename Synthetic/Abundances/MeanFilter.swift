/// The mean over a square window of odd side, for maps `[rows, columns, channels]` in row-major order.
///
/// At the border the mean is over the part of the window inside, so that fractions still sum to one.
package func meanFiltered(
  _ map: [Double], rows: Int, columns: Int, channels: Int, side: Int
) -> [Double] {
  let reach = side / 2
  if reach == 0 { return map }
  let rowwise = meanAlong(map, lines: rows, length: columns, channels: channels, reach: reach) { line, element in
    (line * columns + element) * channels
  }
  return meanAlong(rowwise, lines: columns, length: rows, channels: channels, reach: reach) { line, element in
    (element * columns + line) * channels
  }
}

/// The running mean along lines of a map; `offset` finds an element of a line.
private func meanAlong(
  _ map: [Double], lines: Int, length: Int, channels: Int, reach: Int, offset: (_ line: Int, _ element: Int) -> Int
) -> [Double] {
  var result = map
  for line in 0..<lines {
    for element in 0..<length {
      let window = max(0, element - reach)...min(length - 1, element + reach)
      for channel in 0..<channels {
        let sum = window.reduce(0) { $0 + map[offset(line, $1) + channel] }
        result[offset(line, element) + channel] = sum / Double(window.count)
      }
    }
  }
  return result
}

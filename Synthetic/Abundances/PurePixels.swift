import Tensors

/// Makes pixels exactly pure: for each material in turn the `count` pixels where it is most abundant, none twice.
///
/// Taking the most abundant ones keeps the image coherent in space. Ties go to the lower pixel number.
package func purify(_ abundances: inout Tensor, pixelsPerEndmember count: Int) {
  let (pixels, endmembers) = (abundances.shape[0], abundances.shape[1])
  guard count > 0 else { return }
  precondition(count * endmembers <= pixels, "\(count) pure pixels of \(endmembers) materials among \(pixels)")
  var isTaken = [Bool](repeating: false, count: pixels)
  abundances.withUnsafeMutableScalars { values in
    for k in 0..<endmembers {
      let free = (0..<pixels).lazy.filter { !isTaken[$0] }
      for pixel in largest(count, of: free, by: { values[$0 * endmembers + k] }) {
        isTaken[pixel] = true
        for other in 0..<endmembers { values[pixel * endmembers + other] = other == k ? 1 : 0 }
      }
    }
  }
}

/// The `count` elements of the largest value, the largest first, earlier ones before later ones of the same value.
private func largest(_ count: Int, of elements: some Sequence<Int>, by value: (Int) -> Scalar) -> [Int] {
  var best: [(element: Int, value: Scalar)] = []
  for element in elements {
    let candidate = value(element)
    if best.count == count, let least = best.last, least.value >= candidate { continue }
    // Binary search for the first smaller value keeps ties in order.
    var (low, high) = (0, best.count)
    while low < high {
      let middle = (low + high) / 2
      if best[middle].value >= candidate { low = middle + 1 } else { high = middle }
    }
    best.insert((element, candidate), at: low)
    if best.count > count { best.removeLast() }
  }
  return best.map(\.element)
}

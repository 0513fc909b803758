import Tensors

/// Makes pixels exactly pure: for each material in turn the `count` pixels where it is most abundant, none twice.
///
/// Taking the most abundant ones keeps the image coherent in space. Ties go to the lower pixel number.
func purify(_ abundances: inout Tensor, pixelsPerEndmember count: Int) {
  let (pixels, endmembers) = (abundances.shape[0], abundances.shape[1])
  guard count > 0 else { return }
  precondition(count * endmembers <= pixels, "\(count) pure pixels of \(endmembers) materials among \(pixels)")
  var isTaken = [Bool](repeating: false, count: pixels)
  abundances.withUnsafeMutableScalars { values in
    for k in 0..<endmembers {
      let free = (0..<pixels).filter { !isTaken[$0] }
      let ranked = free.sorted { a, b in
        let (first, second) = (values[a * endmembers + k], values[b * endmembers + k])
        return first != second ? first > second : a < b
      }
      for pixel in ranked.prefix(count) {
        isTaken[pixel] = true
        for other in 0..<endmembers { values[pixel * endmembers + other] = other == k ? 1 : 0 }
      }
    }
  }
}

import Tensors

/// What numbers say about being abundances: in every pixel that is known, fractions of at least 0 with a sum of 1.
///
/// - Edge cases: a pixel with a number that is not finite or at the ignore value, or with zeros only, is not known. A
///   tenth of the known sums may be off by more than a hundredth, for benchmarks were rounded and cropped.
struct MixtureCheck {
  /// The number of pixels that are known, and of those whose sum is 1.
  private(set) var known = 0
  private(set) var whole = 0
  private(set) var firstNegative: (pixel: Int, value: Scalar)?
  private(set) var firstOff: (pixel: Int, sum: Scalar)?

  /// - Parameter values: `[pixels, endmembers]`.
  init(_ values: Tensor, ignoreValue: Double?) {
    let rules = SampleRules(ignoreValue: ignoreValue, isInteger: false)
    let count = values.shape[1]
    values.withUnsafeScalars { values in
      for pixel in 0..<(values.count / max(1, count)) {
        let row = values[(pixel * count)..<((pixel + 1) * count)]
        if row.contains(where: { !$0.isFinite || rules.isIgnored($0) }) || row.allSatisfy({ $0 == 0 }) { continue }
        known += 1
        if firstNegative == nil, let value = row.first(where: { $0 < -1e-4 }) { firstNegative = (pixel, value) }
        let sum = row.reduce(0, +)
        if abs(sum - 1) < 1e-2 {
          whole += 1
        } else if firstOff == nil {
          firstOff = (pixel, sum)
        }
      }
    }
  }

  var isMixture: Bool { known > 0 && firstNegative == nil && whole * 10 >= known * 9 }
}

extension MATSource {
  /// Names that say that an array holds abundances.
  private static let abundanceNames: Set = ["a", "abundance", "abundances", "a_true", "atrue", "fractions"]

  func candidate(_ array: ArrayDescription, _ binding: ArrayBinding) throws -> Found {
    var binding = binding
    return Found(array: array, layout: try binding.layout(of: array), binding: binding)
  }

  /// Whether there is more than one endmember, and more than one pixel unless that is all the scene has.
  func hasSizeOfAbundances(_ found: Found) -> Bool {
    let isPixel = found.binding.rows == 1 && found.binding.columns == 1
    return found.layout.bands > 1 && (found.layout.rows * found.layout.columns > 1 || isPixel)
  }

  func mixture(_ array: ArrayDescription, _ layout: ArrayLayout) throws -> MixtureCheck {
    MixtureCheck(try values(array.name, layout), ignoreValue: options.ignoreValue)
  }

  /// Why no array is read as abundances: what is wrong with the one that must be meant, or that there is none.
  func reasonAgainst(_ arrays: [ArrayDescription], _ binding: ArrayBinding) throws -> SceneError {
    let named = arrays.filter { Self.abundanceNames.contains($0.name.lowercased()) }
    for array in named {
      guard let found = try? candidate(array, binding), hasSizeOfAbundances(found) else { continue }
      if let fault = fault(array, found.layout, try mixture(array, found.layout)) { return fault }
    }
    let meant = try named + arrays.filter { try !named.contains($0) && isMixtureOfAnySize($0) }
    for array in meant {
      if let error = otherSize(array, binding) { return error }
    }
    return SceneError.missing(
      path: path, field: "an array of abundances", remedy: "the file holds \(file.listing); name the variable")
  }

  /// What keeps an array of the right size from being abundances.
  private func fault(_ array: ArrayDescription, _ layout: ArrayLayout, _ check: MixtureCheck) -> SceneError? {
    func place(_ pixel: Int) -> String {
      "row \(pixel / layout.columns + 1), column \(pixel % layout.columns + 1) (counted from 1)"
    }
    if let (pixel, value) = check.firstNegative {
      return .malformed(
        path: path, field: array.label, expected: "fractions of at least 0",
        found: "\(Numbers.short(Double(value))) in \(place(pixel))")
    }
    if check.known == 0 {
      return .malformed(path: path, field: array.label, expected: "fractions in some pixel", found: "none in any")
    }
    return check.firstOff.map { pixel, sum in
      .malformed(
        path: path, field: array.label, expected: "fractions with a sum of 1 in every pixel",
        found: "a sum of \(Numbers.short(Double(sum))) in \(place(pixel)), one of \(check.known - check.whole) such "
          + "pixels of \(check.known)")
    }
  }

  /// That an array lists other pixels than the scene has; `nil` when its size fits or nothing is known about the scene's.
  func otherSize(_ array: ArrayDescription, _ binding: ArrayBinding) -> SceneError? {
    guard let rows = binding.rows, let columns = binding.columns, let pixels = checkedProduct([rows, columns]),
      (try? candidate(array, binding)) == nil
    else { return nil }
    let size = "\(rows) rows × \(columns) columns"
    let array = array.squeezed
    if array.dimensions.count == 2 {
      return .malformed(
        path: path, field: array.label, expected: "\(pixels) pixels, \(size)",
        found: "\(array.dimensions.max() ?? 0) pixels")
    }
    let isTurned = array.dimensions.count == 3 && rows != columns && array.dimensions.prefix(2) == [columns, rows]
    return .malformed(
      path: path, field: array.label, expected: "\(size) × endmembers",
      found: array.dimensions.map(String.init).joined(separator: " × ")
        + (isTurned ? ": rows and columns are the other way round" : ""))
  }

  /// Whether the numbers are mixtures along some axis, whatever the number of pixels.
  private func isMixtureOfAnySize(_ array: ArrayDescription) throws -> Bool {
    let array = array.squeezed
    guard (2...3).contains(array.dimensions.count), !array.dimensions.contains(0) else { return false }
    let axes = array.dimensions.count == 3 ? [2, 0] : [array.dimensions[0] < array.dimensions[1] ? 0 : 1]
    return try axes.contains { axis in
      let others = array.dimensions.indices.filter { $0 != axis }
      let second = others.count > 1 ? others[1] : nil
      let layout = ArrayLayout(
        rows: array.dimensions[others[0]], columns: second.map { array.dimensions[$0] } ?? 1,
        bands: array.dimensions[axis], rowStride: array.strides[others[0]],
        columnStride: second.map { array.strides[$0] } ?? 0, bandStride: array.strides[axis])
      return try layout.bands > 1 && layout.rows * layout.columns > 1 && mixture(array, layout).isMixture
    }
  }
}

/// An array of a container, without its values.
struct ArrayDescription: Equatable {
  var name: String
  /// Extents as the container's users write them.
  var dimensions: [Int]
  /// How far apart neighbours along each axis lie, in numbers.
  var strides: [Int]

  /// An array whose first index runs fastest, as in MATLAB.
  static func firstFastest(_ name: String, _ dimensions: [Int]) -> ArrayDescription {
    var strides: [Int] = []
    var step = 1
    for extent in dimensions {
      strides.append(step)
      step = step.multipliedReportingOverflow(by: extent).partialValue
    }
    return ArrayDescription(name: name, dimensions: dimensions, strides: strides)
  }

  /// An array whose last index runs fastest, as in HDF5.
  static func lastFastest(_ name: String, _ dimensions: [Int]) -> ArrayDescription {
    let reversed = firstFastest(name, dimensions.reversed())
    return ArrayDescription(name: name, dimensions: dimensions, strides: reversed.strides.reversed())
  }

  var count: Int { checkedProduct(dimensions) ?? Int.max }
  var extents: String { dimensions.map(String.init).joined(separator: "×") }
  var label: String { "\(name) (\(extents))" }

  /// Without axes of extent 1 beyond the third.
  var squeezed: ArrayDescription {
    var result = self
    while result.dimensions.count > 3, let axis = result.dimensions.firstIndex(of: 1) {
      result.dimensions.remove(at: axis)
      result.strides.remove(at: axis)
    }
    return result
  }
}

/// Decides which axes of an array are image rows, image columns and bands (or endmembers) — by extents, by what the
/// user states, never by the array's name.
struct ArrayBinding {
  var path: String
  /// Stated by the user, the file or a scene.
  var rows: Int?
  var columns: Int?
  /// Extents the band axis is known to have, from vectors and matrices beside the array.
  var bandCounts: Set<Int> = []
  /// What the third axis is called in messages.
  var inner = "bands"
  /// Whether a list of pixels runs down the columns of the image.
  var isColumnMajor: Bool
  /// Whether the user states the order of pixels.
  var orderIsStated = false
  /// What the container holds, for when it holds no arrays of numbers.
  var holdings: String?
  var notes: [Note] = []

  /// Where rows, columns and bands of an array lie.
  mutating func layout(of array: ArrayDescription) throws -> ArrayLayout {
    let array = array.squeezed
    guard !array.dimensions.contains(0) else {
      throw SceneError.malformed(
        path: path, field: array.name, expected: "at least one pixel and one of \(inner)", found: array.extents)
    }
    switch array.dimensions.count {
    case 3: return try cubeLayout(array)
    case 2: return try matrixLayout(array)
    default:
      throw SceneError.malformed(
        path: path, field: array.name, expected: "2 or 3 dimensions", found: array.extents)
    }
  }

  private mutating func cubeLayout(_ array: ArrayDescription) throws -> ArrayLayout {
    let axis = try innerAxis(array)
    let others = (0..<3).filter { $0 != axis }
    return ArrayLayout(
      rows: array.dimensions[others[0]], columns: array.dimensions[others[1]], bands: array.dimensions[axis],
      rowStride: array.strides[others[0]], columnStride: array.strides[others[1]], bandStride: array.strides[axis])
  }

  private mutating func innerAxis(_ array: ArrayDescription) throws -> Int {
    let extents = array.dimensions
    let fitting = [2, 0, 1].filter { axis in
      let others = (0..<3).filter { $0 != axis }.map { extents[$0] }
      return (rows ?? others[0]) == others[0] && (columns ?? others[1]) == others[1]
    }
    guard let usual = fitting.first else {
      throw SceneError.malformed(
        path: path, field: array.name, expected: "\(Self.text(rows)) rows × \(Self.text(columns)) columns × \(inner)",
        found: array.extents)
    }
    let matching = fitting.filter { bandCounts.contains(extents[$0]) }
    let axis = matching.contains(usual) ? usual : matching.first ?? usual
    if fitting.count > 1 && matching.count != 1 {
      note(array.label, "nothing states the order of its axes", "axis \(axis + 1) is read as \(inner)")
    }
    return axis
  }

  private mutating func matrixLayout(_ array: ArrayDescription) throws -> ArrayLayout {
    if let rows, let columns, array.dimensions == [rows, columns], rows * columns != max(rows, columns) {
      return ArrayLayout(
        rows: rows, columns: columns, bands: 1, rowStride: array.strides[0], columnStride: array.strides[1],
        bandStride: 0)
    }
    let axis = try pixelAxis(array)
    let pixels = array.dimensions[axis]
    let (rows, columns) = try sides(of: pixels, array)
    let step = array.strides[axis]
    if !orderIsStated && rows > 1 && columns > 1 {
      note(
        array.label, "nothing states in which order it lists the pixels",
        isColumnMajor ? "read column by column, as MATLAB stores images" : "read row by row",
        remedy: "the order of pixels can be stated")
    }
    return ArrayLayout(
      rows: rows, columns: columns, bands: array.dimensions[1 - axis],
      rowStride: isColumnMajor ? step : step * columns, columnStride: isColumnMajor ? step * rows : step,
      bandStride: array.strides[1 - axis])
  }

  private mutating func pixelAxis(_ array: ArrayDescription) throws -> Int {
    let extents = array.dimensions
    var axes = [0, 1]
    if let rows, let columns {
      let pixels = checkedProduct([rows, columns])
      axes = axes.filter { extents[$0] == pixels }
    } else if let side = rows ?? columns, side > 0 {
      axes = axes.filter { extents[$0].isMultiple(of: side) }
    }
    guard !axes.isEmpty else {
      throw SceneError.malformed(
        path: path, field: array.name, expected: "an extent of \(Self.text(rows)) rows × \(Self.text(columns)) columns",
        found: array.extents)
    }
    if axes.count == 1 { return axes[0] }
    let matching = axes.filter { bandCounts.contains(extents[1 - $0]) }
    if matching.count == 1 { return matching[0] }
    guard extents[0] != extents[1] else {
      throw SceneError.ambiguous(
        path: path, field: array.label, candidates: ["\(inner) × pixels", "pixels × \(inner)"],
        remedy: "state rows and columns")
    }
    let axis = extents[0] > extents[1] ? 0 : 1
    note(array.label, "nothing states which axis lists pixels", "the longer one is read as pixels")
    return axis
  }

  private mutating func sides(of pixels: Int, _ array: ArrayDescription) throws -> (Int, Int) {
    switch (rows, columns) {
    case (let rows?, let columns?): return (rows, columns)
    case (let rows?, nil): return (rows, pixels / rows)
    case (nil, let columns?): return (pixels / columns, columns)
    case (nil, nil):
      let side = Int(Double(pixels).squareRoot().rounded())
      guard side * side == pixels else {
        throw SceneError.missing(
          path: path, field: "the number of rows and columns of \(array.label)", remedy: "state rows or columns")
      }
      note(
        array.label, "nothing states rows and columns", "\(pixels) pixels are read as a square of \(side) × \(side)")
      return (side, side)
    }
  }

  private static func text(_ extent: Int?) -> String { extent.map(String.init) ?? "any" }

  private mutating func note(
    _ field: String, _ found: String, _ action: String, remedy: String = "rows and columns can be stated"
  ) {
    notes.append(Note(.warning, field: field, found: found, action: action, remedy: remedy))
  }
}

extension ArrayBinding {
  /// The array with the most numbers that can be a scene, and its layout; one pixel (1 × 1 × bands) is a scene where
  /// there is nothing else.
  ///
  /// - Throws: ``SceneError/ambiguous(path:field:candidates:remedy:)`` when several are equally large.
  mutating func largest(
    of arrays: [ArrayDescription], called field: String
  ) throws -> (array: ArrayDescription, layout: ArrayLayout) {
    let images = arrays.filter { $0.squeezed.dimensions.count >= 2 && $0.dimensions.count(where: { $0 > 1 }) > 1 }
    let pixels = arrays.filter { $0.squeezed.dimensions.count == 3 && $0.count > 1 }
    let candidates = (images.isEmpty ? pixels : images).sorted { $0.count > $1.count }
    var firstError: (any Error)?
    var skipsImage = false
    for candidate in candidates {
      // An image whose extents are not those stated is a misunderstanding, not a reason to read some matrix beside it.
      if skipsImage && candidate.squeezed.dimensions.count < 3 { break }
      do {
        var trial = self
        let layout = try trial.layout(of: candidate)
        try refuseTies(candidate, candidates, field)
        self = trial
        noteChoice(candidate, candidates, field)
        return (candidate, layout)
      } catch let error as SceneError {
        if case .ambiguous = error { throw error }
        firstError = firstError ?? error
        skipsImage = skipsImage || candidate.squeezed.dimensions.count == 3
      }
    }
    throw firstError
      ?? SceneError.missing(
        path: path, field: field,
        remedy: arrays.isEmpty
          ? "the file holds no arrays of real numbers" + (holdings.map { ", only \($0)" } ?? "")
          : "the file holds \(arrays.map(\.label).joined(separator: ", "))")
  }

  private func refuseTies(
    _ chosen: ArrayDescription, _ candidates: [ArrayDescription], _ field: String
  ) throws {
    let equal = candidates.filter { $0.count == chosen.count }
    guard equal.count > 1 else { return }
    throw SceneError.ambiguous(
      path: path, field: field, candidates: equal.map(\.label), remedy: "name the variable")
  }

  private mutating func noteChoice(
    _ chosen: ArrayDescription, _ candidates: [ArrayDescription], _ field: String
  ) {
    let others = candidates.filter { $0 != chosen }
    guard !others.isEmpty else { return }
    notes.append(
      Note(
        .information, field: field,
        found: (others.count == 1 ? "1 other array: " : "\(others.count) other arrays: ")
          + others.prefix(3).map(\.label).joined(separator: ", ") + (others.count > 3 ? ", …" : ""),
        action: "\(chosen.label), the largest, is read", remedy: "another variable can be named"))
  }
}

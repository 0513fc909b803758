import Foundation
import Tensors

extension MATSource {
  /// A matrix of spectra: the one that was named, or the only matrix of numbers that is not a list of names.
  mutating func library() throws -> SpectralLibrary {
    let array = try libraryArray()
    let (spectraAxis, names) = try spectraAxis(of: array)
    let bandAxis = 1 - spectraAxis
    let (count, bands) = (array.dimensions[spectraAxis], array.dimensions[bandAxis])
    let layout = ArrayLayout(
      rows: count, columns: 1, bands: bands, rowStride: array.strides[spectraAxis], columnStride: 0,
      bandStride: array.strides[bandAxis])
    let variable = try file.variable(array.name)
    try MemoryNeed(path: path, field: array.name, declared: "\(array.extents) values", count: array.count)
      .check(bytesEach: variable.width + 8, tensors: 2, limit: options.allowedMemory)
    let table = try file.withValues(of: variable) { $0.gathered(layout) }
    // Straight from the file: wavelengths rounded to single precision would no longer be the ones written there.
    let numbers = try file.doubles(variable)
    let head = LibraryHead(names: names) { column in
      (0..<bands).map { numbers[column * array.strides[spectraAxis] + $0 * array.strides[bandAxis]] }
    }
    let axis = try libraryAxis(head, bands: bands)
    notes += head.notes
    let kept = Array(head.count..<count)
    guard !kept.isEmpty else {
      throw SceneError.malformed(path: path, field: array.name, expected: "spectra", found: "only wavelengths")
    }
    let library = SpectralLibrary(
      names: kept.map { names?[$0] ?? "Spectrum \($0 + 1)" }, spectra: table.gatheringRows(kept), axis: axis,
      source: path, notes: notes)
    return try library.cleaned(LibraryStatement(path: path, isInteger: variable.isInteger), options)
  }

  private func libraryArray() throws -> ArrayDescription {
    if let name = options.endmemberVariable ?? options.variable {
      let array = try array(name)
      guard array.dimensions.count == 2 else {
        throw SceneError.malformed(path: path, field: name, expected: "a matrix of spectra", found: array.extents)
      }
      return array
    }
    let matrices = arrays.filter { array in
      array.dimensions.count == 2 && array.dimensions.allSatisfy { $0 > 1 }
    }
    let candidates = try matrices.filter { try !isText($0.name) }
    guard let first = candidates.first else {
      throw SceneError.missing(path: path, field: "a matrix of spectra", remedy: "the file holds \(file.listing)")
    }
    guard candidates.count == 1 else {
      throw SceneError.ambiguous(
        path: path, field: "the library", candidates: candidates.map(\.label), remedy: "name the variable")
    }
    return first
  }

  private func isText(_ name: String) throws -> Bool {
    let variable = try file.variable(name)
    return try file.allSatisfy(variable) { $0 == $0.rounded() && $0 >= 0 && $0 <= 126 }
      && !file.allSatisfy(variable) { $0 < 65 }
  }

  /// The axis that counts spectra: as long as a list of names, not as long as a vector of wavelengths, or the second.
  private mutating func spectraAxis(of array: ArrayDescription) throws -> (Int, [String]?) {
    for axis in [1, 0] {
      var trial = self
      if let names = try? trial.names(count: array.dimensions[axis]) { return (axis, names) }
    }
    // A variable of names that was asked for must fit one axis: its error says what it holds.
    if options.nameVariable != nil { _ = try names(count: array.dimensions[1]) }
    let lengths = Set(vectors.compactMap(\.count))
    let (first, second) = (array.dimensions[0], array.dimensions[1])
    if lengths.contains(second) && !lengths.contains(first) { return (0, nil) }
    if !lengths.contains(first) {
      notes.append(
        Note(
          .warning, field: array.label, found: "nothing states which axis counts spectra",
          action: "columns are read as spectra"))
    }
    return (1, nil)
  }

  private mutating func libraryAxis(_ head: LibraryHead, bands: Int) throws -> SpectralAxis? {
    guard let centers = head.centers else { return try axis(bands: bands) }
    let statement = AxisStatement(
      path: path, field: "wavelengths", centers: centers, widths: head.widths, unit: head.unit, bands: bands)
    return try statement.axis(options, notes: &notes)
  }
}

/// The first columns of a laboratory's matrix, which are not spectra: wavelengths, widths, channel numbers.
struct LibraryHead {
  /// How many columns they are.
  private(set) var count = 0
  private(set) var centers: [Double]?
  private(set) var widths: [Double]?
  private(set) var unit: String?
  private(set) var notes: [Note] = []

  /// - Parameter values: the numbers of a column.
  init(names: [String]?, _ values: (_ column: Int) -> [Double]) {
    guard let names else { return }
    for (position, name) in names.prefix(4).enumerated() where position == count {
      let values = values(position)
      let words = name.lowercased()
      if centers == nil && words.contains("wavelength") && SpectralAxis.Unit.guess(from: values) != nil {
        centers = values
        unit = words.contains("micro") ? "Micrometers" : words.contains("nano") ? "Nanometers" : nil
      } else if widths == nil && (words.contains("resolution") || words.contains("fwhm") || words.contains("bandpass"))
        && values.allSatisfy({ $0 > 0 })
      {
        widths = values
      } else if !(words.contains("channel") && Self.areChannelNumbers(values)) {
        break
      }
      count += 1
      notes.append(
        Note(
          .information, field: "column \(position + 1)", found: "`\(name)`",
          action: "not read as a spectrum but as what its name says"))
    }
  }

  /// 1, 2, 3, …, apart from deleted channels.
  private static func areChannelNumbers(_ values: [Double]) -> Bool {
    values.enumerated().allSatisfy { $0.element == Double($0.offset + 1) || $0.element < -1e30 }
  }
}

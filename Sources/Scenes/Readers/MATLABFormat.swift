import Foundation
import Tensors

/// MATLAB files of version 5 and 7.3, laid out as the public benchmarks are.
struct MATLABFormat: SceneFormat {
  let name = "MATLAB"
  let extensions = ["mat"]

  func recognizes(_ start: [UInt8]) -> Bool { MATSignature(start) != nil }

  func scene(at url: URL, options: ReadingOptions) throws -> Scene {
    var source = try MATSource(url, options)
    return try source.scene()
  }

  func truth(at url: URL, options: ReadingOptions, for scene: Scene?) throws -> GroundTruth {
    var source = try MATSource(url, options)
    return try source.truth(for: scene)
  }

  func library(at url: URL, options: ReadingOptions) throws -> SpectralLibrary {
    var source = try MATSource(url, options)
    return try source.library()
  }
}

/// A MATLAB file being read under some options.
struct MATSource {
  let file: MATFile
  let options: ReadingOptions
  var notes: [Note] = []

  init(_ url: URL, _ options: ReadingOptions) throws {
    self.options = options
    file = try MATFile(url, memoryLimit: options.allowedMemory)
  }

  var path: String { file.path }
  var arrays: [ArrayDescription] { file.arrays.map { .firstFastest($0.name, $0.dimensions) } }

  /// Matrices with one extent other than 1, and more than one number. What has three axes is an image of one pixel.
  var vectors: [MATVariable] {
    file.arrays.filter {
      ($0.count ?? 0) > 1 && $0.dimensions.count == 2 && $0.dimensions.count(where: { $0 > 1 }) == 1
    }
  }

  mutating func scene() throws -> Scene {
    var binding = try self.binding()
    let chosen: (array: ArrayDescription, layout: ArrayLayout)
    if let name = options.variable {
      let array = try array(name)
      chosen = (array, try binding.layout(of: array))
    } else {
      chosen = try binding.largest(of: arrays, called: "the scene")
    }
    notes += binding.notes
    let (array, layout) = chosen
    let variable = try file.variable(array.name)
    // The variable as it lies, its values in the order of pixels, and some of their bands.
    try MemoryNeed(path: path, field: array.name, declared: "\(array.extents) values", count: array.count)
      .check(bytesEach: variable.width, tensors: 2, limit: options.allowedMemory)
    var stored = StoredScene(
      path: path, name: URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent, format: "MATLAB",
      rows: layout.rows, columns: layout.columns,
      values: try file.withValues(of: variable) { $0.gathered(layout) })
    stored.isInteger = variable.isInteger
    stored.axis = try axis(bands: layout.bands)
    stored.calibration = try calibration(of: stored.values)
    stored.truth = try innerTruth(besides: array.name, stored)
    stored.notes = notes
    return try stored.cropped(options.window).scene(options)
  }

  func array(_ name: String) throws -> ArrayDescription {
    let variable = try file.variable(name)
    guard variable.kind == .numbers else {
      throw SceneError.malformed(
        path: path, field: name, expected: "an array of real numbers", found: "another kind of variable")
    }
    return .firstFastest(name, variable.dimensions)
  }

  /// What options and scalars of the file say about rows and columns, and vectors about bands.
  func binding() throws -> ArrayBinding {
    let counts = vectors.compactMap(\.count)
    var binding = ArrayBinding(
      path: path, rows: options.rows, columns: options.columns, bandCounts: Set(counts),
      isColumnMajor: options.pixelOrder != .rowMajor, orderIsStated: options.pixelOrder != .usual,
      holdings: file.variables.isEmpty ? nil : file.listing)
    if binding.rows == nil && binding.columns == nil,
      let rows = try scalar(Self.rowNames), let columns = try scalar(Self.columnNames),
      let pixels = checkedProduct([rows, columns]), pixels > 0,
      arrays.contains(where: { $0.dimensions.contains(pixels) || $0.dimensions.prefix(2) == [rows, columns] })
    {
      binding.rows = rows
      binding.columns = columns
    }
    return binding
  }

  private static let rowNames: Set = ["nrow", "nrows", "rows", "row", "lines", "nlines", "h", "height"]
  private static let columnNames: Set = ["ncol", "ncols", "cols", "col", "columns", "samples", "w", "width"]

  /// The whole number of the only scalar with one of these names, in any case.
  private func scalar(_ names: Set<String>) throws -> Int? {
    let found = file.arrays.filter { $0.count == 1 && names.contains($0.name.lowercased()) }
    guard found.count == 1, let variable = found.first, let value = try file.doubles(variable).first,
      value == value.rounded(), value > 0, value < 1e9
    else { return nil }
    return Int(value)
  }

  /// A scalar beside values that are not reflectance, whose name says it is their scale.
  private mutating func calibration(of values: Tensor) throws -> Calibration {
    let names: Set = ["maxvalue", "scale", "scalefactor", "reflectancescalefactor"]
    let found = file.arrays.filter {
      $0.count == 1 && names.contains($0.name.lowercased().filter { $0.isLetter })
    }
    guard found.count == 1, let variable = found.first, let value = try file.doubles(variable).first,
      value.isFinite, value > 1
    else { return Calibration() }
    let largest = values.withUnsafeScalars { $0.reduce(0) { $1.isFinite ? max($0, $1) : $0 } }
    guard largest > Scalar(StoredScene.largestPlausibleMedian) else {
      notes.append(
        Note(
          .information, field: variable.name, found: "\(Numbers.text(value)) beside values up to \(largest)",
          action: "not applied: the values are reflectance already"))
      return Calibration()
    }
    guard options.scale == .stated else { return Calibration(divisor: value, field: variable.name) }
    notes.append(
      Note(
        .warning, field: variable.name, found: "\(Numbers.text(value)) beside values up to \(largest)",
        action: "values are divided by it", remedy: "another factor or the scene's maximum can be asked for"))
    return Calibration(divisor: value, field: variable.name)
  }
}

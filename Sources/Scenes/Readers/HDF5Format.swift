import Foundation
import Tensors

/// HDF5 and NetCDF 4 files: Alunite's own scenes, and any file in which an array is named or is the only one.
struct HDF5Format: SceneFormat {
  let name = "HDF5"
  let extensions = ["h5", "hdf5", "he5", "nc"]

  /// The signature may follow a block of the user's of 512, 1024, … bytes.
  func recognizes(_ start: [UInt8]) -> Bool {
    let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    return [0, 512, 1_024].contains { start.dropFirst($0).starts(with: signature) }
  }

  func scene(at url: URL, options: ReadingOptions) throws -> Scene {
    let file = try HDF5File(reading: url)
    if options.variable == nil, let own = try AluniteSceneFile(file, options) { return try own.scene() }
    if try file.statesMATLABClasses() { return try MATLABFormat().scene(at: url, options: options) }
    var source = HDF5Source(file: file, options: options)
    return try source.scene()
  }

  func truth(at url: URL, options: ReadingOptions, for scene: Scene?) throws -> GroundTruth {
    let file = try HDF5File(reading: url)
    if options.abundanceVariable == nil, let own = try AluniteSceneFile(file, options) {
      return try own.truth(for: scene)
    }
    if try file.statesMATLABClasses() { return try MATLABFormat().truth(at: url, options: options, for: scene) }
    var source = HDF5Source(file: file, options: options)
    var truth = try source.truth(for: scene)
    truth.endmembers = try source.endmembers(truth.names)
    return try truth.checked(against: scene, path: file.path)
  }

  func library(at url: URL, options: ReadingOptions) throws -> SpectralLibrary {
    let file = try HDF5File(reading: url)
    if options.variable == nil && options.endmemberVariable == nil, let own = try AluniteSceneFile(file, options) {
      return try own.library()
    }
    if try file.statesMATLABClasses() { return try MATLABFormat().library(at: url, options: options) }
    var source = HDF5Source(file: file, options: options)
    return try source.library()
  }
}

/// An HDF5 file of somebody else's being read under some options.
struct HDF5Source {
  let file: HDF5File
  var options: ReadingOptions
  var notes: [Note] = []

  init(file: HDF5File, options: ReadingOptions) {
    self.file = file
    self.options = options
  }

  mutating func scene() throws -> Scene {
    var binding = self.binding()
    let (array, layout) = try bound(&binding, options.variable, "the scene")
    notes += binding.notes
    var stored = StoredScene(
      path: file.path, name: URL(fileURLWithPath: file.path).deletingPathExtension().lastPathComponent,
      format: "HDF5", rows: layout.rows, columns: layout.columns, values: try values(array, layout))
    stored.axis = try axis(bands: layout.bands)
    stored.isGood = try goodBands(count: layout.bands)
    stored.axis = stored.axis?.marking(stored.isGood)
    stored.ignoreValue = try fillValue(of: array.name)
    stored.isInteger = try file.description(of: array.name).kind == .integer
    stored.truth = try innerTruth(stored)
    stored.calibration = try calibration(of: array.name, bands: layout.bands)
    stored.notes = notes
    return try stored.cropped(options.window).scene(options)
  }

  mutating func truth(for scene: Scene?) throws -> GroundTruth {
    var binding = self.binding()
    binding.inner = "endmembers"
    // A window's extents are not those of the whole image that the file holds.
    let whole = options.window == nil ? scene : nil
    binding.rows = whole?.rows ?? options.rows
    binding.columns = whole?.columns ?? options.columns
    let (array, image) = try bound(&binding, options.abundanceVariable, "the abundances")
    let layout = try image.cropped(options.window, path: file.path)
    notes += binding.notes
    let names = try options.nameVariable.map { try file.strings($0) }
    guard (names?.count ?? layout.bands) == layout.bands else {
      throw SceneError.malformed(
        path: file.path, field: options.nameVariable ?? "names", expected: "\(layout.bands) names",
        found: "\(names?.count ?? 0)")
    }
    var stored = StoredScene(
      path: file.path, name: array.name, format: "HDF5", rows: layout.rows, columns: layout.columns,
      values: try values(array, layout))
    stored.ignoreValue = try fillValue(of: array.name)
    stored.calibration = try calibration(of: array.name, bands: layout.bands)
    stored.notes = notes
    var options = options
    // A factor is stated for the scene; the truth's own attributes and floats say more.
    let isFloat = try file.description(of: array.name).kind == .float
    if isFloat || stored.calibration.field != nil { options.scale = .stated }
    let truth = try stored.groundTruth(options, names: names)
    return try truth.checked(rows: layout.rows, columns: layout.columns, against: scene, path: file.path)
  }

  /// The abundances that a scene's own file holds under the name that was given, with endmembers if they are named.
  private func innerTruth(_ scene: StoredScene) throws -> GroundTruth? {
    guard let name = options.abundanceVariable, try file.isDataset(name) else { return nil }
    var own = self
    own.options.window = nil
    own.options.rows = scene.rows
    own.options.columns = scene.columns
    var truth = try own.truth(for: nil)
    truth.endmembers = try own.endmembers(truth.names)
    guard truth.endmembers.map({ $0.bands == scene.bands }) ?? true else {
      throw SceneError.malformed(
        path: file.path, field: options.endmemberVariable ?? "endmembers", expected: "\(scene.bands) bands",
        found: "\(truth.endmembers?.bands ?? 0)")
    }
    return truth
  }

  /// The endmembers that were named, `[endmembers, bands]`.
  func endmembers(_ names: [String]) throws -> SpectralLibrary? {
    guard let name = options.endmemberVariable else { return nil }
    let array = try description(name)
    guard array.dimensions.count == 2, array.dimensions[0] == names.count, array.dimensions[1] > 0 else {
      throw SceneError.malformed(
        path: file.path, field: name, expected: "a matrix of \(names.count) spectra", found: array.extents)
    }
    return SpectralLibrary(names: names, spectra: try file.tensor(array.name), source: file.path)
  }

  /// A matrix `[spectra, bands]`, named by the options or the only one.
  mutating func library() throws -> SpectralLibrary {
    let array = try libraryArray()
    let (count, bands) = (array.dimensions[0], array.dimensions[1])
    let axis = try axis(bands: bands)
    let names = try options.nameVariable.map { try file.strings($0) }
    guard (names?.count ?? count) == count else {
      throw SceneError.malformed(
        path: file.path, field: options.nameVariable ?? "names", expected: "\(count) names",
        found: "\(names?.count ?? 0)")
    }
    try MemoryNeed(path: file.path, field: array.name, declared: "\(array.extents) values", count: array.count)
      .check(tensors: 2, limit: options.allowedMemory)
    let library = SpectralLibrary(
      names: names ?? (1...count).map { "Spectrum \($0)" }, spectra: try file.tensor(array.name),
      axis: axis, source: file.path, notes: notes)
    let statement = LibraryStatement(
      path: file.path, calibration: try calibration(of: array.name, bands: bands),
      ignoreValue: try fillValue(of: array.name), isGood: try goodBands(count: bands),
      isInteger: try file.description(of: array.name).kind == .integer)
    return try library.cleaned(statement, options)
  }

  private func libraryArray() throws -> ArrayDescription {
    if let name = options.endmemberVariable ?? options.variable {
      let array = try description(name)
      guard array.dimensions.count == 2, !array.dimensions.contains(0) else {
        throw SceneError.malformed(path: file.path, field: name, expected: "a matrix of spectra", found: array.extents)
      }
      return array
    }
    let matrices = try arrays().filter { $0.dimensions.count == 2 && !$0.dimensions.contains(0) }
    guard let array = matrices.first, matrices.count == 1 else {
      throw SceneError.ambiguous(
        path: file.path, field: "the library", candidates: matrices.map(\.label), remedy: "name the dataset")
    }
    return array
  }

  private func binding() -> ArrayBinding {
    ArrayBinding(
      path: file.path, rows: options.rows, columns: options.columns,
      bandCounts: (try? vectorLengths()) ?? [], isColumnMajor: options.pixelOrder == .columnMajor,
      orderIsStated: options.pixelOrder != .usual)
  }

  private func bound(
    _ binding: inout ArrayBinding, _ name: String?, _ field: String
  ) throws -> (ArrayDescription, ArrayLayout) {
    if let name {
      let array = try description(name)
      return (array, try binding.layout(of: array))
    }
    let all = try arrays()
    let cubes = all.filter { $0.dimensions.count == 3 }
    guard !cubes.isEmpty || all.isEmpty else {
      let labels = all.prefix(20).map(\.label).joined(separator: ", ") + (all.count > 20 ? ", …" : "")
      throw SceneError.missing(
        path: file.path, field: "an array of three dimensions for \(field)",
        remedy: "the file holds \(labels); name the dataset")
    }
    if all.isEmpty {
      let others = try file.datasets().prefix(20).map { name in
        let extents = try file.description(of: name).dimensions.map(String.init).joined(separator: "×")
        return "\(name) (\(extents), not plain real numbers)"
      }
      binding.holdings = others.isEmpty ? nil : others.joined(separator: ", ")
    }
    return try binding.largest(of: cubes, called: field)
  }

  private func description(_ name: String) throws -> ArrayDescription {
    let found = try file.description(of: name)
    guard found.kind == .float || found.kind == .integer else {
      throw SceneError.malformed(
        path: file.path, field: name, expected: "numbers", found: "\(found.kind.rawValue) values")
    }
    return .lastFastest(Self.plain(name), found.dimensions)
  }

  private static func plain(_ name: String) -> String { HDF5File.parts(of: name).joined(separator: "/") }

  private func values(_ array: ArrayDescription, _ layout: ArrayLayout) throws -> Tensor {
    // The dataset as it lies, its values in the order of pixels, and some of their bands.
    try MemoryNeed(path: file.path, field: array.name, declared: "\(array.extents) values", count: array.count)
      .check(tensors: 3, limit: options.allowedMemory)
    let flat = try file.tensor(array.name)
    return flat.withUnsafeScalars { TypedNumbers(values: $0).gathered(layout) }
  }

  /// Every dataset of numbers, in groups too.
  private func arrays() throws -> [ArrayDescription] {
    try file.datasets().compactMap { name in
      let found = try file.description(of: name)
      return found.kind == .float || found.kind == .integer ? .lastFastest(name, found.dimensions) : nil
    }
  }

  private func vectorLengths() throws -> Set<Int> {
    Set(try arrays().filter { $0.dimensions.count == 1 && $0.count > 1 }.map(\.count))
  }

  private mutating func axis(bands: Int) throws -> SpectralAxis? {
    var statement = try AxisStatement.asked(for: options, in: file, bands: bands)
    if statement == nil, let name = try wavelengthDataset(bands: bands) {
      statement = try AxisStatement(dataset: name, in: file, bands: bands)
    }
    let found = statement ?? AxisStatement(path: file.path, field: "wavelengths", bands: bands)
    return try found.axis(options, notes: &notes)
  }

  /// The only vector of the right length whose numbers can be wavelengths.
  private func wavelengthDataset(bands: Int) throws -> String? {
    let found = try arrays().filter { array in
      guard array.dimensions == [bands], bands > 1 else { return false }
      let values = try file.doubles(array.name)
      return SpectralAxis.Unit.guess(from: values) != nil && zip(values, values.dropFirst()).contains { $0 < $1 }
        && (values.max() ?? 0) - (values.min() ?? 0) > 0.3
    }
    let named = found.filter { $0.name.lowercased().contains("wavelength") }
    return (found.count == 1 ? found : named).count == 1 ? (found.count == 1 ? found : named)[0].name : nil
  }

  /// The flags that imaging spectrometers' products keep beside their wavelengths.
  private func goodBands(count: Int) throws -> [Bool]? {
    let named = try arrays().filter { $0.dimensions == [count] && $0.name.hasSuffix("good_wavelengths") }
    return try named.first.map { try file.doubles($0.name).map { $0 != 0 } }
  }

  private func fillValue(of name: String) throws -> Double? {
    try file.doubles(attribute: "_FillValue", of: name)?.first
  }

  /// NetCDF's `scale_factor` and `add_offset`.
  private func calibration(of name: String, bands: Int) throws -> Calibration {
    let factor = try file.doubles(attribute: "scale_factor", of: name)?.first
    let offset = try file.doubles(attribute: "add_offset", of: name)?.first
    guard factor != nil || offset != nil else { return Calibration() }
    return Calibration(
      gains: factor.map { [Double](repeating: $0, count: bands) },
      offsets: offset.map { [Double](repeating: $0, count: bands) }, field: "scale_factor")
  }
}

extension AxisStatement {
  /// What a dataset says, with the widths that products keep beside it.
  init(dataset name: String, in file: HDF5File, bands: Int) throws {
    self.init(path: file.path, field: name, bands: bands)
    centers = try file.doubles(name)
    unit = try file.text(attribute: "units", of: name)
    let beside = name.split(separator: "/").dropLast().joined(separator: "/") + "/fwhm"
    if try file.isDataset(beside) { widths = try file.doubles(beside) }
  }

  /// What the text file or the dataset says that was asked for.
  static func asked(for options: ReadingOptions, in file: HDF5File, bands: Int) throws -> AxisStatement? {
    if let url = options.wavelengthFile {
      let table = try WavelengthTable.read(url, bands: bands)
      return AxisStatement(
        path: url.path, field: "wavelengths", centers: table.centers, widths: table.widths, bands: bands)
    }
    return try options.wavelengthVariable.map { try AxisStatement(dataset: $0, in: file, bands: bands) }
  }
}

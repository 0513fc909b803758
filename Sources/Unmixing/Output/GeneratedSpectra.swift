import Foundation
import Scenes
import Tensors

/// Generated spectra as a file: CSV, an ENVI spectral library or HDF5, by the name's ending.
///
///     .csv   one row `spectrum, quantity, abundances…, bands…` for every quantity of every spectrum
///     .sli   an ENVI library of the same rows, named `label: quantity`, with its header beside it
///     .h5    /abundances [n, endmembers], /mean, /sd, /lower, /upper, /linear [n, bands], /draws [draws, n, bands],
///            /wavelengths (nm), /names, /labels; attributes `format`, `method`, `interval`
///
/// The quantities are those of ``SpectrumGenerator/quantities``. CSV is written as the spectra are made; the others are made
/// whole first.
public struct GeneratedSpectra: Sendable {
  /// The kinds of files.
  public enum Kind: String, Sendable, CaseIterable {
    case csv, sli, h5

    /// The kind that a name ends with; `nil` for any other ending.
    public init?(of url: URL) { self.init(rawValue: url.pathExtension.lowercased()) }
  }

  private let generator: SpectrumGenerator
  private let abundances: Tensor
  private let labels: [String]

  /// The spectra of abundances `[n, endmembers]`.
  ///
  /// - Parameter labels: what to call each; numbers from 1 when absent.
  /// - Precondition: one label for each.
  public init(_ generator: SpectrumGenerator, of abundances: Tensor, labels: [String]? = nil) {
    let labels = labels ?? (0..<abundances.shape[0]).map { "\($0 + 1)" }
    precondition(labels.count == abundances.shape[0], "\(labels.count) labels for shape \(abundances.shape)")
    self.generator = generator
    self.abundances = abundances
    self.labels = labels
  }

  /// Writes a file of a kind, whole or not at all.
  ///
  /// - Parameter observe: is told now and then how many spectra are done; what it throws ends the writing.
  /// - Throws: ``SceneError`` naming the file, also when it exists and `overwriting` is false, and when the spectra would not
  ///   fit into memory; what `observe` throws.
  public func write(
    _ kind: Kind, to url: URL, overwriting: Bool = false, observe: (_ done: Int) throws -> Void = { _ in }
  ) throws {
    switch kind {
    case .csv: try writeAtomically(to: url, overwriting: overwriting) { try writeTable(to: $0, observe) }
    case .sli: try ENVIWriter(overwriting: overwriting).write(try library(for: url, observe), to: url)
    case .h5: try writeAtomically(to: url, overwriting: overwriting) { try writeHDF5(to: $0, observe) }
    }
  }

  private var model: TrainedModel { generator.model }

  // MARK: CSV

  private func writeTable(to url: URL, _ observe: (Int) throws -> Void) throws {
    let description = model.description
    let bands = description.wavelengths?.map { "\($0)" } ?? (1...description.bands).map { "band \($0)" }
    var lines = BufferedLines(file: try OutputFile(url))
    try lines.add(["spectrum", "quantity"] + description.endmemberNames + bands)
    let quantities = generator.quantities
    try generator.forEachBlock(of: abundances) { block in
      for row in 0..<block.count {
        let range = row..<row + 1
        let number = "\(block.first + row + 1)"
        let fractions = Self.fields(block.abundances.slice(along: 0, range))
        let one = block.row(row)
        for (place, quantity) in quantities.enumerated() {
          try lines.add([number, quantity] + fractions + Self.fields(one.values(place)))
          if place % 1024 == 1023 { try observe(block.first + row) }
        }
        try observe(block.first + row + 1)
      }
    }
    try lines.close()
  }

  private static func fields(_ values: Tensor) -> [String] {
    values.withUnsafeScalars { values in values.map { "\($0)" } }
  }

  // MARK: ENVI

  private func library(for url: URL, _ observe: (Int) throws -> Void) throws -> SpectralLibrary {
    let quantities = generator.quantities
    let bands = model.description.bands
    let rows = abundances.shape[0] * quantities.count
    try checkMemory(bytes: Double(rows) * Double(bands) * 12, rows, at: url)
    var values: [Scalar] = []
    values.reserveCapacity(rows * bands)
    var names: [String] = []
    try generator.forEachBlock(of: abundances) { block in
      for row in 0..<block.count {
        let one = block.row(row)
        for (place, quantity) in quantities.enumerated() {
          // A comma ends a name in an ENVI header.
          names.append("\(labels[block.first + row].replacing(",", with: ";")): \(quantity)")
          values += one.values(place).scalars
        }
        try observe(block.first + row + 1)
      }
    }
    return SpectralLibrary(
      names: names, spectra: Tensor([rows, bands], values), axis: model.endmembers().axis,
      source: model.description.label)
  }

  private func checkMemory(bytes: Double, _ rows: Int, at url: URL) throws {
    let limit = Double(AvailableMemory.bytes() ?? 1 << 34) * 0.75
    guard bytes > limit else { return }
    throw SceneError.tooLarge(
      path: url.path, field: "spectra", declared: "\(rows) of \(model.description.bands) bands",
      limit: "memory for \(Int(limit / bytes * Double(rows))); a .csv file is written as the spectra are made")
  }

  // MARK: HDF5

  private func writeHDF5(to url: URL, _ observe: (Int) throws -> Void) throws {
    let (count, bands) = (abundances.shape[0], model.description.bands)
    let quantities = generator.quantities.filter { !$0.hasPrefix("draw ") }
    let kinds = quantities.count + generator.draws
    try checkMemory(bytes: Double(count * kinds) * Double(bands) * 8, count * kinds, at: url)
    var parts = quantities.map { _ in Tensor.zeros([count, bands]) }
    var draws = Tensor.zeros([generator.draws * count, bands])
    try generator.forEachBlock(of: abundances) { block in
      let places = Array(block.first..<block.first + block.count)
      for place in quantities.indices { parts[place].setRows(places, to: block.values(place)) }
      for number in 0..<generator.draws { draws.setRows(places.map { number * count + $0 }, to: block.draw(number)) }
      try observe(block.first + places.count)
    }
    let file = try HDF5File(creating: url)
    try file.setAttribute("format", to: "alunite-spectra-1")
    try file.setAttribute("method", to: model.description.label)
    if let interval = generator.interval { try file.setAttribute("interval", to: interval) }
    try file.write(abundances, to: "abundances")
    for (quantity, values) in zip(quantities, parts) {
      try file.write(values, to: quantity.split(separator: " ").first.map(String.init) ?? quantity, compression: 4)
    }
    if generator.draws > 0 {
      try file.write(draws.reshaped(to: [generator.draws, count, bands]), to: "draws", compression: 4)
    }
    if let wavelengths = model.description.wavelengths {
      try file.write(wavelengths, to: "wavelengths")
      try file.setAttribute("units", of: "wavelengths", to: "nm")
    }
    try file.write(model.description.endmemberNames, to: "names")
    try file.write(labels, to: "labels")
    try file.close()
  }
}

extension SpectrumGenerator.Block {
  /// The quantity at a place of ``SpectrumGenerator/quantities``, `[n, bands]`.
  fileprivate func values(_ place: Int) -> Tensor {
    let fixed = [mean] + (deviation.map { [$0] } ?? []) + limits + [linear]
    return place < fixed.count ? fixed[place] : draw(place - fixed.count)
  }
}

/// Lines of a file, written some at a time.
private struct BufferedLines {
  let file: OutputFile
  private var text = ""

  init(file: OutputFile) { self.file = file }

  mutating func add(_ fields: [String]) throws {
    text += CommaSeparated.line(fields)
    if text.utf8.count > 1 << 18 { try flush() }
  }

  mutating func close() throws {
    try flush()
    try file.close()
  }

  private mutating func flush() throws {
    try file.write(text)
    text.removeAll(keepingCapacity: true)
  }
}

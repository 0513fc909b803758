import Foundation
import Scenes
import Tensors

/// Which materials a scene is made of, and where their spectra come from.
///
/// A material has one spectrum, or a bundle of several that differ by grain size or site, of which every pixel holds one.
/// In YAML:
///
///     minerals: [alunite, [kaolinite-well-crystallised, kaolinite-poorly-crystallised]]   # built in
///
///     library: USGS_1995_Library.mat         # beside the recipe: .mat, ENVI .sli, HDF5, also a scene with its truth; a
///                                            # table of spectra (.csv, .txt), or a folder of one spectrum a file (.txt)
///     minerals: [Alunite GDS84, 39]          # names in the library, or numbers from 1; all of it when absent
///
/// A name in a library may be shortened as long as one spectrum alone begins with it or contains it; upper and lower case
/// are the same.
public struct Materials: Sendable, Equatable {
  /// The spectra of every material: names, or numbers from 1 in a library. Empty for all of a library, one each.
  public var spectra: [[String]]
  /// The file the spectra are read from; `nil` for the built-in models.
  public var library: String?

  /// Materials of one or several spectra each.
  public init(_ spectra: [[String]], library: String? = nil) { (self.spectra, self.library) = (spectra, library) }

  /// How many materials there are; `nil` when the library decides.
  public var count: Int? { spectra.isEmpty && library != nil ? nil : spectra.count }

  /// The spectra at a sensor's channels.
  struct Spectra {
    /// The endmembers of the truth: the spectrum of every material, or the mean of its bundle.
    var endmembers: SpectralLibrary
    /// The spectra of every material, `[spectra, bands]`.
    var bundles: [Tensor]
    /// The 0-based numbers of the channels, before any was dropped.
    var channels: [Int]
  }

  /// - Throws: ``RecipeError`` when a material is not known; ``SceneError`` when the library cannot be read.
  func spectra(at sensor: Sensor) throws -> Spectra {
    let (all, chosen, channels) = try library.map { try read($0, at: sensor) } ?? builtIn(at: sensor)
    let bundles = chosen.map { all.spectra.gatheringRows($0) }
    let names = chosen.map { all.names[$0[0]] }
    let endmembers = Tensor.concatenated(bundles.map { $0.mean(along: 0).expandingDimension(at: 0) }, along: 0)
    return Spectra(
      endmembers: SpectralLibrary(
        names: names, spectra: endmembers, axis: all.axis, source: all.source, notes: all.notes),
      bundles: bundles, channels: channels)
  }

  // MARK: Built in

  private func builtIn(at sensor: Sensor) throws -> (SpectralLibrary, [[Int]], [Int]) {
    guard let axis = sensor.axis, let count = sensor.count else {
      throw RecipeError.malformed(
        recipe: "recipe", field: "sensor.grid",
        expected: "an instrument, as the built-in minerals have no bands of their own",
        found: "library")
    }
    let models = spectra.joined().compactMap(MineralSpectrum.named)
    let widths = axis.fwhm ?? axis.wavelengths.map { _ in 10 }
    let values = models.flatMap { model in
      zip(axis.wavelengths, widths).map { Scalar(model.reflectance(at: $0, fwhm: $1)) }
    }
    let all = SpectralLibrary(
      names: models.map(\.title), spectra: Tensor([models.count, axis.count], values), axis: axis,
      source: "absorption-band models")
    var next = 0
    let chosen = spectra.map { bundle in
      defer { next += bundle.count }
      return Array(next..<next + bundle.count)
    }
    return (all, chosen, sensor.keptChannels(of: count))
  }

  // MARK: From a library

  private func read(_ path: String, at sensor: Sensor) throws -> (SpectralLibrary, [[Int]], [Int]) {
    let file = URL(fileURLWithPath: path)
    let folder = SpectrumFolder.isFolder(file) ? try SpectrumFolder(contentsOf: file) : nil
    let whole = try folder == nil ? SpectralLibrary(contentsOf: file) : nil
    let names = folder?.names ?? whole?.names ?? []
    let chosen =
      spectra.isEmpty
      ? names.indices.map { [$0] } : try spectra.map { try $0.map { try place(of: $0, in: names, path) } }
    let used = Array(Set(chosen.joined())).sorted()
    let places = Dictionary(uniqueKeysWithValues: zip(used, used.indices))
    // The files of a folder may have bands of their own: each is brought to the sensor's.
    guard let part = try folder?.library(of: used, at: sensor.axis) ?? whole?.selecting(spectra: used) else {
      preconditionFailure("a library without a file")
    }
    let (library, channels) = try fitted(part, to: sensor, path)
    let missing = (0..<library.bands).filter { !Set(library.completeBands).contains($0) }
    guard missing.isEmpty else {
      throw RecipeError.malformed(
        recipe: "recipe", field: "sensor", expected: "channels that every chosen spectrum of \(path) has values for",
        found: "\(missing.count) without (\(Self.listing(missing.map { channels[$0] + 1 }))); "
          + "leave them out (drop: of the sensor, or --bands of a target)")
    }
    return (library, chosen.map { $0.compactMap { places[$0] } }, channels)
  }

  private func fitted(
    _ library: SpectralLibrary, to sensor: Sensor, _ path: String
  ) throws -> (SpectralLibrary, [Int]) {
    guard let axis = sensor.axis, let count = sensor.count else {
      try sensor.validateDropped(of: library.bands)
      let kept = sensor.keptChannels(of: library.bands)
      return (library.selecting(bands: kept), kept)
    }
    guard let own = library.axis, own.count >= 2 else {
      throw RecipeError.malformed(
        recipe: "recipe", field: "library", expected: "spectra with wavelengths, or sensor grid: library",
        found: "\(path) without wavelengths")
    }
    return (own == axis ? library : library.resampled(to: axis), sensor.keptChannels(of: count))
  }

  /// The one spectrum that a word stands for.
  private func place(of word: String, in all: [String], _ path: String) throws -> Int {
    if let number = Int(word) {
      try require((1...all.count).contains(number), "minerals", "numbers from 1 to \(all.count)", "“\(word)”")
      return number - 1
    }
    let names = all.map { $0.lowercased().trimmingCharacters(in: .whitespaces) }
    let wanted = word.lowercased().trimmingCharacters(in: .whitespaces)
    for test in [{ $0 == wanted }, { $0.hasPrefix(wanted) }, { $0.contains(wanted) }] as [(String) -> Bool] {
      let found = names.indices.filter { test(names[$0]) }
      if found.count == 1 { return found[0] }
      if found.count > 1 {
        throw RecipeError.malformed(
          recipe: "recipe", field: "minerals", expected: "a name of one spectrum of \(path)",
          found: "“\(word)”, which could be \(found.prefix(6).map { all[$0] }.joined(separator: ", "))")
      }
    }
    let hint = Nearest.candidate(to: word, among: all).map { "; did you mean “\($0)”?" } ?? ""
    throw RecipeError.malformed(
      recipe: "recipe", field: "minerals",
      expected: "a name of a spectrum of \(path), or a number from 1 to \(all.count)", found: "“\(word)”\(hint)")
  }

  private static func listing(_ numbers: [Int]) -> String {
    numbers.prefix(8).map(String.init).joined(separator: ", ") + (numbers.count > 8 ? ", …" : "")
  }

  // MARK: Checks

  /// - Throws: ``RecipeError`` when there are too few materials, or one is not known.
  func validate() throws {
    if let count { try require(count >= 2, "minerals", "at least 2", "\(count)") }
    var seen: Set<String> = []
    for (position, bundle) in spectra.enumerated() {
      try require(!bundle.isEmpty, "minerals[\(position + 1)]", "a material", "an empty list")
      for name in bundle {
        let field = "minerals[\(position + 1)]"
        if library == nil, MineralSpectrum.named(name) == nil {
          try require(false, field, "a known material", "“\(name)”\(Self.hint(for: name))")
        }
        try require(seen.insert(name).inserted, field, "each material once", "“\(name)” again")
      }
    }
  }

  /// What may have been meant by a material nobody knows.
  private static func hint(for name: String) -> String {
    if Int(name) != nil { return "; numbers are those of spectra in a library" }
    return Nearest.candidate(to: name, among: Recipe.materialNames).map { "; did you mean “\($0)”?" }
      ?? "; there are \(Recipe.materialNames.joined(separator: ", "))"
  }
}

extension Materials {
  /// Reads `library` and `minerals`, which may be absent beside a library.
  init(_ fields: RecipeFields) throws {
    let library: String? = try fields.optional("library", "the path of a spectral library")
    let isAll = library != nil && !fields.has("minerals")
    let entries: [Bundle] = isAll ? [] : try fields.value("minerals", "a list of materials")
    self.init(entries.map(\.names), library: library)
  }

  /// One entry of a recipe's list: a name, a number, or a list of them.
  struct Bundle: Codable {
    let names: [String]

    init(_ names: [String]) { self.names = names }

    init(from decoder: any Decoder) throws {
      if let one = try? decoder.singleValueContainer().decode(String.self) {
        names = [one]
      } else {
        names = try [String](from: decoder)
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      if names.count == 1 { try container.encode(names[0]) } else { try container.encode(names) }
    }
  }
}

extension Materials: ExpressibleByArrayLiteral {
  /// Built-in materials of one spectrum each.
  public init(arrayLiteral names: String...) { self.init(names.map { [$0] }) }
}

import Foundation

/// What a user says about a file that the file does not say plainly. Everything is optional; whatever is not said and
/// not written in the file is guessed with a ``Note``, or refused where a guess would change numbers silently.
public struct ReadingOptions: Sendable, Equatable {
  /// How stored numbers become reflectance.
  public enum Scale: Equatable, Sendable {
    /// As the file says (`reflectance scale factor`, gains, `maxValue`); an error if values are large and it does not.
    case stated
    /// `reflectance = stored / factor`, whatever the file says.
    case factor(Double)
    /// Divide by the largest valid value of the scene, as much of the literature does.
    case maximum
  }

  /// In which order a matrix lists the pixels.
  public enum PixelOrder: Equatable, Sendable {
    /// As is usual for the format: columns first for MATLAB, rows first for everything else.
    case usual
    /// `row × columns + column`.
    case rowMajor
    /// `row + column × rows`.
    case columnMajor
  }

  /// What to do with bands that do not vary over the valid pixels.
  public enum ConstantBands: Equatable, Sendable {
    /// Throw ``SceneError/constantBands(path:bands:)``.
    case refuse
    /// Leave them out, with a note.
    case drop
    /// Keep them, with a note.
    case keep
  }

  /// A rectangle of a scene.
  public struct Window: Equatable, Sendable {
    /// The image rows to read.
    public var rows: Range<Int>
    /// The image columns to read.
    public var columns: Range<Int>

    /// A rectangle of these rows and columns.
    public init(rows: Range<Int>, columns: Range<Int>) {
      self.rows = rows
      self.columns = columns
    }
  }

  /// The variable or dataset that holds the spectra: `V`, `cropB`, `group/reflectance`.
  public var variable: String?
  /// The number of image rows, when the file lists pixels in a matrix.
  public var rows: Int?
  /// The number of image columns.
  public var columns: Int?
  /// In which order a matrix lists the pixels.
  public var pixelOrder = PixelOrder.usual
  /// How stored numbers become reflectance.
  public var scale = Scale.stated
  /// The stored number that means "no measurement".
  public var ignoreValue: Double?
  /// The unit of the wavelengths.
  public var wavelengthUnit: SpectralAxis.Unit?
  /// The variable or dataset that holds the wavelengths.
  public var wavelengthVariable: String?
  /// A text file of wavelengths, one band a line or in a list.
  public var wavelengthFile: URL?
  /// The bands to keep (0-based, in this order); all by default.
  public var bands: [Int]?
  /// Whether bands the file's bad-band list rejects stay in the scene.
  public var keepsBadBands = false
  /// What to do with bands that do not vary.
  public var constantBands = ConstantBands.refuse
  /// The part of the scene to read; all by default.
  public var window: Window?
  /// The variable or dataset that holds reference abundances.
  public var abundanceVariable: String?
  /// The variable or dataset that holds endmembers.
  public var endmemberVariable: String?
  /// The variable or dataset that holds the names of endmembers or library spectra.
  public var nameVariable: String?
  /// The most memory, in bytes, that reading a file may take; three quarters of what there is, when `nil`.
  public var memoryLimit: Int?

  /// Options that leave everything to the file.
  public init() {}
}

extension ReadingOptions {
  /// These options for a file whose truth stands in another: they name no variable of abundances, endmembers or names.
  public var withoutTruth: ReadingOptions { namingTruth(as: ReadingOptions()) }

  /// These options with the variables of abundances, endmembers and names that others name.
  public func namingTruth(as other: ReadingOptions) -> ReadingOptions {
    var options = self
    options.abundanceVariable = other.abundanceVariable
    options.endmemberVariable = other.endmemberVariable
    options.nameVariable = other.nameVariable
    return options
  }

  /// The most memory that reading may take now.
  var allowedMemory: Int { memoryLimit ?? (AvailableMemory.bytes() ?? 1 << 34) / 4 * 3 }

  /// The options for a raster of abundances without variables: nothing they say about a scene's bands and samples.
  ///
  /// - Throws: ``SceneError/unsupported(path:field:found:remedy:)`` if they name a variable of abundances.
  func forRaster(at url: URL) throws -> ReadingOptions {
    try refuse(
      [
        ("abundance variable", abundanceVariable), ("endmember variable", endmemberVariable),
        ("name variable", nameVariable),
      ], at: url)
    var options = self
    options.bands = nil
    options.keepsBadBands = true
    options.ignoreValue = nil
    options.wavelengthUnit = nil
    options.wavelengthVariable = nil
    options.wavelengthFile = nil
    return options
  }

  /// Refuses names of variables for a file that has none.
  func refuse(_ variables: [(field: String, asked: String?)], at url: URL) throws {
    for (field, asked) in variables {
      guard let asked else { continue }
      throw SceneError.unsupported(
        path: url.path, field: "the \(field) asked for", found: "`\(asked)`", remedy: "the file holds no variables")
    }
  }

  /// The options, if they make sense whatever the file is.
  ///
  /// - Throws: ``SceneError/malformed(path:field:expected:found:)``.
  func checked(for url: URL) throws -> ReadingOptions {
    for (field, value) in [("rows", rows), ("columns", columns), ("memory limit", memoryLimit)] {
      if let value, value < 1 {
        throw SceneError.malformed(
          path: url.path, field: "\(field) asked for", expected: "1 or more", found: "\(value)")
      }
    }
    if case .factor(let factor) = scale, !factor.isFinite || factor == 0 {
      throw SceneError.malformed(
        path: url.path, field: "the factor asked for", expected: "a number other than 0", found: "\(factor)")
    }
    return self
  }
}

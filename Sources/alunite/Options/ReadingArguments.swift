import ArgumentParser
import Foundation
import Scenes

/// What a user says about a file that the file does not say plainly.
struct ReadingArguments: ParsableArguments {
  @Option(help: ArgumentHelp("The variable or dataset that holds the spectra.", valueName: "name"))
  var variable: String?

  @Option(help: ArgumentHelp("The number of image rows, where a matrix lists the pixels.", valueName: "n"))
  var rows: Int?

  @Option(help: ArgumentHelp("The number of image columns.", valueName: "n"))
  var columns: Int?

  @Option(help: ArgumentHelp("In which order a matrix lists the pixels: rows, columns.", valueName: "order"))
  var pixelOrder: PixelOrderName?

  @Option(
    help: ArgumentHelp(
      "How stored numbers become reflectance: a divisor such as 10000, or maximum.", valueName: "scale"))
  var scale: ScaleArgument?

  // Unconditional: the usual value, -9999, begins as an option does.
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("The stored number that means no measurement, such as -9999.", valueName: "number"))
  var ignoreValue: Double?

  @Option(help: ArgumentHelp("The unit of the wavelengths: nm, um, cm-1, angstrom, GHz.", valueName: "unit"))
  var wavelengthUnit: WavelengthUnitName?

  @Option(help: ArgumentHelp("The variable or dataset that holds the wavelengths.", valueName: "name"))
  var wavelengthVariable: String?

  @Option(help: ArgumentHelp("A text file of wavelengths.", valueName: "file"))
  var wavelengthFile: String?

  @Option(help: ArgumentHelp("The bands to keep, from 1, as 1-100,110-220.", valueName: "bands"))
  var bands: BandList?

  @Flag(help: "Keep the bands that the file marks as bad.")
  var keepBadBands = false

  @Option(help: ArgumentHelp("What to do with bands that do not vary: refuse, drop, keep.", valueName: "action"))
  var constantBands: ConstantBandsName?

  @Option(help: ArgumentHelp("The variable or dataset that holds true abundances.", valueName: "name"))
  var abundanceVariable: String?

  @Option(help: ArgumentHelp("The variable or dataset that holds true endmembers.", valueName: "name"))
  var endmemberVariable: String?

  @Option(help: ArgumentHelp("The variable or dataset that holds endmembers' names.", valueName: "name"))
  var nameVariable: String?

  @Option(
    help: ArgumentHelp(
      "The most memory that reading a file may take, in megabytes (default: three quarters of what is free).",
      valueName: "MB"))
  var maxMemory: Int?

  func validate() throws {
    for (name, value) in [("--rows", rows), ("--columns", columns), ("--max-memory", maxMemory)] {
      if let value, value < 1 { throw ValidationError("\(name): expected a positive number, found \(value)") }
    }
  }

  /// The options as readers take them.
  var options: ReadingOptions {
    var options = ReadingOptions()
    options.variable = variable
    options.rows = rows
    options.columns = columns
    options.pixelOrder = pixelOrder?.order ?? .usual
    options.scale = scale?.scale ?? .stated
    options.ignoreValue = ignoreValue
    options.wavelengthUnit = wavelengthUnit?.unit
    options.wavelengthVariable = wavelengthVariable
    options.wavelengthFile = wavelengthFile.map { URL(fileURLWithPath: $0) }
    options.bands = bands?.bands
    options.keepsBadBands = keepBadBands
    options.constantBands = constantBands?.choice ?? .refuse
    options.abundanceVariable = abundanceVariable
    options.endmemberVariable = endmemberVariable
    options.nameVariable = nameVariable
    if let maxMemory { options.memoryLimit = maxMemory * 1_000_000 }
    return options
  }
}

/// In which order a matrix lists the pixels.
enum PixelOrderName: String, ExpressibleByArgument, CaseIterable {
  case rows, columns

  var order: ReadingOptions.PixelOrder { self == .rows ? .rowMajor : .columnMajor }
}

/// What to do with bands that do not vary.
enum ConstantBandsName: String, ExpressibleByArgument, CaseIterable {
  case refuse, drop, keep

  var choice: ReadingOptions.ConstantBands {
    switch self {
    case .refuse: .refuse
    case .drop: .drop
    case .keep: .keep
    }
  }
}

/// The unit of wavelengths.
enum WavelengthUnitName: String, ExpressibleByArgument, CaseIterable {
  case nanometers = "nm", micrometers = "um", wavenumber = "cm-1", angstroms = "angstrom", gigahertz = "GHz"

  var unit: SpectralAxis.Unit {
    switch self {
    case .nanometers: .nanometers
    case .micrometers: .micrometers
    case .wavenumber: .wavenumber
    case .angstroms: .angstroms
    case .gigahertz: .gigahertz
    }
  }
}

/// A divisor, or the word `maximum`.
struct ScaleArgument: ExpressibleByArgument {
  let scale: ReadingOptions.Scale

  init?(argument: String) {
    if argument == "maximum" {
      scale = .maximum
    } else if let factor = Double(argument), factor.isFinite, factor > 0 {
      scale = .factor(factor)
    } else {
      return nil
    }
  }
}

/// Bands counted from 1, as `1-100,110`.
struct BandList: ExpressibleByArgument {
  /// Counted from 0.
  let bands: [Int]

  init?(argument: String) {
    var bands: [Int] = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard let first = ends.first ?? nil, let last = ends.last ?? nil, ends.count <= 2, first >= 1, last >= first,
        last <= 1_000_000
      else { return nil }
      bands += (first - 1)..<last
    }
    self.bands = bands
  }
}

/// Where the bands lie on the spectrum.
///
/// - Units: wavelengths and widths are in nanometres whatever the file said; `sourceUnit` remembers what it said.
public struct SpectralAxis: Equatable, Sendable {
  /// The units in which files give band centres.
  public enum Unit: String, CaseIterable, Sendable {
    /// 10⁻⁹ m, the unit used inside.
    case nanometers = "Nanometers"
    /// 10⁻⁶ m.
    case micrometers = "Micrometers"
    /// Waves per centimetre: λ/nm = 10⁷ / ν̃.
    case wavenumber = "Wavenumber"
    /// 10⁻¹⁰ m.
    case angstroms = "Angstroms"
    /// Gigahertz: λ/nm = 299 792 458 / f.
    case gigahertz = "GHz"
  }

  /// Band centres in nanometres, in the order of the bands (not necessarily increasing).
  public let wavelengths: [Double]
  /// Full widths at half maximum in nanometres, one per band.
  public let fwhm: [Double]?
  /// Which bands the file's bad-band list keeps; `nil` when there is no list.
  public let isGood: [Bool]?
  /// The unit the file used and outputs will use again.
  public let sourceUnit: Unit

  /// An axis from values that are already in nanometres.
  ///
  /// - Precondition: `fwhm` and `isGood` have one entry per wavelength when given.
  public init(
    wavelengths: [Double], fwhm: [Double]? = nil, isGood: [Bool]? = nil, sourceUnit: Unit = .nanometers
  ) {
    precondition(
      fwhm.map { $0.count == wavelengths.count } ?? true,
      "\(fwhm?.count ?? 0) widths for \(wavelengths.count) wavelengths")
    precondition(
      isGood.map { $0.count == wavelengths.count } ?? true,
      "\(isGood?.count ?? 0) flags for \(wavelengths.count) wavelengths")
    self.wavelengths = wavelengths
    self.fwhm = fwhm
    self.isGood = isGood
    self.sourceUnit = sourceUnit
  }

  /// An axis from values in `unit`.
  public init(centers: [Double], widths: [Double]?, in unit: Unit, isGood: [Bool]? = nil) {
    self.init(
      wavelengths: centers.map(unit.nanometers(from:)),
      fwhm: widths.map { zip(centers, $0).map { unit.widthInNanometers($1, at: $0) } },
      isGood: isGood, sourceUnit: unit)
  }

  /// How many bands there are.
  public var count: Int { wavelengths.count }

  /// Whether every wavelength exceeds the one before; false for overlapping spectrometers, as in AVIRIS libraries.
  public var isIncreasing: Bool { zip(wavelengths, wavelengths.dropFirst()).allSatisfy { $0 < $1 } }

  /// Band centres in the unit the file used.
  public var sourceCenters: [Double] { wavelengths.map(sourceUnit.fromNanometers) }

  /// Band widths in the unit the file used.
  public var sourceWidths: [Double]? {
    fwhm.map { zip(wavelengths, $0).map { sourceUnit.width($1, at: $0) } }
  }

  /// The axis of some of the bands.
  public func selecting(_ bands: [Int]) -> SpectralAxis {
    SpectralAxis(
      wavelengths: bands.map { wavelengths[$0] }, fwhm: fwhm.map { all in bands.map { all[$0] } },
      isGood: isGood.map { all in bands.map { all[$0] } }, sourceUnit: sourceUnit)
  }
}

extension SpectralAxis.Unit {
  private static let speedOfLight = 299_792_458.0

  /// A wavelength in nanometres from a value in this unit.
  public func nanometers(from value: Double) -> Double {
    switch self {
    case .nanometers: value
    case .micrometers: value * 1e3
    case .wavenumber: 1e7 / value
    case .angstroms: value / 10
    case .gigahertz: Self.speedOfLight / value
    }
  }

  /// The inverse of ``nanometers(from:)``.
  public func fromNanometers(_ wavelength: Double) -> Double {
    switch self {
    case .nanometers: wavelength
    case .micrometers: wavelength / 1e3
    case .wavenumber: 1e7 / wavelength
    case .angstroms: wavelength * 10
    case .gigahertz: Self.speedOfLight / wavelength
    }
  }

  /// A width in nanometres: |dλ/du| Δu, which is λ Δu / u for the reciprocal units.
  func widthInNanometers(_ width: Double, at center: Double) -> Double {
    switch self {
    case .nanometers, .micrometers, .angstroms: nanometers(from: width)
    case .wavenumber, .gigahertz: nanometers(from: center) * width / center
    }
  }

  /// The inverse of ``widthInNanometers(_:at:)``; `wavelength` is in nanometres.
  func width(_ width: Double, at wavelength: Double) -> Double {
    switch self {
    case .nanometers, .micrometers, .angstroms: fromNanometers(width)
    case .wavenumber, .gigahertz: fromNanometers(wavelength) * width / wavelength
    }
  }

  /// The unit a header names, in any of its spellings; `nil` for `Index`, `Unknown` and anything else.
  init?(named text: String) {
    let spelling = text.lowercased().filter { $0.isLetter || $0 == "µ" || $0 == "μ" || $0 == "-" || $0 == "1" }
    switch spelling {
    case "nm", "nanometer", "nanometers", "nanometre", "nanometres": self = .nanometers
    case "um", "µm", "μm", "micron", "microns", "micrometer", "micrometers", "micrometre", "micrometres", "mkm":
      self = .micrometers
    case "wavenumber", "wavenumbers", "cm-1", "1cm": self = .wavenumber
    case "a", "å", "angstrom", "angstroms": self = .angstroms
    case "ghz", "gigahertz": self = .gigahertz
    default: return nil
    }
  }

  /// The unit these numbers can only be in: below 25 micrometres, from 100 to 50 000 nanometres.
  static func guess(from centers: [Double]) -> SpectralAxis.Unit? {
    guard let least = centers.min(), let most = centers.max(), least > 0 else { return nil }
    if most < 25 { return .micrometers }
    return least >= 100 && most <= 50_000 ? .nanometers : nil
  }
}

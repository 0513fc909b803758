import Scenes

/// One spectrometer: evenly spaced channels of one Gaussian response.
///
/// - Units: nanometres.
public struct Spectrometer: Sendable, Equatable {
  /// The centre of the first channel.
  public var start: Double
  /// The centre of the last channel.
  public var end: Double
  /// How many channels there are.
  public var count: Int
  /// The full width at half maximum of every channel.
  public var fwhm: Double

  /// A spectrometer of `count` channels from `start` to `end`.
  public init(start: Double, end: Double, count: Int, fwhm: Double) {
    (self.start, self.end, self.count, self.fwhm) = (start, end, count, fwhm)
  }

  /// The distance between neighbouring centres.
  var spacing: Double { (end - start) / Double(max(1, count - 1)) }

  /// - Throws: ``RecipeError`` when the numbers make no spectrometer of reflected light.
  func validate() throws {
    try require(start >= 350 && start <= 2600, "sensor.start", "nanometres from 350 to 2600", "\(start)")
    try require(end > start && end <= 2600, "sensor.end", "nanometres above start and up to 2600", "\(end)")
    try require((2...10_000).contains(count), "sensor.count", "2 to 10000 channels", "\(count)")
    try require(fwhm > 0 && fwhm <= 200, "sensor.fwhm", "nanometres above 0 and up to 200", "\(fwhm)")
  }
}

/// Imaging spectrometers by their nominal figures: ranges, numbers of channels, mean widths.
///
/// - Deviation: real channels are spaced unevenly by up to some nanometres and shift from flight to flight; where a
///   scene's own wavelengths are known they are the better choice.
public enum Instrument: String, Sendable, CaseIterable {
  /// NASA's airborne AVIRIS-Classic: 224 channels, as if one spectrometer from 370 to 2500 nm (Green et al., 1998).
  case aviris
  /// The Naval Research Laboratory's airborne HYDICE: 210 channels from 400 to 2500 nm (Rickard et al., 1993).
  case hydice
  /// ASI's PRISMA: 66 channels in the visible and near infrared, 173 in the short-wave infrared, which overlap
  /// (Loizzo et al., 2018).
  case prisma
  /// DLR's EnMAP: 91 channels of 8.1 nm and 155 of 12.5 nm, which overlap from 900 to 1000 nm (Guanter et al., 2015).
  case enmap
  /// NASA's EMIT on the space station: 285 channels from 381 to 2493 nm (Green et al., 2020).
  case emit

  /// The spectrometers, in the order in which their channels are counted.
  public var spectrometers: [Spectrometer] {
    switch self {
    case .aviris: [Spectrometer(start: 370, end: 2500, count: 224, fwhm: 10)]
    case .hydice: [Spectrometer(start: 400, end: 2500, count: 210, fwhm: 10.2)]
    case .prisma:
      [
        Spectrometer(start: 400, end: 1010, count: 66, fwhm: 11),
        Spectrometer(start: 920, end: 2505, count: 173, fwhm: 11),
      ]
    case .enmap:
      [
        Spectrometer(start: 420, end: 1000, count: 91, fwhm: 8.1),
        Spectrometer(start: 900, end: 2445, count: 155, fwhm: 12.5),
      ]
    case .emit: [Spectrometer(start: 381, end: 2493, count: 285, fwhm: 8.5)]
    }
  }
}

extension SpectralAxis {
  /// The channels of several spectrometers, one after another.
  init(of spectrometers: [Spectrometer]) {
    self.init(
      wavelengths: spectrometers.flatMap { spectrometer in
        (0..<spectrometer.count).map { spectrometer.start + Double($0) * spectrometer.spacing }
      },
      fwhm: spectrometers.flatMap { [Double](repeating: $0.fwhm, count: $0.count) })
  }
}

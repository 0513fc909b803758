import Foundation
import Tensors

/// What a measurement adds to the mixed spectra: white Gaussian noise of a stated power, stripes, and pixels that are dead.
///
///     SNR = 10 log₁₀(Σ y² / Σ n²) dB,   σ² = mean(y²) · 10^(−SNR/10)
///
/// The noise is not clipped: reflectance may come out slightly negative or above one.
public struct Noise: Sendable, Equatable {
  /// What the noise is added to.
  public enum Target: String, Sendable, Codable, CaseIterable {
    /// Every pixel draws its own.
    case pixels
    /// Every endmember draws once, and the pixels mix what comes out; the truth keeps the clean endmembers.
    case endmembers
  }

  /// The ratio of signal to noise in decibels, over all pixels and bands; `nil` for none.
  public var snr: Double?
  /// What the noise is added to.
  public var target: Target
  /// Points (nanometres, relative standard deviation) of a noise that depends on the band; empty for equal noise. Between
  /// points it is interpolated linearly, beyond them constant, and its scale is set by the ratio.
  public var profile: [[Double]]
  /// The share of pixels that are dead: all zero, and not valid.
  public var deadPixels: Double
  /// Stripes along the columns, as a push-broom sensor's detectors leave them: the standard deviation of every column's
  /// offset in every band, relative to the root mean square of the spectra.
  public var stripes: Double

  /// No noise, unless told otherwise.
  public init(
    snr: Double? = nil, target: Target = .pixels, profile: [[Double]] = [], deadPixels: Double = 0,
    stripes: Double = 0
  ) {
    (self.snr, self.target, self.profile) = (snr, target, profile)
    (self.deadPixels, self.stripes) = (deadPixels, stripes)
  }

  /// Adds noise to the rows of `spectra`, `[rows, bands]`, and returns its standard deviation, averaged over the bands as
  /// the root of the mean square; 0 when there is none.
  func add(to spectra: inout Tensor, at wavelengths: [Double], from stream: RandomStream) -> Double {
    guard let snr else { return 0 }
    let deviation = (meanSquare(of: spectra) * pow(10, -snr / 10)).squareRoot()
    let deviations = relativeDeviations(at: wavelengths).map { Scalar($0 * deviation) }
    let (rows, bands) = (spectra.shape[0], spectra.shape[1])
    spectra.withUnsafeMutableScalars { target in
      let target = Shared(target.baseAddress)
      parallelRanges(rows, length: pixelsPerChunk) { chunk in
        guard let target = target.pointer else { return }
        var random = stream
        random.rows = chunk.identities
        let start = chunk.lowerBound * bands
        random.normal([chunk.count, bands]).withUnsafeScalars { draws in
          for line in 0..<chunk.count {
            for band in 0..<bands {
              target[start + line * bands + band] += deviations[band] * draws[line * bands + band]
            }
          }
        }
      }
    }
    return deviation
  }

  /// Adds the offset of every column and band to spectra `[pixels, bands]` of an image of so many columns.
  func addStripes(to spectra: inout Tensor, columns: Int, seed: UInt64) {
    guard stripes > 0 else { return }
    let deviation = Scalar(stripes * meanSquare(of: spectra).squareRoot())
    let (pixels, bands) = (spectra.shape[0], spectra.shape[1])
    var random = Purpose.stripes.stream(seed: seed)
    let offsets = random.normal([columns, bands]).scalars
    spectra.withUnsafeMutableScalars { values in
      let values = Shared(values.baseAddress)
      parallelRanges(pixels, length: pixelsPerChunk) { chunk in
        guard let values = values.pointer else { return }
        for pixel in chunk {
          let (row, first) = (values + pixel * bands, pixel % columns * bands)
          for band in 0..<bands { row[band] += deviation * offsets[first + band] }
        }
      }
    }
  }

  /// The dead pixels, sorted: a fixed number of them at random places.
  func dead(among pixels: Int, seed: UInt64) -> [Int] {
    let count = Int((deadPixels * Double(pixels)).rounded())
    guard count > 0 else { return [] }
    var random = Purpose.deadPixels.stream(seed: seed)
    return random.permutation(pixels).prefix(count).sorted()
  }

  /// The profile at the bands, scaled to a mean square of one.
  package func relativeDeviations(at wavelengths: [Double]) -> [Double] {
    let raw = wavelengths.map(profileValue)
    let meanSquare = raw.reduce(0) { $0 + $1 * $1 } / Double(max(1, raw.count))
    return raw.map { $0 / meanSquare.squareRoot() }
  }

  private func profileValue(at wavelength: Double) -> Double {
    guard let right = profile.firstIndex(where: { $0[0] > wavelength }) else { return profile.last?[1] ?? 1 }
    guard right > 0 else { return profile[0][1] }
    let (low, high) = (profile[right - 1], profile[right])
    return low[1] + (high[1] - low[1]) * (wavelength - low[0]) / (high[0] - low[0])
  }
}

/// The mean of squares in Double, summed chunk by chunk so that it is the same on any number of threads.
func meanSquare(of spectra: Tensor) -> Double {
  let chunk = 1 << 16
  var sums = [Double](repeating: 0, count: (spectra.count + chunk - 1) / chunk)
  sums.withUnsafeMutableBufferPointer { sums in
    let sums = Shared(sums.baseAddress)
    spectra.withUnsafeScalars { values in
      let values = Shared(UnsafeMutablePointer(mutating: values.baseAddress))
      parallelRanges(spectra.count, length: chunk) { range in
        guard let values = values.pointer, let sums = sums.pointer else { return }
        var sum = 0.0
        for i in range { sum += Double(values[i]) * Double(values[i]) }
        sums[range.lowerBound / chunk] = sum
      }
    }
  }
  return sums.reduce(0, +) / Double(max(1, spectra.count))
}

extension Noise {
  /// - Throws: ``RecipeError`` when the parameters are out of range.
  func validate() throws {
    if let snr {
      try require((-100...200).contains(snr), "noise.snr", "decibels from -100 to 200", "\(snr)")
    } else {
      try require(profile.isEmpty, "noise.snr", "decibels to scale the profile by", "nothing")
    }
    for (position, point) in profile.enumerated() {
      try require(
        point.count == 2 && point[0].isFinite && point[1] > 0 && point[1].isFinite,
        "noise.profile[\(position + 1)]", "[nanometres, relative deviation above 0]", "\(point)")
      try require(
        position == 0 || profile[position - 1][0] < point[0], "noise.profile[\(position + 1)]",
        "more nanometres than in the point before", "\(point)")
    }
    try require((0...1).contains(stripes), "noise.stripes", "a share from 0 to 1", "\(stripes)")
    try require((0..<1).contains(deadPixels), "noise.dead", "a share from 0 to below 1", "\(deadPixels)")
  }
}

extension Noise: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case snr
    case target = "on"
    case profile
    case deadPixels = "dead"
    case stripes
  }

  /// Reads `snr`, `on`, `profile`, `dead` and `stripes`, all optional.
  public init(from decoder: any Decoder) throws {
    let fields = try RecipeFields(decoder, known: CodingKeys.allCases.map(\.rawValue))
    self.init(
      snr: try fields.optional("snr", "a number of decibels"),
      target: try fields.choice("on", default: .pixels),
      profile: try fields.optional("profile", "a list of points [nanometres, relative deviation]") ?? [],
      deadPixels: try fields.optional("dead", "a number") ?? 0,
      stripes: try fields.optional("stripes", "a number") ?? 0)
  }
}

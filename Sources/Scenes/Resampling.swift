import Foundation
import Tensors

/// Reads a spectrum at the channels of another instrument.
///
///     ρ_b = Σᵢ wᵢ xᵢ / Σᵢ wᵢ,   wᵢ = Δᵢ exp(−(λᵢ − c_b)² / 2σ_b²),   σ_b² = (F_b² − fᵢ²) / (8 ln 2)
///
/// with the new channel's centre c and full width at half maximum F, the sample's own width f, which it has been smoothed
/// by already, and its share Δ of the axis, half the way to both neighbours, so that overlapping spectrometers count
/// once. Where the new channel is hardly wider than the samples (σ below half their spacing), ρ is interpolated linearly
/// between the two neighbours; where one of them is the channel itself, it is taken as it is.
///
/// - Units: nanometres. Where widths are not stated the spacing stands for them.
/// - Edge cases: nothing is made up. A channel that lies beyond the samples by more than half of the last one's width, in a gap wider than two spacings, or of whose
///   response a tenth or more falls on deleted samples (NaN), is NaN.
struct Resampling {
  private let places: [Double]
  private let widths: [Double]
  private let shares: [Double]
  private let order: [Int]
  private let spacing: Double

  /// From samples at these wavelengths, in any order.
  ///
  /// - Precondition: at least two samples.
  init(from axis: SpectralAxis) {
    precondition(axis.count >= 2, "\(axis.count) samples cannot be resampled")
    let order = (0..<axis.count).sorted { axis.wavelengths[$0] < axis.wavelengths[$1] }
    let places = order.map { axis.wavelengths[$0] }
    let steps = zip(places.dropFirst(), places).map { $0 - $1 }
    shares = places.indices.map { place in
      ((place > 0 ? steps[place - 1] : steps[0]) + (place < steps.count ? steps[place] : steps[steps.count - 1])) / 2
    }
    spacing = steps.sorted()[steps.count / 2]
    let spacing = spacing
    widths = order.map { axis.fwhm?[$0] ?? spacing }
    (self.places, self.order) = (places, order)
  }

  /// The samples, `count` spectra one after another, at other channels.
  func values(_ spectra: UnsafeBufferPointer<Scalar>, count: Int, at axis: SpectralAxis) -> [Scalar] {
    let bands = places.count
    let targetSteps = axis.spacings
    var result = [Scalar](repeating: .nan, count: count * axis.count)
    for (band, center) in axis.wavelengths.enumerated() {
      let rule = rule(at: center, width: axis.fwhm?[band] ?? targetSteps[band])
      if rule.isEmpty { continue }
      let total = rule.reduce(0) { $0 + $1.weight }
      for row in 0..<count {
        var (sum, weight) = (0.0, 0.0)
        for part in rule {
          let value = Double(spectra[row * bands + order[part.place]])
          if value.isFinite {
            sum += part.weight * value
            weight += part.weight
          }
        }
        if weight > 0.9 * total { result[row * axis.count + band] = Scalar(sum / weight) }
      }
    }
    return result
  }

  /// Which sorted samples a channel is made of, and with what weights; none where there is no support.
  private func rule(at center: Double, width: Double) -> [(place: Int, weight: Double)] {
    let above = places.firstIndex { $0 >= center } ?? places.count
    let neighbours = [above - 1, above].filter(places.indices.contains)
    guard let nearest = neighbours.min(by: { abs(places[$0] - center) < abs(places[$1] - center) }) else { return [] }
    if abs(places[nearest] - center) < 0.05, width <= 1.1 * widths[nearest] { return [(nearest, 1)] }
    guard neighbours.count == 2 else {
      // The outermost sample saw half its width beyond its centre.
      return abs(places[nearest] - center) <= widths[nearest] / 2 ? [(nearest, 1)] : []
    }
    let (low, high) = (places[above - 1], places[above])
    guard high - low <= 2 * max(spacing, widths[nearest]) else { return [] }
    let variance = (width * width - widths[nearest] * widths[nearest]) / (8 * log(2))
    guard variance > (high - low) * (high - low) / 4 else {
      let share = high > low ? (center - low) / (high - low) : 0.5
      return [(above - 1, 1 - share), (above, share)]
    }
    let reach = 3 * variance.squareRoot()
    return places.indices.filter { abs(places[$0] - center) <= reach }.map { place in
      let distance = places[place] - center
      return (place, shares[place] * exp(-distance * distance / (2 * variance)))
    }
  }
}

extension SpectralAxis {
  /// The way to the nearer neighbour of every channel, in wavelength.
  var spacings: [Double] {
    let sorted = wavelengths.sorted()
    return wavelengths.map { center in
      let place = sorted.firstIndex(of: center) ?? 0
      let ways = [place - 1, place + 1].filter(sorted.indices.contains).map { abs(sorted[$0] - center) }.filter {
        $0 > 0
      }
      return ways.min() ?? 0
    }
  }
}

extension SpectralLibrary {
  /// The spectra as an instrument with other channels would see them; NaN where the library does not reach.
  ///
  /// A channel of the library that is the new channel (to 0.05 nm and a tenth of its width) is taken as it is, others are
  /// averages over the new channel's Gaussian response, less what the library's own response smoothed already.
  ///
  /// - Precondition: the library has wavelengths, at least two.
  public func resampled(to axis: SpectralAxis) -> SpectralLibrary {
    guard let own = self.axis else { preconditionFailure("a library without wavelengths cannot be resampled") }
    let values = spectra.withUnsafeScalars { spectra in
      Resampling(from: own).values(spectra, count: count, at: axis)
    }
    var result = SpectralLibrary(
      names: names, spectra: Tensor([count, axis.count], values), axis: axis, source: source, notes: notes)
    result.notes.append(
      Note(.information, field: "wavelength", found: "\(own.count) channels", action: "resampled to \(axis.count)"))
    return result
  }
}

import Foundation
import Scenes
import Tensors

/// Mixes the spectra of materials pixel by pixel.
///
/// Every pixel takes its own spectrum of each material, from a bundle and as the material varies, then mixes them. Draws are
/// keyed by the pixel, so that the result is the same on any number of threads.
///
/// - Complexity: O(pixels × endmembers × bands), times the waves of a band-wise variability.
struct PixelMixer: Sendable {
  private let bundles: [[[Scalar]]]
  private let bands: Int
  private let mixing: Mixing
  private let variability: Variability?
  private let basis: Variability.Basis?
  private let seed: UInt64

  init(_ bundles: [Tensor], at wavelengths: [Double], mixing: Mixing, variability: Variability?, seed: UInt64) {
    self.bundles = bundles.map { bundle in
      let (count, bands) = (bundle.shape[0], bundle.shape[1])
      let values = bundle.scalars
      return (0..<count).map { Array(values[$0 * bands..<($0 + 1) * bands]) }
    }
    bands = bundles[0].shape[1]
    (self.mixing, self.variability, self.seed) = (mixing, variability, seed)
    basis = variability?.basis(at: wavelengths)
  }

  /// Whether every pixel mixes the same spectra linearly: then one matrix product does.
  var isPlain: Bool { mixing == .linear && variability == nil && bundles.allSatisfy { $0.count == 1 } }

  /// The mixed spectra `[pixels, bands]` of fractions `[pixels, endmembers]`.
  func spectra(of fractions: Tensor) -> Tensor {
    let (pixels, endmembers) = (fractions.shape[0], fractions.shape[1])
    return fractions.withUnsafeScalars { fractions in
      let fractions = Shared(UnsafeMutablePointer(mutating: fractions.baseAddress))
      return Tensor(uninitialized: [pixels, bands]) { target in
        let target = Shared(target.baseAddress)
        parallelRanges(pixels, length: 256) { chunk in
          guard let target = target.pointer, let fractions = fractions.pointer else { return }
          var pixel = OnePixel(self, count: endmembers, chunk)
          for place in 0..<chunk.count {
            let number = chunk.lowerBound + place
            pixel.mix(fractions + number * endmembers, at: place, into: target + number * bands)
          }
        }
      }
    }
  }

  /// The scratch memory and the random numbers of a chunk of pixels.
  private struct OnePixel {
    private let mixer: PixelMixer
    private let count: Int
    private let choices: [Scalar]
    private let variation: [Scalar]
    private let coefficients: [Scalar]
    /// The spectra of this pixel, one after another.
    private var spectra: [Scalar]

    init(_ mixer: PixelMixer, count: Int, _ chunk: Range<Int>) {
      self.mixer = mixer
      self.count = count
      func draws(_ purpose: Purpose, _ each: Int, _ draw: (inout RandomStream, Shape) -> Tensor) -> [Scalar] {
        guard each > 0 else { return [] }
        var random = purpose.stream(seed: mixer.seed)
        random.rows = chunk.identities
        return draw(&random, [chunk.count, each]).scalars
      }
      let hasBundles = mixer.bundles.contains { $0.count > 1 }
      choices = draws(.bundle, hasBundles ? count : 0) { $0.uniform($1) }
      variation = draws(.variability, count * (mixer.basis?.deviates ?? 0)) { $0.normal($1) }
      coefficients = draws(.mixing, mixer.mixing.deviates(for: count)) { $0.uniform($1) }
      spectra = [Scalar](repeating: 0, count: count * mixer.bands)
    }

    mutating func mix(_ fractions: UnsafePointer<Scalar>, at place: Int, into target: UnsafeMutablePointer<Scalar>) {
      for k in 0..<count { choose(k, at: place) }
      let bands = mixer.bands
      let a = UnsafeBufferPointer(start: fractions, count: count)
      spectra.withUnsafeBufferPointer { e in
        switch mixer.mixing {
        case .linear: Self.add(a, e, bands, target)
        case .fan:
          Self.add(a, e, bands, target)
          Self.addPairs(a, e, bands, target) { _ in 1 }
        case .generalizedBilinear(let gamma):
          let first = place * count * (count - 1) / 2
          Self.add(a, e, bands, target)
          Self.addPairs(a, e, bands, target) { Scalar(gamma) * coefficients[first + $0] }
        case .postNonlinear(let spread):
          let b = Scalar(spread) * (2 * coefficients[place] - 1)
          Self.add(a, e, bands, target)
          for band in 0..<bands { target[band] += b * target[band] * target[band] }
        case .intimate(let scattering):
          for band in 0..<bands {
            var albedo = 0.0
            for k in 0..<a.count {
              albedo += Double(a[k]) * scattering.albedo(ofReflectance: Double(e[k * bands + band]))
            }
            target[band] = Scalar(scattering.reflectance(ofAlbedo: albedo))
          }
        }
      }
    }

    /// Puts this pixel's spectrum of a material into the scratch memory.
    private mutating func choose(_ k: Int, at place: Int) {
      let bands = mixer.bands
      let bundle = mixer.bundles[k]
      let choice = choices.isEmpty ? 0 : min(bundle.count - 1, Int(choices[place * count + k] * Scalar(bundle.count)))
      let source = bundle[choice]
      guard let basis = mixer.basis, let variability = mixer.variability else {
        for band in 0..<bands { spectra[k * bands + band] = source[band] }
        return
      }
      let first = (place * count + k) * basis.deviates
      if variability.kind == .perturbed {
        let spread = Scalar(variability.spread)
        for band in 0..<bands { spectra[k * bands + band] = max(0, source[band] + spread * variation[first + band]) }
        return
      }
      for band in 0..<bands { spectra[k * bands + band] = -basis.correction[band] }
      for (wave, function) in basis.functions.enumerated() {
        let weight = variation[first + wave]
        for band in 0..<bands { spectra[k * bands + band] += weight * function[band] }
      }
      for band in 0..<bands { spectra[k * bands + band] = source[band] * exp(spectra[k * bands + band]) }
    }

    /// Σₖ aₖ eₖ.
    private static func add(
      _ a: UnsafeBufferPointer<Scalar>, _ e: UnsafeBufferPointer<Scalar>, _ bands: Int,
      _ target: UnsafeMutablePointer<Scalar>
    ) {
      for band in 0..<bands { target[band] = 0 }
      for k in 0..<a.count where a[k] != 0 {
        for band in 0..<bands { target[band] += a[k] * e[k * bands + band] }
      }
    }

    /// Adds Σ_{i<j} γᵢⱼ aᵢ aⱼ eᵢ eⱼ; pairs are counted 01, 02, …, 12, ….
    private static func addPairs(
      _ a: UnsafeBufferPointer<Scalar>, _ e: UnsafeBufferPointer<Scalar>, _ bands: Int,
      _ target: UnsafeMutablePointer<Scalar>, _ gamma: (Int) -> Scalar
    ) {
      var pair = 0
      for i in 0..<a.count {
        for j in i + 1..<max(a.count, i + 1) {
          let weight = gamma(pair) * a[i] * a[j]
          pair += 1
          if weight == 0 { continue }
          for band in 0..<bands { target[band] += weight * e[i * bands + band] * e[j * bands + band] }
        }
      }
    }
  }
}

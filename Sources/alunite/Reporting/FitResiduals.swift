import Foundation
import Tensors
import Unmixing

/// How far measured spectra lie from their fits, pixel by pixel and band by band.
struct FitResiduals {
  /// Whether fits are given the brightness of their pixels, because the method leaves it open.
  let isScaled: Bool
  /// sqrt( Σ_b (x_b − s x̂_b)² / B ) of every pixel; NaN of masked ones.
  let errors: [Double]
  /// The mean of x − s x̂ over the pixels, band by band.
  let mean: [Double]
  /// The value below which a twentieth of the pixels lie.
  let low: [Double]
  /// The value above which a twentieth of the pixels lie.
  let high: [Double]

  /// A method is taken to know brightness where the factors that fit best are 1 within this, for half of the pixels.
  private static let tolerance = 0.02
  /// Quantiles are of at most so many pixels, evenly spaced.
  private static let most = 20_000

  init(_ subject: ReportSubject) {
    let (measured, fit) = (subject.scene.spectra, subject.fit)
    let (pixels, bands) = (subject.estimate.validPixels, subject.scene.bands)
    let factors = Self.factors(measured, fit)
    let deviations = pixels.map { abs(factors[$0] - 1) }.sorted()
    let isScaled = deviations.isEmpty ? false : deviations[deviations.count / 2] > Self.tolerance
    let scale = isScaled ? factors : factors.map { _ in 1 }
    var errors = [Double](repeating: .nan, count: subject.scene.pixelCount)
    let step = max(1, pixels.count / Self.most)
    var samples = [[Double]](repeating: [], count: bands)
    var sums = [Double](repeating: 0, count: bands)
    measured.withUnsafeScalars { measured in
      fit.withUnsafeScalars { fit in
        for (place, pixel) in pixels.enumerated() {
          var squares = 0.0
          for band in 0..<bands {
            let index = pixel * bands + band
            let residual = Double(measured[index]) - scale[pixel] * Double(fit[index])
            squares += residual * residual
            sums[band] += residual
            if place % step == 0 { samples[band].append(residual) }
          }
          errors[pixel] = (squares / Double(bands)).squareRoot()
        }
      }
    }
    self.isScaled = isScaled
    self.errors = errors
    mean = sums.map { $0 / Double(max(1, pixels.count)) }
    let sorted = samples.map { $0.sorted() }
    low = sorted.map { Self.quantile($0, 0.05) }
    high = sorted.map { Self.quantile($0, 0.95) }
  }

  /// The factor of every fit that brings it nearest to its pixel: ⟨x, x̂⟩ / ‖x̂‖², 1 where there is no fit.
  private static func factors(_ measured: Tensor, _ fit: Tensor) -> [Double] {
    let (pixels, bands) = (measured.shape[0], measured.shape[1])
    return measured.withUnsafeScalars { measured in
      fit.withUnsafeScalars { fit in
        (0..<pixels).map { pixel in
          var (product, square) = (0.0, 0.0)
          for index in pixel * bands..<(pixel + 1) * bands {
            product += Double(measured[index]) * Double(fit[index])
            square += Double(fit[index]) * Double(fit[index])
          }
          return square > 0 ? product / square : 1
        }
      }
    }
  }

  private static func quantile(_ sorted: [Double], _ share: Double) -> Double {
    sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
  }
}

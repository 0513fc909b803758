import Foundation
import Tensors
import Unmixing

/// The numbers of a report, pixel by pixel, on its grids.
struct ReportArrays {
  private let subject: ReportSubject
  private let maps: PixelGrid
  private let kept: PixelGrid

  init(_ subject: ReportSubject, maps: PixelGrid, spectra: PixelGrid) {
    (self.subject, self.maps, kept) = (subject, maps, spectra)
  }

  /// A map of every endmember; masked pixels hold no number.
  func map(_ values: Tensor) -> PageArray {
    let (count, isValid) = (values.shape[1], subject.estimate.isValid)
    return values.withUnsafeScalars { values in
      PageArray(rows: count, columns: maps.pixels.count) { k, place in
        let pixel = maps.pixels[place]
        return isValid[pixel] ? Double(values[pixel * count + k]) : .nan
      }
    }
  }

  /// The true abundances in the order of the estimate; endmembers without a partner hold no number.
  var truth: PageArray? {
    guard let truth = subject.scene.truth, truth.abundances.scalars.contains(where: \.isFinite) else { return nil }
    let (count, isValid) = (truth.count, subject.estimate.isValid)
    let places = subject.truthOfEstimate
    return truth.abundances.withUnsafeScalars { values in
      PageArray(rows: places.count, columns: maps.pixels.count) { k, place in
        let pixel = maps.pixels[place]
        guard isValid[pixel], let partner = places[k] else { return .nan }
        return Double(values[pixel * count + partner])
      }
    }
  }

  /// One number for every pixel.
  func pixelMaps(errors: [Double]) -> [ReportContent.PixelMap] {
    let estimate = subject.estimate
    func array(_ value: (Int) -> Double) -> PageArray {
      PageArray(rows: 1, columns: maps.pixels.count) { _, place in
        let pixel = maps.pixels[place]
        return estimate.isValid[pixel] ? value(pixel) : .nan
      }
    }
    func array(of values: Tensor) -> PageArray {
      values.withUnsafeScalars { values in array { Double(values[$0]) } }
    }
    let angle = estimate.reconstructionAngle.map {
      ReportContent.PixelMap(title: "reconstruction angle", unit: "rad", array: array(of: $0))
    }
    let total = estimate.totalConcentration.map {
      ReportContent.PixelMap(title: "total concentration Σα", unit: "", array: array(of: $0))
    }
    let shape = estimate.paretoShape.map {
      ReportContent.PixelMap(title: "Pareto k̂ of importance weights", unit: "", array: array(of: $0))
    }
    let error = ReportContent.PixelMap(title: "reconstruction RMSE", unit: "", array: array { errors[$0] })
    return [angle, error, total, shape].compactMap { $0 }
  }

  /// The measured spectra, a band in every row.
  var spectra: PageArray {
    let (bands, isValid) = (subject.scene.bands, subject.estimate.isValid)
    return subject.scene.spectra.withUnsafeScalars { values in
      PageArray(rows: bands, columns: kept.pixels.count, downwards: true) { band, place in
        isValid[kept.pixels[place]] ? Double(values[kept.pixels[place] * bands + band]) : .nan
      }
    }
  }

  /// The fits as coefficients of few spectra, exact to a thousandth of the largest value or better.
  var fit: (coefficients: PageArray, basis: SpectrumBasis) {
    let fits = subject.fit.gatheringRows(kept.pixels)
    let largest = fits.withUnsafeScalars { $0.reduce(0) { max($0, abs(Double($1))) } }
    let basis = SpectrumBasis(of: fits, tolerance: 1e-3 * largest)
    let rank = basis.spectra.count
    let coefficients = basis.coefficients.withUnsafeScalars { values in
      PageArray(rows: rank, columns: kept.pixels.count) { index, place in Double(values[place * rank + index]) }
    }
    return (coefficients, basis)
  }
}

extension ReportSubject {
  /// For every estimated endmember the number of the true one it was paired with.
  var truthOfEstimate: [Int?] {
    estimate.names.indices.map { k in metrics.permutation.firstIndex { $0 == k } }
  }

  /// The names of the estimated endmembers, with those of the true ones they were paired with where these differ.
  var names: [String] {
    zip(estimate.names, truthOfEstimate).map { name, partner in
      guard let partner, let other = scene.truth?.names[partner], other.lowercased() != name.lowercased() else {
        return name
      }
      return "\(name) (\(other))"
    }
  }
}

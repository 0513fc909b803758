import Foundation
import Scenes
import Tensors
import TestSupport
import Testing
import Unmixing

/// The algorithms that take pixels of the scene for endmembers.
@Suite struct PixelExtractorTests {
  /// Mixtures of `count` spectra that sum to one, noise-free, with the pure pixels at `pure`.
  private func mixtures(_ count: Int, pixels: Int = 400, bands: Int = 30) -> (spectra: Tensor, pure: [Int]) {
    let pure = (0..<count).map { 17 + 31 * $0 }
    var random = RandomStream(seed: 21)
    let raw = random.uniform([pixels, count]) + 0.02
    var abundances = raw / raw.sum(along: -1, keepingDimensions: true)
    abundances.withUnsafeMutableScalars { values in
      for (k, pixel) in pure.enumerated() {
        for other in 0..<count { values[pixel * count + other] = other == k ? 1 : 0 }
      }
    }
    let endmembers = random.uniform([count, bands]) * 0.6 + 0.2
    return (abundances.matrixProduct(endmembers), pure)
  }

  private func extractors(_ count: Int) -> [any PixelExtractor] {
    [
      ATGP(count: count), SMACC(count: count), NFINDR(count: count, seed: 3),
      PPI(count: count, seed: 3, skewers: 2000),
    ]
  }

  @Test(arguments: [2, 3, 5, 8])
  func purePixelsAreFound(count: Int) throws {
    let (spectra, pure) = mixtures(count)
    for extractor in extractors(count) {
      let found = try extractor.pixels(of: spectra, isValid: nil)
      #expect(found.sorted() == pure, "\(type(of: extractor)): \(found)")
    }
  }

  @Test func maskedPixelsAreNeverChosen() throws {
    var (spectra, pure) = mixtures(4)
    var isValid = [Bool](repeating: true, count: 400)
    // Far outside, and masked.
    isValid[5] = false
    spectra.withUnsafeMutableScalars { values in values[5 * 30..<6 * 30].update(repeating: 9) }
    for extractor in extractors(4) {
      #expect(try extractor.pixels(of: spectra, isValid: isValid).sorted() == pure, "\(type(of: extractor))")
    }
  }

  @Test func saysWhenThereIsNotEnough() {
    let flat = mixtures(3).spectra
    let same = Tensor.ones([50, 10])
    for extractor in extractors(5) {
      #expect(throws: UnmixingError.self, "\(type(of: extractor))") { try extractor.pixels(of: flat, isValid: nil) }
      #expect(throws: UnmixingError.self, "\(type(of: extractor))") { try extractor.pixels(of: same, isValid: nil) }
    }
    #expect(
      throws: UnmixingError.endmemberCount(requested: 1, allowed: 2...30, reason: "30 bands and 400 valid pixels")
    ) {
      try ATGP(count: 1).pixels(of: flat, isValid: nil)
    }
  }

  @Test func theSimplexOfNFINDRNeverShrinksAndCannotBeEnlarged() throws {
    // Random points have no pure pixels: the largest simplex has to be searched for.
    var random = RandomStream(seed: 33)
    let spectra = Tensor.concatenated([random.normal([200, 3]), .zeros([200, 1])], along: 1)
    let found = try NFINDR(count: 4, seed: 1).extraction(from: spectra)
    #expect(zip(found.logVolumes, found.logVolumes.dropFirst()).allSatisfy { $0 <= $1 })
    let x = spectra.doubles
    func volume(_ pixels: [Int]) -> Double {
      let e = (1...3).map { k in (0..<3).map { x[pixels[k] * 4 + $0] - x[pixels[0] * 4 + $0] } }
      let (a, b, c) = (e[0], e[1], e[2])
      return abs(
        a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0]))
        / 6
    }
    let own = volume(found.pixels)
    expectClose(log(own), try #require(found.logVolumes.last), absolute: 1e-5, because: "spectra are rounded to Float")
    for k in 0..<4 {
      for pixel in 0..<200 {
        var other = found.pixels
        other[k] = pixel
        #expect(volume(other) <= own * 1.00001)
      }
    }
  }

  @Test func theConeOfSMACCHoldsEveryPixel() throws {
    var random = RandomStream(seed: 8)
    let spectra = random.uniform([150, 12])
    let found = try SMACC(count: 6).extraction(from: spectra)
    #expect(found.abundances.minimum() >= 0)
    // x = A E + r, with the stated ‖r‖².
    let rest = spectra - found.abundances.matrixProduct(spectra.gatheringRows(found.pixels))
    expectClose(
      rest.squared().sum(along: -1).doubles, found.residuals, absolute: 1e-5, because: "rounding to Float of sums of 12"
    )
    for (k, pixel) in found.pixels.enumerated() {
      expectClose(found.abundances[pixel].scalars[k], 1, absolute: 1e-6, because: "an endmember is all of itself")
    }
  }

  @Test func targetsHaveMostOutsideTheSpanOfThoseBefore() throws {
    // (3, 0, 0) is longest; outside it (1, 2, 0) has 2 and (2.5, 0, 1) has 1; outside both the last has 1.
    let spectra = matrix([[3, 0, 0], [1, 2, 0], [2.5, 0, 1], [2, 0.5, 0.1]])
    #expect(try ATGP(count: 3).pixels(of: spectra, isValid: nil) == [0, 1, 2])
  }

  @Test func onlyOutermostPixelsScore() throws {
    let (spectra, pure) = mixtures(4)
    let scores = try PPI(count: 4, seed: 1, skewers: 500).purityIndex(of: spectra)
    #expect(scores.reduce(0, +) == 1000, "two pixels a direction")
    #expect(scores.indices.filter { scores[$0] > 0 } == pure)
  }
}

extension Tensor {
  fileprivate func minimum() -> Scalar { scalars.min() ?? .nan }
}

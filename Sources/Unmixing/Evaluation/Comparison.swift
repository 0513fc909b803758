import Foundation
import Scenes
import Tensors

/// One prediction beside the truth, its endmembers paired: computes metrics over any set of pixels.
struct Comparison {
  /// Measured spectra, where they are at hand.
  let spectra: Tensor?
  let truth: GroundTruth?
  /// Whether the truth holds abundances; benchmarks without them still have endmembers.
  let hasAbundances: Bool
  let prediction: Prediction
  /// For every true endmember its estimate.
  let pairs: [Int?]
  let names: [String]
  let addsRowMinimum: Bool

  /// The metrics over some pixels; `angles` are those of the endmembers, which no set of pixels changes.
  func values(over pixels: [Int], angles: [Metrics.Entry]) throws -> Metrics.Values {
    var entries = [Metrics.Entry("pixels", Double(pixels.count))]
    if let truth, hasAbundances {
      entries += abundanceErrors(of: prediction.abundances, from: truth, over: pixels, as: "abundance.rmse")
      if let draw = prediction.draw {
        entries += abundanceErrors(of: draw, from: truth, over: pixels, as: "abundance.rmse.sample")
      }
    }
    entries += angles
    entries += try reconstructionErrors(over: pixels)
    entries += calibration(over: pixels)
    return Metrics.Values(entries)
  }

  // MARK: Abundances

  /// The errors of estimated abundances under ids that begin with `id`.
  private func abundanceErrors(
    of estimate: Tensor, from truth: GroundTruth, over pixels: [Int], as id: String
  ) -> [Metrics.Entry] {
    let (count, pixelCount) = (Double(truth.count), Double(pixels.count))
    let (perEndmember, rootsOfPixels) = squaredErrors(of: estimate, from: truth, over: pixels)
    let total = perEndmember.reduce(0, +)
    let roots = perEndmember.map { ($0 / pixelCount).squareRoot() }
    var entries = [
      Metrics.Entry("\(id).entry", (total / (pixelCount * count)).squareRoot()),
      Metrics.Entry("\(id).endmemberMean", roots.reduce(0, +) / count),
      Metrics.Entry("\(id).vector", (total / pixelCount).squareRoot()),
      Metrics.Entry("\(id).pixelMean", rootsOfPixels / pixelCount),
    ]
    entries += zip(names, roots).map { Metrics.Entry("\(id).endmember.\($0)", $1) }
    if addsRowMinimum {
      let costs = Matching.squaredDifferences(truth.abundances, estimate, over: pixels)
      entries.append(Metrics.Entry("\(id).rowMinimum", Self.rowMinimum(of: costs) { $0.squareRoot() }))
    }
    return entries
  }

  /// Σₙ (âₙₖ − aₙₖ)² for every k, and Σₙ sqrt(Σₖ (âₙₖ − aₙₖ)² / K).
  private func squaredErrors(
    of estimate: Tensor, from truth: GroundTruth, over pixels: [Int]
  ) -> (perEndmember: [Double], rootsOfPixels: Double) {
    let (count, estimateCount) = (truth.count, prediction.count)
    var perEndmember = [Double](repeating: 0, count: count)
    var roots = 0.0
    truth.abundances.withUnsafeScalars { truth in
      estimate.withUnsafeScalars { estimate in
        for pixel in pixels {
          var ofPixel = 0.0
          for k in 0..<count {
            let estimated = pairs[k].map { Double(estimate[pixel * estimateCount + $0]) } ?? 0
            let error = estimated - Double(truth[pixel * count + k])
            perEndmember[k] += error * error
            ofPixel += error * error
          }
          roots += (ofPixel / Double(count)).squareRoot()
        }
      }
    }
    return (perEndmember, roots)
  }

  /// (1/J) Σⱼ minₖ f(cost[k][j])
  private static func rowMinimum(of costs: [[Double]], _ transform: (Double) -> Double) -> Double {
    let columns = costs.first?.count ?? 0
    let minima = (0..<columns).map { j in transform(costs.map { $0[j] }.min() ?? 0) }
    return minima.reduce(0, +) / Double(max(columns, 1))
  }

  // MARK: Endmembers

  /// The angles of all paired endmembers; empty when one side has no spectra.
  func endmemberAngles() throws -> [Metrics.Entry] {
    guard let reference = truth?.endmembers, let estimated = prediction.endmembers else { return [] }
    let matrix = try SpectralAngles.matrix(reference, estimated)
    let angles = zip(names, zip(matrix, pairs)).compactMap { name, pair in
      pair.1.map { (name: name, angle: pair.0[$0]) }
    }
    if angles.isEmpty { return [] }
    let mean = angles.reduce(0) { $0 + $1.angle } / Double(angles.count)
    var entries = [
      Metrics.Entry("endmember.sad.mean", mean), Metrics.Entry("endmember.sad.degrees.mean", mean * 180 / .pi),
    ]
    entries += angles.map { Metrics.Entry("endmember.sad.\($0.name)", $0.angle) }
    if addsRowMinimum {
      entries.append(Metrics.Entry("endmember.sad.rowMinimum", Self.rowMinimum(of: matrix) { $0 }))
    }
    return entries
  }

  // MARK: Spectra

  private func reconstructionErrors(over pixels: [Int]) throws -> [Metrics.Entry] {
    guard let spectra, let reconstruction = prediction.reconstruction else { return try statedAngle(over: pixels) }
    let bands = spectra.shape[1]
    let errors = Self.computed(pixels.count) { position in
      spectra.withUnsafeScalars { measured in
        reconstruction.withUnsafeScalars { expected in
          let left = SpectralAngles.slice(measured, pixels[position], of: bands)
          let right = SpectralAngles.slice(expected, pixels[position], of: bands)
          return (angle: SpectralAngles.angle(left, right), square: Self.squaredDistance(left, right))
        }
      }
    }
    let lost = errors.indices.filter { !errors[$0].square.isFinite }
    if let first = lost.first {
      throw UnmixingError.notFinite(field: "reconstruction of valid pixels", count: lost.count, first: pixels[first])
    }
    let count = Double(pixels.count)
    let squares = errors.reduce(0) { $0 + $1.square }
    return [
      Metrics.Entry("reconstruction.angle", errors.reduce(0) { $0 + $1.angle } / count),
      Metrics.Entry("reconstruction.rmse", (squares / (count * Double(bands))).squareRoot()),
    ]
  }

  /// The mean of angles that came with the prediction.
  private func statedAngle(over pixels: [Int]) throws -> [Metrics.Entry] {
    guard let angles = prediction.reconstructionAngles else { return [] }
    let sum = angles.withUnsafeScalars { values in pixels.reduce(0) { $0 + Double(values[$1]) } }
    let mean = sum / Double(pixels.count)
    if !mean.isFinite {
      throw UnmixingError.notFinite(field: "reconstruction angles of valid pixels", count: 1, first: pixels[0])
    }
    return [Metrics.Entry("reconstruction.angle", mean)]
  }

  private static func squaredDistance(
    _ left: UnsafeBufferPointer<Scalar>, _ right: UnsafeBufferPointer<Scalar>
  ) -> Double {
    var sum = 0.0
    for band in 0..<left.count {
      let difference = Double(left[band]) - Double(right[band])
      sum += difference * difference
    }
    return sum
  }

  // MARK: Intervals

  private func calibration(over pixels: [Int]) -> [Metrics.Entry] {
    guard let truth, hasAbundances, let marginals = prediction.marginals else { return [] }
    let told = pixels.filter(marginals.tells)
    let withheld = Metrics.Entry("calibration.withheld", 1 - Double(told.count) / Double(max(1, pixels.count)))
    let entries = calibration(over: told, marginals, truth)
    return told.count == pixels.count ? entries : entries + [withheld]
  }

  private func calibration(
    over pixels: [Int], _ marginals: PosteriorMarginals, _ truth: GroundTruth
  ) -> [Metrics.Entry] {
    var tally = Calibration(endmembers: names, levels: marginals.levels)
    let known = truth.abundances
    for (k, estimate) in pairs.enumerated() {
      guard let estimate else { continue }
      let truths = known.withUnsafeScalars { values in pixels.map { Double(values[$0 * truth.count + k]) } }
      let judgements = Self.computed(pixels.count) { position in
        marginals.marginal(pixel: pixels[position], endmember: estimate).judgement(at: truths[position])
      }
      for (truth, judgement) in zip(truths, judgements) { tally.count(truth, of: k, judgement) }
    }
    return tally.entries
  }

  // MARK: Helpers

  /// A value for each of `count` places, computed on all threads.
  private static func computed<Value>(_ count: Int, _ body: @Sendable (Int) -> Value) -> [Value] {
    Array(unsafeUninitializedCapacity: count) { buffer, initialized in
      let places = Shared(buffer.baseAddress)
      parallelRanges(count, length: 1024) { range in
        guard let places = places.pointer else { return }
        for position in range { (places + position).initialize(to: body(position)) }
      }
      initialized = count
    }
  }
}

import Scenes
import Tensors

/// Estimated endmembers compared with spectra of a library, where no abundances are known.
///
/// Every estimate is paired with a spectrum of its own, by the least sum of angles; a library of more spectra than there are
/// estimates names what each of them is most like, one of fewer leaves the estimates that are like none.
///
/// - Edge cases: a library over other bands is resampled where both have wavelengths; channels it lacks are left out.
public struct EndmemberComparison: Sendable {
  /// The angles, under the names of the library's spectra.
  public let metrics: Metrics
  /// Which spectrum each estimate is most like, by name, and which estimates are left without one.
  public let remarks: [String]

  /// Pairs endmembers with spectra.
  ///
  /// - Parameter sourceBands: For each band of the estimate its number in the file that the scene was read from.
  /// - Throws: ``UnmixingError`` when bands cannot be brought together.
  public init(of estimated: SpectralLibrary, with library: SpectralLibrary, sourceBands: [Int]? = nil) throws {
    let reference = try library.fitted(bands: estimated.bands, axis: estimated.axis, sourceBands: sourceBands)
    let angles = try SpectralAngles.matrix(estimated, reference)
    let spectra = Assignment(minimizing: angles).columnOfRow
    let pairs = spectra.enumerated().compactMap { estimate, spectrum in spectrum.map { (estimate, $0) } }
    let names = Evaluation.distinct(pairs.map { reference.names[$0.1] })
    let values = pairs.map { angles[$0.0][$0.1] }
    let mean = values.reduce(0, +) / Double(max(values.count, 1))
    let words = zip(pairs, names).map { pair, name in "\(estimated.names[pair.0]) → \(name)" }
    let rest = spectra.indices.filter { spectra[$0] == nil }.map { estimated.names[$0] }
    remarks =
      ["each estimate with a spectrum of its own, by the least sum of angles: \(words.joined(separator: ", "))"]
      + (rest.isEmpty ? [] : ["left without a spectrum, of which there are too few: \(rest.joined(separator: ", "))"])
    metrics = Metrics(
      all: Metrics.Values(
        [Metrics.Entry("endmember.sad.mean", mean), Metrics.Entry("endmember.sad.degrees.mean", mean * 180 / .pi)]
          + zip(names, values).map { Metrics.Entry("endmember.sad.\($0)", $1) }),
      permutation: pairs.map { $0.0 },
      unpaired: spectra.indices.filter { spectra[$0] == nil }, endmembers: names, matching: .spectralAngle)
  }
}

import Foundation
import Scenes
import Tensors

/// Vertex component analysis: finds the purest pixels of a scene.
///
/// Pixels are projected to as many dimensions as there are endmembers. Then, one endmember after another, a random
/// direction orthogonal to those found so far is drawn, and the pixel that lies furthest along it is the next.
///
/// - Shapes: spectra are `[pixels, bands]`, endmembers `[count, bands]`.
/// - Edge cases: assumes that each endmember fills at least one pixel. With fewer endmembers in the scene than asked for,
///   further ones are mixtures that noise has pushed outwards.
/// - Complexity: O(pixels · bands²) once and O(pixels · count²) a restart.
/// - Source: Nascimento and Bioucas-Dias, *Vertex component analysis: a fast algorithm to unmix hyperspectral data*, IEEE
///   TGRS 43, 2005, Algorithm 1.
/// - Deviation: several restarts, of which the simplex of largest volume is kept. Pixels with almost nothing along the
///   mean spectrum cannot be projected onto its plane and are passed over. Without a full linear rank (a black endmember)
///   the affine projection is used whatever the noise.
public struct VCA: EndmemberExtractor {
  /// Which spectra stand for the endmembers.
  public enum Spectra: Sendable {
    /// The chosen pixels without what lies outside the signal subspace, as in the paper: less noise.
    case projected
    /// The chosen pixels as measured.
    case measured
  }

  /// How pixels are brought to few dimensions.
  public enum Projection: Sendable {
    /// On the plane ⟨x, mean⟩ = 1 in the dominant linear subspace: brightness drops out. For high signal-to-noise ratios.
    case projective
    /// On the dominant affine subspace, one dimension smaller. For low signal-to-noise ratios.
    case affine
  }

  /// What was found, and how.
  public struct Extraction: Sendable {
    /// The endmembers, `[count, bands]`.
    public let spectra: Tensor
    /// The pixels they were found in.
    public let pixels: [Int]
    /// The signal-to-noise ratio in decibels, as the paper estimates it; infinite without visible noise.
    public let signalToNoise: Double
    /// The projection this ratio led to.
    public let projection: Projection
    /// The logarithm of the volume of the simplex in the dominant `count − 1` affine dimensions.
    public let logVolume: Double
  }

  /// The number of endmembers to find.
  public var count: Int
  /// Equal seeds find equal endmembers.
  public var seed: UInt64
  /// How often the search is started.
  public var restarts: Int
  /// Which spectra are returned.
  public var spectra: Spectra

  /// A search for `count` endmembers.
  ///
  /// - Precondition: `restarts` ≥ 1. Whether `count` suits is said by the scene.
  public init(count: Int, seed: UInt64 = 0, restarts: Int = 10, spectra: Spectra = .projected) {
    precondition(restarts >= 1, "\(restarts) restarts")
    self.count = count
    self.seed = seed
    self.restarts = restarts
    self.spectra = spectra
  }

  /// The endmembers of the valid pixels of a scene, named by number.
  public func endmembers(of scene: Scene) throws -> SpectralLibrary {
    let found = try extraction(from: scene.spectra, isValid: scene.isValid)
    return SpectralLibrary(
      names: (1...count).map { "Endmember \($0)" }, spectra: found.spectra, axis: scene.axis, source: "VCA")
  }

  /// The endmembers of a set of spectra.
  ///
  /// - Throws: ``UnmixingError``, as ``extraction(from:isValid:)``.
  public func endmembers(of spectra: Tensor) throws -> Tensor {
    try extraction(from: spectra).spectra
  }

  /// The endmembers, with where and how they were found.
  ///
  /// - Throws: ``UnmixingError/endmemberCount(requested:allowed:reason:)`` for fewer than 2, or more than there are bands
  ///   or valid pixels; ``UnmixingError/constantScene(pixels:)``; ``UnmixingError/rankDeficient(requested:dimensions:)``
  ///   when the pixels do not span `count − 1` dimensions; ``UnmixingError/notFinite(field:count:first:)``.
  public func extraction(from spectra: Tensor, isValid: [Bool]? = nil) throws -> Extraction {
    let space = try SignalSpace(of: spectra.detached, isValid: isValid, endmembers: count)
    var random = RandomPurpose.endmembers.stream(seed: seed)
    var best: (pixels: [Int], logVolume: Double)?
    for _ in 0..<restarts {
      let pixels = space.extremePixels(&random)
      let logVolume = space.logVolume(of: pixels)
      if logVolume > best?.logVolume ?? -.infinity { best = (pixels, logVolume) }
    }
    guard let best else {
      throw UnmixingError.rankDeficient(requested: count, dimensions: max(count - 2, 0))
    }
    return Extraction(
      spectra: self.spectra == .projected
        ? space.reconstructed(best.pixels) : spectra.detached.gatheringRows(best.pixels),
      pixels: best.pixels, signalToNoise: space.signalToNoise, projection: space.projection,
      logVolume: best.logVolume)
  }
}

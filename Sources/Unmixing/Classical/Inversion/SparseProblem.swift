import Scenes
import Tensors

/// A scene and a library as sparse regression meets them, scaled in the same way.
struct SparseProblem: Sendable {
  /// The library, over the scene's bands.
  let library: SpectralLibrary
  /// Inner products of its scaled spectra, `[count, count]`.
  let gram: [Double]
  /// The method of multipliers.
  let core: SparseRegression
  private let rows: [Double]
  private let scaling: SpectrumScaling
  /// What `sceneMaximum` divides by; 1 for other scalings.
  private let divisor: Double

  /// - Throws: ``UnmixingError`` when the library does not suit the scene.
  init(_ scene: Scene, _ endmembers: any EndmemberExtractor, _ scaling: SpectrumScaling) throws {
    library = try endmembers.endmembers(of: scene)
    self.scaling = scaling
    let spectra = scene.spectra.detached
    divisor = scaling == .sceneMaximum ? FittedScaling(scaling, to: spectra).divisor : 1
    rows = library.spectra.doubleRows(normalized: scaling == .unitNorm)
    gram = rows.gramMatrix(rows: library.count)
    core = SparseRegression(gram: gram, count: library.count)
  }

  /// The number of spectra.
  var count: Int { library.count }

  /// Whether every pixel and spectrum is divided by its own norm.
  var isNormalized: Bool { scaling == .unitNorm }

  /// A price of entries, or of maps' lengths, per unit of *unscaled* squared reflectance: with both sides divided by s the
  /// squared error is s² times smaller, so a price counts s² times as much.
  func price(_ lambda: Double) -> Double { lambda * divisor * divisor }

  /// ⟨x, mₖ⟩ of every pixel and spectrum, `[pixels, count]`.
  func products(with spectra: Tensor) -> Tensor {
    let numbers = Projection.coordinates(
      of: spectra, along: rows, offsets: [Double](repeating: 0, count: count), normalized: isNormalized)
    return Tensor([spectra.shape[0], count], numbers.map { Scalar($0) })
  }

  /// What abundances `[pixels, count]` say about the scene. Most spectra of a library are absent: only one no larger than
  /// the number of bands is read out a second time, from the purest pixels.
  func estimate(_ abundances: Tensor, of scene: Scene) -> Estimate {
    Estimate(
      linear: abundances, of: scene, by: library, scaling: scaling, readsPurePixels: count <= scene.bands)
  }
}

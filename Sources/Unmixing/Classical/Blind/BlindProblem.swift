import Scenes
import Tensors

/// A scene as an alternating method meets it: valid pixels only, scaled, with endmembers and abundances to begin from.
struct BlindProblem: Sendable {
  /// The scene itself.
  let scene: Scene
  /// The endmembers it begins from, as they were found.
  let library: SpectralLibrary
  /// The numbers of the valid pixels.
  let pixels: [Int]
  /// What was done to spectra and endmembers.
  let scaling: FittedScaling
  /// The scaled spectra of the valid pixels; negative reflectances are noise around 0 and count as 0.
  let spectra: SpectraBlocks
  /// The scaled endmembers, `[endmembers, bands]`, above 0.
  let endmembers: Tensor
  /// The abundances of fully constrained least squares, `[valid pixels, endmembers]`.
  let abundances: Tensor

  /// The number of endmembers.
  var count: Int { library.count }

  /// Endmembers are kept at or above this reflectance: multiplication cannot leave 0.
  static let floor: Scalar = 1e-9

  /// - Parameter finding: The scene endmembers are looked for in, where that is not the scene itself.
  /// - Throws: ``UnmixingError`` when the scene does not allow so many endmembers, has a valid pixel that is not finite,
  ///   or the extractor refuses it.
  init(
    _ scene: Scene, endmembers extractor: any EndmemberExtractor, scaling: SpectrumScaling, finding: Scene? = nil
  ) throws {
    pixels = scene.validPixels
    let measured = scene.spectra.detached.gatheringRows(pixels)
    try Self.checkFinite(measured, pixels)
    library = try extractor.endmembers(of: finding ?? scene)
    let most = min(SimplexLeastSquares.mostEndmembers, scene.bands, pixels.count)
    if pixels.count < 2 {
      throw UnmixingError.mismatch(
        field: "valid pixels", expected: "at least 2, to factorize", found: "\(pixels.count)")
    }
    if !(2...max(2, most)).contains(library.count) || most < 2 {
      throw UnmixingError.endmemberCount(
        requested: library.count, allowed: 2...max(2, most),
        reason: "factors of \(scene.bands) bands and \(pixels.count) valid pixels, at most "
          + "\(SimplexLeastSquares.mostEndmembers)")
    }
    self.scene = scene
    self.scaling = FittedScaling(scaling, to: measured)
    let scaled = self.scaling.applied(to: measured).maximum(with: 0)
    endmembers = self.scaling.applied(to: library.spectra.detached).maximum(with: Self.floor)
    abundances = SimplexLeastSquares(endmembers: endmembers).solve(scaled)
    spectra = SpectraBlocks(scaled)
  }

  private static func checkFinite(_ spectra: Tensor, _ pixels: [Int]) throws {
    let bands = spectra.shape[1]
    let lost = spectra.withUnsafeScalars { values in
      pixels.indices.filter { !values[$0 * bands..<($0 + 1) * bands].allSatisfy(\.isFinite) }
    }
    if let first = lost.first {
      throw UnmixingError.notFinite(field: "spectra of valid pixels", count: lost.count, first: pixels[first])
    }
  }

  // MARK: Result

  /// The estimate of a method that ended with these abundances and (scaled) endmembers.
  ///
  /// Abundances that need not sum to one are divided by their sums; the estimate keeps what they were in `raw`.
  ///
  /// - Parameters:
  ///   - isOnSimplex: Whether abundances sum to one already.
  ///   - angles: Between spectra and reconstructions, `[valid pixels]`; `nil` for those of the linear mixture.
  ///   - source: The method's name.
  func estimate(
    abundances: Tensor, endmembers: Tensor, isOnSimplex: Bool = false, angles: Tensor? = nil, objective: [Double],
    source: String
  ) -> Estimate {
    let shares = isOnSimplex ? abundances : Self.shares(of: abundances)
    let spectra = SpectralLibrary(
      names: library.names, spectra: scaling.undone(on: endmembers), axis: scene.axis, source: source)
    var estimate = Estimate(
      names: library.names, of: scene, mean: scattered(shares), endmembers: spectra)
    if !isOnSimplex { estimate.raw = scattered(abundances) }
    estimate.reconstructionAngle = scattered(angles ?? linearAngles(abundances, endmembers))
    estimate.objective = objective
    estimate.pureEndmembers = PurePixels(of: estimate, in: scene).endmembers
    return estimate
  }

  private func scattered(_ values: Tensor) -> Tensor { values.scatteringRows(to: pixels, count: scene.pixelCount) }

  private func linearAngles(_ abundances: Tensor, _ endmembers: Tensor) -> Tensor {
    let blocks = spectra.blocks.indices.map { block in
      spectra.blocks[block].angle(to: abundances.slice(along: 0, spectra.range(of: block)).matrixProduct(endmembers))
    }
    return .concatenated(blocks, along: 0)
  }

  /// Rows divided by their sums; a row of zeros becomes uniform.
  static func shares(of abundances: Tensor) -> Tensor {
    let (rows, count) = (abundances.shape[0], abundances.shape[1])
    return abundances.withUnsafeScalars { values in
      Tensor(uninitialized: [rows, count]) { out in
        for row in 0..<rows {
          let own = row * count..<(row + 1) * count
          let sum = values[own].reduce(0.0) { $0 + Double($1) }
          for index in own { out[index] = sum > 1e-12 ? Scalar(Double(values[index]) / sum) : 1 / Scalar(count) }
        }
      }
    }
  }
}

import Scenes
import Tensors

extension Estimate {
  /// What a linear mixture with known endmembers says about a scene: abundances, zero in masked pixels, and the angle by
  /// which each reconstruction misses.
  ///
  /// - Parameters:
  ///   - abundances: `[pixels, endmembers]`, as the inversion left them.
  ///   - scaling: What was done to pixels and endmembers before they were compared.
  ///   - readsPurePixels: Whether the endmembers are read out a second time, from the purest pixels; for endmembers of the
  ///     scene, not for a library of which most spectra are absent.
  init(
    linear abundances: Tensor, of scene: Scene, by library: SpectralLibrary, scaling: SpectrumScaling = .raw,
    readsPurePixels: Bool = true
  ) {
    var abundances = abundances
    let count = library.count
    abundances.withUnsafeMutableScalars { values in
      for pixel in scene.isValid.indices where !scene.isValid[pixel] {
        values[pixel * count..<(pixel + 1) * count].update(repeating: 0)
      }
    }
    self.init(names: library.names, of: scene, mean: abundances, endmembers: library)
    // Divided by one number, spectra and endmembers have the same mixtures.
    mixing = scaling == .unitNorm ? .unitNorm : .raw
    let isValid = Tensor(scene.isValid.map { $0 ? 1 : 0 })
    reconstructionAngle =
      Self.angles(of: scene.spectra.detached, abundances, Self.mixed(library.spectra, mixing)) * isValid
    if readsPurePixels, scene.isValid.contains(true) { pureEndmembers = PurePixels(of: self, in: scene).endmembers }
  }

  private static func angles(of spectra: Tensor, _ abundances: Tensor, _ endmembers: Tensor) -> Tensor {
    // Block by block: the reconstruction of a whole scene is as large as the scene.
    let blocks = stride(from: 0, to: spectra.shape[0], by: 4096).map { start in
      let range = start..<min(start + 4096, spectra.shape[0])
      return spectra.slice(along: 0, range).angle(to: abundances.slice(along: 0, range).matrixProduct(endmembers))
    }
    return blocks.isEmpty ? .zeros([0]) : .concatenated(blocks, along: 0)
  }
}

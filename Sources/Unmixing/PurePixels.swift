import Scenes
import Tensors

/// Endmembers read out of the scene itself: the mean measured spectra of the pixels that are almost pure.
///
///     mₖ = mean of x over the pixels with aₖ > 0.9
///
/// - Edge cases: where no pixel is as pure, the thousandth of the pixels with the largest abundances is taken, at least
///   one; of equal abundances the first pixel's counts first. Masked pixels, and pixels whose abundances are not known,
///   do not count.
/// - Source: SSANU-Net (Chen et al., IEEE JSTARS 2023), Eq. 17.
/// - Deviation: the paper does not say what it does where no pixel passes.
package struct PurePixels {
  /// The abundance above which a pixel is almost pure.
  static let threshold: Scalar = 0.9

  /// The spectra, `[endmembers, bands]`, with the names of the estimate.
  package let endmembers: SpectralLibrary

  /// - Precondition: the estimate is of the scene, which has a valid pixel.
  package init(of estimate: Estimate, in scene: Scene) {
    let spectra = Self.spectra(of: estimate.mean, in: scene.spectra, among: scene.validPixels)
    endmembers = SpectralLibrary(
      names: estimate.names, spectra: spectra, axis: scene.axis, source: "mean spectra of the purest pixels")
  }

  /// The mean spectra, `[endmembers, bands]`, by abundances `[pixels, endmembers]`.
  static func spectra(of abundances: Tensor, in spectra: Tensor, among pixels: [Int]) -> Tensor {
    let known = abundances.gatheringRows(pixels)
    return .stacked(
      (0..<abundances.shape[1]).map { k in
        let pure = rows(of: known, column: k, above: threshold)
        return spectra.gatheringRows(pure.map { pixels[$0] }).mean(along: 0)
      })
  }

  /// The rows of a matrix whose number in a column is above a threshold; where those are fewer than `least` (by default
  /// where there are none), as many rows as that (by default a thousandth) with the largest numbers.
  static func rows(of matrix: Tensor, column: Int, above threshold: Scalar, atLeast least: Int? = nil) -> [Int] {
    let (count, width) = (matrix.shape[0], matrix.shape[1])
    return matrix.withUnsafeScalars { values in
      let above = (0..<count).filter { values[$0 * width + column] > threshold }
      if above.count >= least ?? 1 { return above }
      let ordered = (0..<count).sorted { (values[$0 * width + column], -$0) > (values[$1 * width + column], -$1) }
      return Array(ordered.prefix(least ?? max(1, count / 1000)))
    }
  }
}

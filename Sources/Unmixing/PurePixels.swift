import Scenes
import Tensors

/// Endmembers read out of the scene itself: the mean measured spectra of the pixels that are almost pure.
///
///     mₖ = mean of x over the pixels with aₖ > 0.9
///
/// - Edge cases: where no pixel is as pure, the thousandth of the valid pixels with the largest abundances is taken, at
///   least one; of equal abundances the first pixel's counts first.
/// - Source: SSANU-Net (Chen et al., IEEE JSTARS 2023), Eq. 17.
/// - Deviation: the paper does not say what it does where no pixel passes.
package struct PurePixels {
  /// The abundance above which a pixel is almost pure.
  static let threshold: Scalar = 0.9

  /// The spectra, `[endmembers, bands]`, with the names of the estimate.
  package let endmembers: SpectralLibrary

  /// - Precondition: the estimate is of the scene, which has a valid pixel.
  package init(of estimate: Estimate, in scene: Scene) {
    let (count, pixels) = (estimate.endmemberCount, scene.validPixels)
    let means = (0..<count).map { k in
      scene.spectra.gatheringRows(Self.pixels(of: k, in: estimate, among: pixels)).mean(along: 0)
    }
    endmembers = SpectralLibrary(
      names: estimate.names, spectra: .stacked(means), axis: scene.axis, source: "mean spectra of the purest pixels")
  }

  private static func pixels(of endmember: Int, in estimate: Estimate, among pixels: [Int]) -> [Int] {
    let count = estimate.endmemberCount
    return estimate.mean.withUnsafeScalars { values in
      let pure = pixels.filter { values[$0 * count + endmember] > threshold }
      if !pure.isEmpty { return pure }
      let ordered = pixels.sorted {
        (values[$0 * count + endmember], -$0) > (values[$1 * count + endmember], -$1)
      }
      return Array(ordered.prefix(max(1, pixels.count / 1000)))
    }
  }
}

import Scenes
import TestSupport
import Tensors
import Testing
import Unmixing

/// Endmembers against a library.
@Suite struct EndmemberComparisonTests {
  private let estimated = SpectralLibrary(
    names: ["1", "2"], spectra: Tensor([2, 3], [0, 2, 0, 3, 0.3, 0]),
    axis: SpectralAxis(wavelengths: [500, 510, 520]))

  private func library(_ spectra: [Scalar], axis: SpectralAxis? = nil) -> SpectralLibrary {
    let bands = axis?.count ?? 3
    return SpectralLibrary(
      names: ["a", "b", "c"], spectra: Tensor([3, bands], spectra), axis: axis, source: "lib")
  }

  @Test func everyEstimateIsNamedAfterTheSpectrumItIsMostLike() throws {
    let metrics = try EndmemberComparison(of: estimated, with: library([1, 0, 0, 0, 0, 1, 0, 1, 0])).metrics
    #expect(metrics.endmembers == ["c", "a"] && metrics.permutation == [0, 1] && metrics.unpaired == [])
    #expect(metrics.all["endmember.sad.c"] == 0)
    expectClose(metrics.all["endmember.sad.a"] ?? 9, 0.09966865, absolute: 1e-6, because: "arctan 0.1")
    expectClose(metrics.all["endmember.sad.mean"] ?? 9, 0.09966865 / 2, absolute: 1e-6, because: "the mean of two")
  }

  @Test func aLibraryOverAllBandsOfTheFileIsCutToThoseOfTheScene() throws {
    let wide = SpectralLibrary(names: ["a", "b"], spectra: Tensor([2, 5], [9, 0, 9, 1, 0, 9, 1, 9, 0, 0]))
    let metrics = try EndmemberComparison(of: estimated, with: wide, sourceBands: [1, 3, 4]).metrics
    #expect(metrics.endmembers == ["a", "b"])
    #expect(metrics.all["endmember.sad.a"] == 0)
  }

  @Test func otherChannelsAreResampled() throws {
    let axis = SpectralAxis(wavelengths: [495, 500, 505, 510, 515, 520, 525])
    let fine = library(
      [Scalar](repeating: 0, count: 7) + [0, 0, 0.5, 1, 0.5, 0, 0] + [1, 1, 0.5, 0, 0, 0, 0], axis: axis)
    let metrics = try EndmemberComparison(of: estimated, with: fine).metrics
    #expect(metrics.endmembers == ["b", "c"])
    #expect(throws: UnmixingError.self) {
      try EndmemberComparison(of: estimated, with: library([1, 2, 3, 4, 5, 6, 7, 8, 9]).selecting(bands: [0, 1]))
    }
  }
}

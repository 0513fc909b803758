import Foundation
import Scenes
import Tensors
import Testing

/// The public benchmarks as their authors distribute them. Set `ALUNITE_DATA` to the folder that holds them.
@Suite("Public benchmark files")
struct BenchmarkTests {
  @Test(
    "Samson's list of pixels has the orientation of the three-dimensional copy",
    .enabled(if: Benchmarks.has("samson/Samson.mat", "samson/MiSiCNet_Samson_Y_clean.mat"), "needs samson/*.mat"))
  func samsonOrientation() throws {
    let listed = try Scene(contentsOf: Benchmarks.url("samson/Samson.mat"))
    var options = ReadingOptions()
    options.wavelengthFile = try Benchmarks.url("samson/Samson_wavelengths_nm_156.txt")
    let cube = try Scene(contentsOf: Benchmarks.url("samson/MiSiCNet_Samson_Y_clean.mat"), options: options)
    checkScene(listed)
    checkScene(cube)
    #expect(listed.rows == 95 && listed.columns == 95 && listed.bands == 156)
    #expect(cube.axis?.wavelengths.first == 400.9387)
    // The copy was normalised in single precision: a transposition would differ by more than 0.1.
    #expect(zip(listed.spectra.scalars, cube.spectra.scalars).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test(
    "Samson's truth is rows first and sums to one",
    .enabled(if: Benchmarks.has("samson/Samson.mat", "samson/Samson_GT.mat"), "needs samson/Samson_GT.mat"))
  func samsonTruth() throws {
    let scene = try Scene(contentsOf: Benchmarks.url("samson/Samson.mat"))
    let truth = try GroundTruth.read(Benchmarks.url("samson/Samson_GT.mat"), for: scene)
    print(scene.notes.map(\.description), truth.names, truth.notes.map(\.description))
    #expect(truth.count == 3)
    #expect(truth.endmembers?.spectra.shape == [3, 156])
    let sums = truth.abundances.sum(along: 1).scalars
    #expect(sums.allSatisfy { abs($0 - 1) < 1e-5 })
  }

  @Test("all files", .enabled(if: Benchmarks.directory != nil))
  func all() throws {
    func show(_ f: String, _ edit: (inout ReadingOptions) -> Void = { _ in }) {
      do {
        var o = ReadingOptions(); edit(&o)
        let t = Date()
        let s = try Scene(contentsOf: Benchmarks.url(f), options: o)
        checkScene(s)
        print(f, s.rows, s.columns, s.bands, s.validPixels.count, s.axis?.wavelengths.prefix(2) ?? [], Date().timeIntervalSince(t))
        for n in s.notes { print("   ", n.severity, n) }
        if let t = s.truth { print("   truth", t.names, t.endmembers?.spectra.shape ?? [], t.notes) }
      } catch { print(f, "ERROR", error) }
    }
    show("jasper/jasperRidge2_R198.mat") { $0.wavelengthFile = try! Benchmarks.url("jasper/Moffett_wavelength.txt") }
    show("jasper/jasperRidge2_R198.mat") { $0.scale = .maximum }
    show("urban/Urban_cropB_80x101x162.mat")
    show("urban/Urban_cropB_80x101x162.mat") { $0.abundanceVariable = "cropB_A6" }
    show("cuprite/Cuprite_crop_50x90x188.mat")
    show("cuprite/Cuprite_crop_50x90x188.mat") { $0.scale = .factor(10000) }
    show("simulated/MiSiCNet_Sim1_Y_clean.mat")
    show("simulated/SUnCNN_DC1_Y.mat")
    show("usgs/s07_AV95_envi.hdr")
    func lib(_ f: String) {
      do { let s = try SpectralLibrary(contentsOf: Benchmarks.url(f)); print(f, s.count, s.bands, s.names.prefix(3), s.axis?.wavelengths.prefix(2) ?? [], s.axis?.fwhm?.prefix(2) ?? [], s.completeBands.count)
        for n in s.notes { print("   ", n) } } catch { print(f, "ERROR", error) }
    }
    lib("usgs/s07_AV95_envi.sli"); lib("usgs/s06av95a_envi.hdr"); lib("usgs/USGS_1995_Library.mat"); lib("cuprite/Cuprite_GT_nEnd12.mat"); lib("simulated/SUnCNN_DC1_EE.mat"); lib("samson/MiSiCNet_Samson_E.mat")
    func tr(_ f: String, _ scene: String?) {
      do { let s = try scene.map { try Scene(contentsOf: Benchmarks.url($0)) }
        let t = try GroundTruth.read(Benchmarks.url(f), for: s); print(f, t.abundances.shape, t.names.prefix(6), t.endmembers?.spectra.shape ?? []); for n in t.notes { print("   ", n) } } catch { print(f, "ERROR", error) }
    }
    tr("jasper/Jasper_GT.mat", "jasper/jasperRidge2_R198.mat"); tr("urban/end4_groundTruth.mat", nil); tr("urban/end5_groundTruth.mat", nil); tr("urban/end6_groundTruth.mat", nil); tr("cuprite/Cuprite_GT_nEnd12.mat", nil)
    tr("samson/MiSiCNet_Samson_A_true.mat", "samson/Samson.mat"); tr("simulated/SUnCNN_DC1_XT.mat", "simulated/SUnCNN_DC1_Y.mat"); tr("simulated/MiSiCNet_Sim1_A_true.mat", nil)
  }
}

import Foundation
import Scenes
import Tensors
import TestSupport
import Testing

/// The public benchmarks as their authors distribute them, found through the environment variable `ALUNITE_DATA`.
/// Expected numbers were computed from the same files by NumPy and SciPy.
@Suite("Public benchmark files")
struct BenchmarkTests {
  private func url(_ file: String) throws -> URL { try #require(dataFile(file)) }

  /// The mean angle between the pixels and what the linear model makes of the truth, in radians.
  private func meanAngle(_ scene: Scene, _ truth: GroundTruth) throws -> Double {
    let endmembers = try #require(truth.endmembers)
    let modelled = truth.abundances.matrixProduct(endmembers.spectra).scalars
    let measured = scene.spectra.scalars
    let angles = (0..<scene.pixelCount).map { pixel -> Double in
      var (dot, left, right) = (0.0, 0.0, 0.0)
      for place in (pixel * scene.bands)..<((pixel + 1) * scene.bands) {
        let (a, b) = (Double(measured[place]), Double(modelled[place]))
        dot += a * b
        left += a * a
        right += b * b
      }
      return acos(min(1, dot / (left * right).squareRoot()))
    }
    return angles.reduce(0, +) / Double(angles.count)
  }

  @Test(
    "Samson's list of pixels has the orientation of its three-dimensional copy",
    .requiresData("samson/Samson.mat", "samson/MiSiCNet_Samson_Y_clean.mat", "samson/Samson_wavelengths_nm_156.txt"))
  func samsonOrientation() throws {
    let listed = try Scene(contentsOf: url("samson/Samson.mat"))
    var options = ReadingOptions()
    options.wavelengthFile = try url("samson/Samson_wavelengths_nm_156.txt")
    let cube = try Scene(contentsOf: url("samson/MiSiCNet_Samson_Y_clean.mat"), options: options)
    checkScene(listed)
    checkScene(cube)
    #expect(listed.rows == 95 && listed.columns == 95 && listed.bands == 156)
    #expect(cube.axis?.wavelengths.first == 400.9387)
    // The copies agree to single precision; a transposed copy differs by more than 0.1.
    #expect(zip(listed.spectra.scalars, cube.spectra.scalars).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test("Samson's truth explains its pixels to 0.0405 rad", .requiresData("samson/Samson.mat", "samson/Samson_GT.mat"))
  func samsonTruth() throws {
    let scene = try Scene(contentsOf: url("samson/Samson.mat"))
    let truth = try GroundTruth.read(url("samson/Samson_GT.mat"), for: scene)
    #expect(truth.names == ["rock", "Tree", "water"])
    #expect(truth.abundances.sum(along: 1).scalars.allSatisfy { abs($0 - 1) < 1e-5 })
    #expect(abs(try meanAngle(scene, truth) - 0.040461) < 1e-5)
    let other = try GroundTruth.read(url("samson/MiSiCNet_Samson_A_true.mat"), for: scene)
    #expect(other.abundances.shape == [9_025, 3])
  }

  @Test(
    "Jasper Ridge is divided by its stated maximum and explained by its truth to 0.1151 rad",
    .requiresData("jasper/jasperRidge2_R198.mat", "jasper/Jasper_GT.mat", "jasper/Moffett_wavelength.txt"))
  func jasper() throws {
    var options = ReadingOptions()
    options.wavelengthFile = try url("jasper/Moffett_wavelength.txt")
    let scene = try Scene(contentsOf: url("jasper/jasperRidge2_R198.mat"), options: options)
    checkScene(scene)
    #expect(scene.rows == 100 && scene.columns == 100 && scene.bands == 198)
    // Row 17, column 42 holds 52, 40, 176 of 5000.
    let corner = (0..<3).map { scene.value(17, 42, $0) * 5_000 }
    #expect(zip(corner, [52, 40, 176]).allSatisfy { abs($0 - $1) < 1e-4 })
    // The 198 bands begin with the sensor's fourth.
    #expect(scene.axis?.wavelengths.first == 399.37)
    #expect(scene.notes.contains { $0.field == "maxValue" })
    let truth = try GroundTruth.read(url("jasper/Jasper_GT.mat"), for: scene)
    #expect(truth.names == ["tree", "water", "dirt", "road"])
    #expect(abs(try meanAngle(scene, truth) - 0.115120) < 1e-5)
    options.scale = .maximum
    let whole = try Scene(contentsOf: url("jasper/jasperRidge2_R198.mat"), options: options)
    #expect(whole.spectra.maximum().scalar == 1)
  }

  @Test(
    "the crop of Urban holds three truths, each found by its variable",
    .requiresData("urban/Urban_cropB_80x101x162.mat"),
    arguments: [(4, 0.071255), (5, 0.073097), (6, 0.072963)])
  func urbanCrop(count: Int, angle: Double) throws {
    let file = try url("urban/Urban_cropB_80x101x162.mat")
    let unnamed = try Scene(contentsOf: file)
    #expect(unnamed.truth == nil && unnamed.notes.contains { $0.field == "truth" })
    var options = ReadingOptions()
    options.abundanceVariable = "cropB_A\(count)"
    let scene = try Scene(contentsOf: file, options: options)
    checkScene(scene)
    #expect(scene.rows == 80 && scene.columns == 101 && scene.bands == 162)
    #expect(scene.axis?.wavelengths.first == 412)
    let corner = (0..<3).map { scene.value(5, 70, $0) }
    #expect(corner == [0.025, 0.034, 0.04])
    let truth = try #require(scene.truth)
    #expect(truth.names.prefix(4) == ["Asphalt Road", "Grass", "Tree", "Roof"])
    #expect(abs(try meanAngle(scene, truth) - angle) < 1e-5)
  }

  @Test(
    "the whole truths of Urban are read without their cube",
    .requiresData("urban/end4_groundTruth.mat", "urban/end5_groundTruth.mat", "urban/end6_groundTruth.mat"),
    arguments: [4, 5, 6])
  func urbanTruths(count: Int) throws {
    let truth = try GroundTruth.read(url("urban/end\(count)_groundTruth.mat"))
    #expect(truth.abundances.shape == [94_249, count])
    #expect(truth.endmembers?.spectra.shape == [count, 162])
    #expect(truth.names.last == [4: "Roof", 5: "Dirt", 6: "Dirt"][count])
  }

  @Test(
    "Cuprite needs its factor stated, and keeps its thirteen negative samples",
    .requiresData("cuprite/Cuprite_crop_50x90x188.mat"))
  func cuprite() throws {
    let file = try url("cuprite/Cuprite_crop_50x90x188.mat")
    let error = #expect(throws: SceneError.self) { try Scene(contentsOf: file) }
    guard case .unstatedScale(_, _, 8_153)? = error else {
      Issue.record("\(String(describing: error))")
      return
    }
    var options = ReadingOptions()
    options.scale = .factor(10_000)
    let scene = try Scene(contentsOf: file, options: options)
    checkScene(scene)
    #expect(scene.rows == 50 && scene.columns == 90 && scene.bands == 188)
    #expect(scene.value(7, 33, 100) == 0.4767)
    #expect(scene.spectra.scalars.count { $0 < 0 } == 13)
  }

  @Test(
    "Cuprite's minerals have no abundances and are read as a library",
    .requiresData("cuprite/Cuprite_GT_nEnd12.mat"))
  func cupriteMinerals() throws {
    let file = try url("cuprite/Cuprite_GT_nEnd12.mat")
    #expect(throws: SceneError.self) { try GroundTruth.read(file) }
    let library = try SpectralLibrary(contentsOf: file)
    #expect(library.count == 12 && library.bands == 224)
    #expect(library.names.prefix(2) == ["Alunite", "Andradite"])
    #expect(library.axis?.sourceUnit == .micrometers)
  }

  @Test(
    "simulated scenes are exactly the products of their factors",
    .requiresData(
      "simulated/MiSiCNet_Sim1_Y_clean.mat", "simulated/MiSiCNet_Sim1_A_true.mat", "simulated/MiSiCNet_Sim1_E.mat",
      "simulated/SUnCNN_DC1_Y.mat", "simulated/SUnCNN_DC1_XT.mat", "simulated/SUnCNN_DC1_EE.mat"),
    arguments: [
      ("MiSiCNet_Sim1_Y_clean", "MiSiCNet_Sim1_A_true", "MiSiCNet_Sim1_E"),
      ("SUnCNN_DC1_Y", "SUnCNN_DC1_XT", "SUnCNN_DC1_EE"),
    ])
  func simulated(cube: String, abundances: String, endmembers: String) throws {
    let scene = try Scene(contentsOf: url("simulated/\(cube).mat"))
    let truth = try GroundTruth.read(url("simulated/\(abundances).mat"), for: scene)
    let library = try SpectralLibrary(contentsOf: url("simulated/\(endmembers).mat"))
    let product = truth.abundances.matrixProduct(library.spectra)
    // A sum of at most 240 products below 1 in single precision.
    #expect(zip(product.scalars, scene.spectra.scalars).allSatisfy { abs($0 - $1) < 1e-5 })
  }

  @Test(
    "the laboratory's libraries give the minerals of Cuprite at their known places",
    .requiresData("usgs/USGS_1995_Library.mat", "usgs/s06av95a_envi.sli", "usgs/s07_AV95_envi.sli"))
  func usgs() throws {
    let minerals = [
      "alunite", "andradite", "buddingtonite", "dumortierite", "kaolin", "kaolin", "muscovite", "montmorillonite",
      "nontronite", "pyrope", "sphene", "chalcedony",
    ]
    let matrix = try SpectralLibrary(contentsOf: url("usgs/USGS_1995_Library.mat"))
    #expect(matrix.count == 498 && matrix.bands == 224)
    // Counted from 1 and from the first of three columns that are not spectra.
    let columns = [23, 39, 70, 138, 245, 247, 304, 299, 325, 377, 428, 84]
    for (mineral, column) in zip(minerals, columns) {
      #expect(matrix.names[column - 4].lowercased().contains(mineral), "\(matrix.names[column - 4])")
    }
    let sixth = try SpectralLibrary(contentsOf: url("usgs/s06av95a_envi.hdr"))
    let places = [36, 78, 136, 260, 978, 975, 549, 987, 588, 77, 779, 160]
    #expect(sixth.count == 1_365 && sixth.axis?.wavelengths.first == 383.15)
    for (mineral, place) in zip(minerals, places) where mineral != "pyrope" && mineral != "montmorillonite" {
      #expect(sixth.names[place].lowercased().contains(mineral), "\(sixth.names[place])")
    }
    let seventh = try SpectralLibrary(contentsOf: url("usgs/s07_AV95_envi.sli"))
    #expect(seventh.axis?.fwhm?.count == 224)
    // Two of its 3139 lines are wavelengths and widths.
    #expect(seventh.count == 3_137)
    #expect(seventh.axis?.isIncreasing == false)
  }
}

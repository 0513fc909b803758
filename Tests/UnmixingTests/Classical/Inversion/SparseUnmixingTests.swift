import Foundation
import Scenes
import Tensors
import TestSupport
import Testing
import Unmixing

/// Inversions against solutions found by SciPy (References/inversion.py), and what sparse solutions have to satisfy.
@Suite struct SparseUnmixingTests {
  private struct Reference: Decodable {
    let endmembers: [[Scalar]], spectra: [[Scalar]]
    let nnls: [[Scalar]], priced: [[Scalar]], fcls: [[Scalar]], collaborative: [[Scalar]], totalVariation: [[Scalar]]

    init() throws {
      let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("References/inversion.json")
      self = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: folder))
    }

    func library(_ count: Int = 6) -> SpectralLibrary {
      SpectralLibrary(names: (0..<count).map { "\($0)" }, spectra: matrix(Array(endmembers.prefix(count))))
    }

    func scene(rows: Int = 4, columns: Int = 5) -> Scene {
      Scene(name: "made", rows: rows, columns: columns, spectra: matrix(Array(spectra.prefix(rows * columns))))
    }
  }

  private func sunsal(_ change: (inout SUnSAL.Options) -> Void = { _ in }) -> SUnSAL.Options {
    var options = SUnSAL.Options()
    change(&options)
    return options
  }

  // MARK: SciPy

  @Test func exactInversionsAgreeWithSciPy() throws {
    let reference = try Reference()
    let (scene, library) = (reference.scene(), reference.library())
    let nnls = try NNLS(.init(), endmembers: library).unmix(scene).mean
    expectClose(nnls, matrix(reference.nnls), absolute: 2e-7, because: "rounding of abundances to Float")
    let fcls = try FCLS(endmembers: library).unmix(scene).mean
    expectClose(fcls, matrix(reference.fcls), absolute: 3e-7, because: "the reference's row of ones weighs 10⁵")
    for rounds in [0, 50, 500] {
      let options = sunsal {
        $0.lambda = 0.05
        $0.rounds = rounds
      }
      let found = try SUnSAL(options, endmembers: library).unmix(scene).mean
      expectClose(found, matrix(reference.priced), absolute: 2e-7, because: "exact wherever the rounds ended")
    }
  }

  @Test func pricesAreInTheUnitsOfTheScaledSpectra() throws {
    let reference = try Reference()
    var (scene, library) = (reference.scene(), reference.library())
    (scene.spectra, library.spectra) = (scene.spectra * 0.5, library.spectra * 0.5)
    let largest = Double(scene.spectra.maximum().scalar)
    // With spectra and library divided by s the squared error is s² times smaller, and so a price that comes to the same.
    let scaled = 0.05 / (largest * largest)
    func expectSame<Method: ClassicalMethod>(
      _ method: Method.Type, _ set: (inout Method.Options, SpectrumScaling, Double) -> Void
    ) throws {
      var (raw, divided) = (Method.Options(), Method.Options())
      set(&raw, .raw, 0.05)
      set(&divided, .sceneMaximum, scaled)
      let found = try Method(divided, endmembers: library, seed: 0).unmix(scene).mean
      let expected = try Method(raw, endmembers: library, seed: 0).unmix(scene).mean
      expectClose(found, expected, absolute: 2e-5, because: "the same rounds on numbers rounded differently")
      set(&divided, .sceneMaximum, 0.05)
      let other = try Method(divided, endmembers: library, seed: 0).unmix(scene).mean
      #expect(zip(other.scalars, expected.scalars).contains { abs($0 - $1) > 1e-3 }, "\(method): scaling is ignored")
    }
    #expect(largest < 0.6, "a scene whose largest reflectance is 1 tells nothing")
    try expectSame(SUnSAL.self) { ($0.spectra, $0.lambda) = ($1, $2) }
    try expectSame(CollaborativeSUnSAL.self) { ($0.spectra, $0.lambda) = ($1, $2) }
    try expectSame(SUnSALTV.self) { ($0.spectra, $0.lambda, $0.lambdaTV) = ($1, $2, $2) }
  }

  @Test func theAlternatingMethodComesNear() throws {
    let reference = try Reference()
    let options = sunsal {
      ($0.lambda, $0.rounds, $0.tolerance, $0.exact) = (0.05, 5000, 1e-6, false)
    }
    let found = try SUnSAL(options, endmembers: reference.library()).unmix(reference.scene()).mean
    expectClose(
      found, matrix(reference.priced), absolute: 1e-4, because: "residuals of 10⁻⁶ under a condition of some tens")
    var summed = options
    summed.sumToOne = true
    // Exact for few spectra whatever the price; and near by the rounds alone.
    let near = try SUnSAL(summed, endmembers: reference.library()).unmix(reference.scene()).mean
    expectClose(near, matrix(reference.fcls), absolute: 2e-4, because: "as above")
    summed.exact = true
    let exact = try SUnSAL(summed, endmembers: reference.library()).unmix(reference.scene()).mean
    expectClose(exact, matrix(reference.fcls), absolute: 3e-7, because: "the same as FCLS")
  }

  @Test func collaborativeUnmixingAgreesWithSciPy() throws {
    let reference = try Reference()
    var options = CollaborativeSUnSAL.Options()
    (options.lambda, options.rounds, options.tolerance) = (4, 5000, 1e-6)
    let found = try CollaborativeSUnSAL(options, endmembers: reference.library()).unmix(reference.scene()).mean
    expectClose(found, matrix(reference.collaborative), absolute: 2e-4, because: "residuals of 10⁻⁶, condition of tens")
    let used = { (map: Tensor) in (0..<6).filter { map.slice(along: 1, $0..<$0 + 1).maximum().scalar > 1e-6 } }
    #expect(used(found) == used(matrix(reference.collaborative)) && used(found).count < 6)
  }

  @Test func smoothUnmixingAgreesWithSciPy() throws {
    let reference = try Reference()
    var options = SUnSALTV.Options()
    (options.lambda, options.lambdaTV, options.rounds, options.tolerance) = (0.02, 0.05, 5000, 1e-6)
    let scene = reference.scene(rows: 3, columns: 4)
    let found = try SUnSALTV(options, endmembers: reference.library(3)).unmix(scene).mean
    expectClose(found, matrix(reference.totalVariation), absolute: 5e-4, because: "both iterate: 10⁻⁶ here, 10⁻⁸ there")
  }

  // MARK: Properties

  @Test func aPriceOnDifferencesMakesMapsEven() throws {
    let reference = try Reference()
    let (scene, library) = (reference.scene(), reference.library(3))
    var options = SUnSALTV.Options()
    (options.lambda, options.lambdaTV, options.rounds, options.tolerance) = (0.05, 0, 3000, 1e-6)
    let free = try SUnSALTV(options, endmembers: library).unmix(scene).mean
    let alone = try SUnSAL(sunsal { $0.lambda = 0.05 }, endmembers: library).unmix(scene).mean
    expectClose(free, alone, absolute: 3e-4, because: "without it SUnSAL remains")
    options.lambdaTV = 50
    let even = try SUnSALTV(options, endmembers: library).unmix(scene).mean
    // All pixels alike: the solution for the mean spectrum.
    var one = scene.spectra.mean(along: 0, keepingDimensions: true)
    one = try SUnSAL(sunsal { $0.lambda = 0.05 }, endmembers: library)
      .unmix(Scene(name: "mean", rows: 1, columns: 1, spectra: one)).mean
    expectClose(even, one.broadcast(to: [20, 3]), absolute: 1e-3, because: "residuals of 10⁻⁶ and a stiff price")
  }

  @Test func aMaskedPixelDoesNotPullItsNeighbours() throws {
    let reference = try Reference()
    var scene = reference.scene()
    scene.spectra = scene.spectra[3].reshaped(to: [1, 12]).broadcast(to: [20, 12])
    var options = SUnSALTV.Options()
    (options.lambda, options.lambdaTV, options.rounds, options.tolerance) = (0.01, 0.1, 3000, 1e-6)
    let all = try SUnSALTV(options, endmembers: reference.library(3)).unmix(scene).mean
    scene.isValid[7] = false
    scene.spectra.withUnsafeMutableScalars { $0[7 * 12..<8 * 12].update(repeating: 0) }
    let masked = try SUnSALTV(options, endmembers: reference.library(3)).unmix(scene).mean
    #expect(masked[7].scalars == [0, 0, 0])
    let others = (0..<20).filter { $0 != 7 }
    expectClose(
      masked.gatheringRows(others), all.gatheringRows(others), absolute: 1e-3, because: "both are the even map")
  }

  @Test(arguments: [1e-4, 1e-2])
  func everyPixelOfALargeLibraryIsOptimal(lambda: Double) throws {
    var random = RandomStream(seed: 12)
    // 90 spectra that are alike, of which each pixel holds three.
    let spectra = random.uniform([90, 50]) * 0.1 + random.uniform([1, 50])
    let abundances = (random.uniform([700, 90]) - 0.97).relu() * 20
    let scene = Scene(
      name: "sparse", rows: 35, columns: 20,
      spectra: abundances.matrixProduct(spectra) + random.normal([700, 50]) * 0.002)
    let library = SpectralLibrary(names: (0..<90).map { "\($0)" }, spectra: spectra)
    let found = try SUnSAL(sunsal { $0.lambda = lambda }, endmembers: library).unmix(scene).mean
    let problem = NonnegativeLeastSquares(endmembers: spectra, price: lambda)
    let worst = problem.residuals(of: found, for: scene.spectra).max() ?? .infinity
    #expect(worst <= 1e-6, "\(worst)")
    let runs = try results(onThreads: [1, 3]) {
      try SUnSAL(sunsal { $0.lambda = lambda }, endmembers: library).unmix(scene).mean
    }
    #expect(runs[0] == found && runs[1] == found)
  }

  @Test func refusesWhatCannotBeComputed() {
    #expect(throws: UnmixingError.configuration(field: "lambda", expected: "at least 0", found: "-1.0")) {
      try sunsal { $0.lambda = -1 }.check()
    }
    #expect(throws: UnmixingError.self) { try sunsal { ($0.rounds, $0.exact) = (0, false) }.check() }
    #expect(throws: Never.self) { try sunsal { $0.rounds = 0 }.check() }
  }
}

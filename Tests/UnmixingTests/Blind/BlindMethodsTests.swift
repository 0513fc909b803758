import Foundation
import Scenes
import TestSupport
import Tensors
import Testing
import Unmixing

/// What every blind method, and every model of varying endmembers, promises whatever it minimises.
@Suite struct BlindMethodsTests {
  @Test(arguments: blindIDs)
  func abundancesLieOnTheSimplex(_ id: String) throws {
    let scene = noisyScene()
    let estimate = try blindMethod(id).unmix(scene)
    for pixel in scene.validPixels {
      let shares = estimate.mean[pixel].doubles
      #expect(shares.allSatisfy { $0 >= 0 })
      expectClose(shares.reduce(0, +), 1, absolute: 1e-6, because: "three numbers rounded to Float")
    }
    let endmembers = try #require(estimate.endmembers).spectra.scalars
    #expect(endmembers.allSatisfy { $0 >= 0 && $0.isFinite })
    let angles = try #require(estimate.reconstructionAngle).scalars
    #expect(angles.allSatisfy { $0.isFinite })
  }

  @Test(arguments: blindIDs)
  func maskedPixelsChangeNothing(_ id: String) throws {
    var scene = noisyScene()
    let clean = try blindMethod(id).unmix(scene)
    let bands = scene.bands
    scene.spectra.withUnsafeMutableScalars { values in
      for band in 0..<bands { values[5 * bands + band] = 50 }
    }
    let estimate = try blindMethod(id).unmix(scene)
    #expect(estimate.mean == clean.mean && estimate.objective == clean.objective)
    #expect(estimate.mean[5].scalars == [0, 0, 0])
  }

  /// Five blocks of pixels, so that threads have something to share.
  @Test(arguments: blindIDs)
  func doesNotDependOnThreads(_ id: String) throws {
    let base = smallScene(rows: 50, columns: 45)
    var scene = base
    scene.spectra = (base.spectra + irregular(base.spectra.shape, in: -0.01...0.01)).maximum(with: 0)
    let fixed = scene
    let runs = try results(onThreads: [1, 2]) { () throws -> Estimate in
      try shortened(id, iterations: 4).unmix(fixed)
    }
    #expect(runs[0].mean == runs[1].mean)
    #expect(runs[0].objective == runs[1].objective)
    #expect(runs[0].endmembers?.spectra == runs[1].endmembers?.spectra)
  }

  @Test(arguments: blindIDs.filter { $0 != "sgsnmf" && $0 != "sswnmf" })
  func theObjectiveNeverGrows(_ id: String) throws {
    let objective = try shortened(id, iterations: 80).unmix(noisyScene()).objective
    #expect(objective.count == 80 || id.hasSuffix("mm"))
    for (before, after) in zip(objective, objective.dropFirst()) {
      #expect(after <= before * (1 + roundings(10)), "\(id): \(before) then \(after)")
    }
    let last = try #require(objective.last)
    #expect(last < objective[0])
  }

  @Test(arguments: ["sgsnmf", "sswnmf"])
  func renewedWeightsStillLeadDown(_ id: String) throws {
    let objective = try shortened(id, iterations: 80).unmix(noisyScene()).objective
    let last = try #require(objective.last)
    #expect(last < objective[0], "single iterations may go up, the whole does not")
    #expect(objective.allSatisfy { $0.isFinite })
  }

  @Test(arguments: blindIDs)
  func progressEndsAtTheTotal(_ id: String) throws {
    var seen: [Int] = []
    var total = 0
    let estimate = try blindMethod(id).unmix(noisyScene()) { done, all in
      seen.append(done)
      total = all
    }
    #expect(seen.count == estimate.objective.count && seen == seen.sorted())
    #expect(seen.last == total)
  }

  @Test func whatProgressThrowsEndsTheWork() throws {
    struct Stop: Error {}
    var calls = 0
    #expect(throws: Stop.self) {
      _ = try NMF(endmembers: VCA(count: 3)).unmix(noisyScene()) { _, _ in
        calls += 1
        if calls == 3 { throw Stop() }
      }
    }
    #expect(calls == 3)
  }

  // MARK: Recovery

  /// Without noise and penalties the true endmembers and abundances are where every method comes to rest.
  @Test(arguments: blindIDs)
  func keepsAnExactMixture(_ id: String) throws {
    let scene = smallScene(rows: 24, columns: 20)
    let truth = try #require(scene.truth)
    let library = try #require(truth.endmembers)
    let entry = try ClassicalCatalogue.entry(id)
    let weights = ["sparsityScale", "sparsity", "smoothness", "totalVariation"]
    let known = try fields(of: entry.options)
    let options = try changed(
      entry.options, Dictionary(uniqueKeysWithValues: weights.filter { known[$0] != nil }.map { ($0, 0) }))
    let estimate = try entry.method(options, endmembers: library, seed: 0).unmix(scene)
    let angles = try SpectralAngles.matrix(library, try #require(estimate.endmembers))
    let worst = (0..<3).map { angles[$0][$0] }.max() ?? .infinity
    let metrics = try Evaluation().metrics(of: estimate, against: truth)
    let error = try #require(metrics.all["abundance.rmse.entry"])
    // Abundances begin at 10⁻⁴ where they are 0, and endmembers answer to that.
    #expect(worst < 2e-3, "\(id): angles up to \(worst)")
    #expect(error < 2e-3, "\(id): \(error)")
  }

  /// From endmembers drawn a third of the way to their mean, NMF goes back out, slowly: the sum to one holds it.
  @Test func leavesEndmembersThatAreTooTame() throws {
    let scene = smallScene(rows: 24, columns: 20)
    let truth = try #require(scene.truth?.endmembers)
    let middle = truth.spectra.mean(along: 0, keepingDimensions: true)
    let tame = SpectralLibrary(names: truth.names, spectra: truth.spectra * 0.67 + middle * 0.33)
    var options = NMF.Options()
    (options.iterations, options.tolerance) = (3000, 0)
    let estimate = try NMF(options, endmembers: tame).unmix(scene)
    let found = try Evaluation().metrics(of: estimate, against: scene.truth)
    let before = try Evaluation().metrics(of: try FCLS(endmembers: tame).unmix(scene), against: scene.truth)
    let now = try #require(found.all["abundance.rmse.entry"])
    let then = try #require(before.all["abundance.rmse.entry"])
    // NumPy's version of the same updates on such a scene comes from 0.0896 to 0.0713.
    #expect(now < 0.85 * then, "\(now) after \(then)")
    let last = try #require(estimate.objective.last)
    #expect(last < 0.7 * estimate.objective[0])
  }

  // MARK: Scale

  @Test func aSceneOfOtherUnitsGivesTheSameAbundances() throws {
    let scene = noisyScene()
    var bright = scene
    bright.spectra = scene.spectra * 1024
    let (one, other) = (try blindMethod("l12-nmf").unmix(scene), try blindMethod("l12-nmf").unmix(bright))
    expectClose(other.mean, one.mean, absolute: 1e-5, because: "both are divided by their largest reflectance")
    let spectra = try #require(one.endmembers).spectra * 1024
    expectClose(
      try #require(other.endmembers).spectra, spectra, absolute: 1e-2, because: "reflectances of up to 1000 in Float")
  }

  @Test(arguments: blindIDs)
  func pixelsOfZerosGiveNumbers(_ id: String) throws {
    var scene = noisyScene()
    let bands = scene.bands
    scene.spectra.withUnsafeMutableScalars { values in
      for place in 20 * bands..<23 * bands { values[place] = 0 }
    }
    let library = try #require(scene.truth?.endmembers)
    let estimate = try blindMethod(id, library).unmix(scene)
    #expect(estimate.mean.scalars.allSatisfy { $0.isFinite })
    #expect(estimate.objective.allSatisfy { $0.isFinite })
  }

  @Test(arguments: blindIDs)
  func aSceneOfOneSpectrumGivesNumbers(_ id: String) throws {
    let library = try #require(smallScene().truth?.endmembers)
    var scene = smallScene()
    scene.spectra = .ones([scene.pixelCount, 1]).matrixProduct(library.spectra.mean(along: 0, keepingDimensions: true))
    // Superpixels that are all alike have no three different mean spectra, but the library brings its own.
    let estimate = try blindMethod(id, library).unmix(scene)
    #expect(estimate.mean.scalars.allSatisfy(\.isFinite) && estimate.objective.allSatisfy(\.isFinite))
  }

  @Test(arguments: blindIDs)
  func canBeginFromTheTruth(_ id: String) throws {
    let estimate = try blindMethod(id, TrueEndmembers(count: 3)).unmix(noisyScene())
    #expect(estimate.names == noisyScene().truth?.names)
  }

  // MARK: Refusals

  @Test(arguments: blindIDs)
  func refusesCountsThatDoNotSuit(_ id: String) throws {
    let scene = smallScene(rows: 6, columns: 5, bands: 4)
    func library(_ count: Int) -> SpectralLibrary {
      SpectralLibrary(names: (0..<count).map { "\($0)" }, spectra: irregular([count, 4], in: 0.1...1))
    }
    for count in [1, 5] {
      #expect(
        throws: UnmixingError.endmemberCount(
          requested: count, allowed: 2...4, reason: "factors of 4 bands and 30 valid pixels, at most 32")
      ) { _ = try blindMethod(id, library(count)).unmix(scene) }
    }
    var empty = scene
    empty.isValid = empty.isValid.map { _ in false }
    #expect(throws: UnmixingError.self) { _ = try blindMethod(id, library(2)).unmix(empty) }
  }

  @Test(arguments: blindIDs)
  func refusesNumbersThatAreNotFinite(_ id: String) throws {
    var scene = smallScene()
    let bands = scene.bands
    scene.spectra.withUnsafeMutableScalars { $0[17 * bands + 3] = .infinity }
    let library = try #require(scene.truth?.endmembers)
    let expected = UnmixingError.notFinite(field: "spectra of valid pixels", count: 1, first: 17)
    #expect(throws: expected) { _ = try blindMethod(id, library).unmix(scene) }
  }

  /// Options of every method by name, one value each that cannot be computed with.
  @Test(arguments: [
    ("nmf", "iterations", "0"), ("nmf", "tolerance", "1"), ("nmf", "sumToOne", "-1"),
    ("l12-nmf", "sparsityScale", "-0.1"), ("glnmf", "sparsity", "-1"), ("glnmf", "smoothness", "-1"),
    ("glnmf", "neighbours", "0"), ("rsnmf", "offset", "0"), ("tv-rsnmf", "totalVariation", "-1"),
    ("tv-rsnmf", "coupling", "0"), ("tv-rsnmf", "denoisingRounds", "0"), ("sgsnmf", "width", "1"),
    ("sgsnmf", "descent", "1"), ("sgsnmf", "spatialWeight", "-1"), ("sswnmf", "offset", "2"),
    ("elmm", "coupling", "0"), ("elmm", "totalVariation", "-1"), ("glmm", "penalty", "0"),
    ("glmm", "smoothness", "-1"), ("plmm", "anchoring", "-1"), ("plmm", "iterations", "0"),
  ])
  func refusesOptionsByName(_ id: String, _ field: String, _ value: String) throws {
    let entry = try ClassicalCatalogue.entry(id)
    let options = try changed(entry.options, [field: try #require(Double(value))])
    #expect {
      _ = try entry.method(options, endmembers: VCA(count: 3), seed: 0)
    } throws: { error in
      guard case UnmixingError.configuration(let named, _, _) = error else { return false }
      return named == field
    }
  }

  // MARK: Options by name

  private func shortened(_ id: String, iterations: Int) throws -> any ClassicalMethod {
    let entry = try ClassicalCatalogue.entry(id)
    let options = try changed(entry.options, ["iterations": Double(iterations), "tolerance": 0])
    return try entry.method(options, endmembers: VCA(count: 3, seed: 2), seed: 4)
  }

  private func fields(of options: some ClassicalOptions) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: JSONEncoder().encode(options)) as? [String: Any])
  }

  private func changed<Options: ClassicalOptions>(_ options: Options, _ values: [String: Double]) throws
    -> any ClassicalOptions
  {
    var fields = try fields(of: options)
    for (name, value) in values {
      #expect(fields[name] != nil, "no option \(name)")
      fields[name] = value == value.rounded() ? Int(value) as Any : value
    }
    return try JSONDecoder().decode(Options.self, from: JSONSerialization.data(withJSONObject: fields))
  }
}

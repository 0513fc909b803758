import Foundation
import Scenes
import Tensors
import Testing
import Unmixing

/// What classical methods offer by name can be run, and holds what it promises.
@Suite struct ClassicalCatalogueTests {
  @Test func namesAreTheirOwn() {
    #expect(Set(ClassicalCatalogue.entries.map(\.id)).count == ClassicalCatalogue.entries.count)
    #expect(Set(ExtractionCatalogue.entries.map(\.id)).count == ExtractionCatalogue.entries.count)
  }

  @Test(arguments: ClassicalCatalogue.entries.map(\.id))
  func everyMethodUnmixesASmallScene(_ id: String) throws {
    var scene = smallScene(rows: 9, columns: 8)
    scene.isValid[5] = false
    let entry = try ClassicalCatalogue.entry(id)
    let method = try entry.method(entry.options, endmembers: VCA(count: 3, seed: 2), seed: 4)
    var last = (done: 0, total: 1)
    let estimate = try method.unmix(scene) { last = ($0, $1) }
    #expect((1...max(last.total, 1)).contains(last.done), "iterations may end before the most there may be")
    #expect(estimate.mean.shape == [72, 3] && estimate.mean.scalars.allSatisfy(\.isFinite))
    #expect(estimate.mean[5].scalars == [0, 0, 0])
    #expect(try method.unmix(scene).mean == estimate.mean, "equal seeds give equal results")
  }

  @Test(arguments: ExtractionCatalogue.entries.map(\.id))
  func everySearchFindsAsManyAsAskedFor(_ id: String) throws {
    var scene = smallScene(rows: 20, columns: 21)
    scene.isValid[7] = false
    let extractor = try ExtractionCatalogue.entry(id).extractor(count: 3, seed: 2)
    let found = try extractor.endmembers(of: scene)
    #expect(found.spectra.shape == [3, 20] && found.spectra.scalars.allSatisfy(\.isFinite))
    #expect(try extractor.endmembers(of: scene).spectra == found.spectra, "equal seeds find the same")
    let reference = try #require(scene.truth?.endmembers)
    let angles = Assignment(minimizing: try SpectralAngles.matrix(reference, found))
    // Without noise, and with Dirichlet abundances of concentration 0.7, some pixel is almost pure.
    #expect(angles.cost / 3 < 0.08, "\(id): mean angle \(angles.cost / 3)")
  }

  @Test func theOracleTakesWhatTheTruthHas() throws {
    let scene = smallScene()
    let found = try TrueEndmembers(count: 3).endmembers(of: scene)
    #expect(found.names == ["rock", "tree", "water"])
    #expect(throws: UnmixingError.sizeMismatch(field: "reference endmembers", expected: 4, found: 3)) {
      try TrueEndmembers(count: 4).endmembers(of: scene)
    }
    #expect(throws: UnmixingError.self) { try TrueEndmembers(count: 3).endmembers(of: smallScene(labelled: false)) }
  }
}

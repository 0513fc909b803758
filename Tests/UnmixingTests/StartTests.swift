import Foundation
import Scenes
import TestSupport
import Tensors
import Testing
import Unmixing

/// What endmembers start from, and that a start from the truth is told.
@Suite struct StartTests {
  private func run(
    _ start: EndmemberStart, library: String = "", spectra: SpectrumScaling = .raw, on scene: Scene = smallScene()
  ) throws -> TrainingRun {
    var configuration = try Catalogue.entry("ssanu-net").preset("jasper").configuration
    var options = SSANUNetOptions()
    (options.start, options.library, options.spectra) = (start, library, spectra)
    options.endmembers = 3
    configuration.model = options
    configuration.training.epochs = 1
    return try TrainingRun(on: scene, configuration, split: .none, seed: 1)
  }

  @Test func theOracleIsNamedWhereverResultsAreShown() throws {
    let scene = smallScene()
    let run = try run(.oracle)
    #expect(run.description.startsFromTruth && run.description.label.contains("truth"))
    #expect(run.trained.endmembers().spectra == scene.truth?.endmembers?.spectra)
    let estimate = try run.trained.unmix(scene)
    #expect(estimate.startsFromTruth && estimate.remarks.contains { $0.contains("truth") })
    #expect(try Evaluation().metrics(of: estimate, against: scene.truth).all["endmember.startsFromTruth"] == 1)
    #expect(try !self.run(.extracted).trained.unmix(scene).startsFromTruth)
  }

  @Test func extractionIsOfTheSceneBeforeItIsScaled() throws {
    let scene = smallScene()
    let found = try PurifiedVCA(count: 3, seed: 1).endmembers(of: scene.spectra)
    let scaling = FittedScaling(.unitNorm, to: scene.spectra)
    let scaled = scaling.undone(on: scaling.applied(to: found))
    #expect(try run(.extracted, spectra: .unitNorm).trained.endmembers().spectra == scaled)
    let plain = try VCA(count: 3, seed: 1).endmembers(of: scene.spectra)
    #expect(try run(.vca).trained.endmembers().spectra == plain.maximum(with: 0))
    #expect(plain != found)
  }

  @Test func aLibraryIsReadFromItsFile() throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "alunite-start-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    let file = directory.appending(path: "library.sli")
    let spectra = irregular([3, 20], in: 0.1...0.9)
    let library = SpectralLibrary(names: ["a", "b", "c"], spectra: spectra)
    try ENVIWriter().write(library, to: file)
    #expect(try run(.library, library: file.path).trained.endmembers().spectra == spectra)
    let two = directory.appending(path: "two.sli")
    try ENVIWriter().write(library.selecting(spectra: [0, 1]), to: two)
    #expect(throws: UnmixingError.self) { try run(.library, library: two.path) }
    #expect(throws: UnmixingError.self) { try run(.library) }
    #expect(throws: SceneError.self) { try run(.library, library: directory.appending(path: "absent.sli").path) }
  }
}

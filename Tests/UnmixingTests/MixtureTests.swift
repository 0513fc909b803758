import Foundation
import Scenes
import TestSupport
import Tensors
import Testing
import Unmixing

/// What a result shows as its fit is what its angles are of.
struct MixtureTests {
  /// Endmembers of very different brightness, so that it matters whether they are divided by it.
  private func example() throws -> (Scene, SpectralLibrary) {
    var scene = smallScene()
    scene.isValid[3] = false
    var library = try #require(scene.truth?.endmembers)
    library.spectra = library.spectra * matrix([[0.2], [1], [3]])
    return (scene, library)
  }

  @Test(arguments: ["fcls", "nnls", "ls", "sunsal", "gibbs"], SpectrumScaling.allCases)
  func theFitHasTheAnglesOfTheEstimate(_ id: String, _ scaling: SpectrumScaling) throws {
    let (scene, library) = try example()
    let entry = try ClassicalCatalogue.entry(id)
    func options<Options: ClassicalOptions>(_ options: Options) throws -> any ClassicalOptions {
      var fields = try #require(
        try JSONSerialization.jsonObject(with: JSONEncoder().encode(options)) as? [String: Any])
      fields["spectra"] = scaling.rawValue
      return try JSONDecoder().decode(Options.self, from: JSONSerialization.data(withJSONObject: fields))
    }
    let estimate = try entry.method(options(entry.options), endmembers: library, seed: 1).unmix(scene)
    let angles = try #require(estimate.reconstructionAngle)
    let valid = scene.validPixels
    func shown(_ estimate: Estimate) throws -> Tensor {
      scene.spectra.gatheringRows(valid).angle(to: try #require(estimate.mixture).gatheringRows(valid))
    }
    let expected = angles.gatheringRows(valid)
    expectClose(try shown(estimate), expected, absolute: 5e-4, because: "rounding moves an angle near 0 by 3e-4")
    let file = FileManager.default.temporaryDirectory.appending(path: "alunite-mixture-\(UUID().uuidString).h5")
    defer { try? FileManager.default.removeItem(at: file) }
    try EstimateFile(estimate, sceneName: "small", method: id).write(to: file)
    let read = try EstimateFile(contentsOf: file).estimate
    expectClose(try shown(read), expected, absolute: 5e-4, because: "as it was written")
  }
}

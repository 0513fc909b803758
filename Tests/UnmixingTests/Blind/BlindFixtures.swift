import Foundation
import Scenes
import TestSupport
import Tensors
import Testing
import Unmixing

/// One method's part of References/blind.json, which References/blind.py writes.
struct BlindReference: Decodable {
  let abundances: [Double]
  let endmembers: [Double]?
  let objective: [Double]

  static func all(file: String = #filePath) throws -> [String: BlindReference] {
    let folder = URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("References")
    return try JSONDecoder().decode(
      [String: BlindReference].self, from: Data(contentsOf: folder.appendingPathComponent("blind.json")))
  }

  static func named(_ name: String) throws -> BlindReference {
    let all = try all()
    return try #require(all[name])
  }
}

/// The scene of References/blind.py: 4 × 5 pixels, 6 bands, 3 endmembers, pixel 7 masked.
struct ReferenceScene {
  let scene: Scene
  /// What the methods begin from.
  let start: SpectralLibrary

  init() {
    let (pixels, bands, count) = (20, 6, 3)
    let raw = Self.irregular(pixels * count, 0, 1, salt: 1).map { $0 * $0 * $0 }
    let endmembers = Self.irregular(count * bands, 0.1, 0.9, salt: 2)
    let noise = Self.irregular(pixels * bands, -0.02, 0.02, salt: 3)
    let shift = Self.irregular(count * bands, -0.05, 0.05, salt: 4)
    let spectra = (0..<pixels * bands).map { place in
      let (pixel, band) = (place / bands, place % bands)
      let shares = raw[pixel * count..<(pixel + 1) * count]
      let mixed = shares.enumerated().reduce(0.0) { $0 + $1.element * endmembers[$1.offset * bands + band] }
      return Scalar(max(mixed / shares.reduce(0, +) + noise[place], 0))
    }
    var isValid = [Bool](repeating: true, count: pixels)
    isValid[7] = false
    scene = Scene(name: "reference", rows: 4, columns: 5, spectra: Tensor([pixels, bands], spectra), isValid: isValid)
    start = SpectralLibrary(
      names: ["a", "b", "c"],
      spectra: Tensor([count, bands], zip(endmembers, shift).map { Scalar($0 + $1) }))
  }

  private static func irregular(_ count: Int, _ low: Double, _ high: Double, salt: Int) -> [Double] {
    (1...count).map { index in
      let product = Double(index) * 0.618_033_988_749_894_9 + Double(salt) * 0.754_877_666_246_692_7
      return low + (high - low) * (product - product.rounded(.down))
    }
  }

  /// What a method makes of it: abundances of the valid pixels, endmembers and objective.
  func check(
    _ method: some ClassicalMethod, against name: String, abundances tolerance: Double, objective relative: Double,
    because reason: String
  ) throws {
    let reference = try BlindReference.named(name)
    let estimate = try method.unmix(scene)
    expectClose(
      estimate.mean.gatheringRows(scene.validPixels).doubles, reference.abundances, absolute: tolerance,
      because: reason)
    expectClose(estimate.objective, reference.objective, relative: relative, because: reason)
    if let endmembers = reference.endmembers {
      expectClose(
        try #require(estimate.endmembers).spectra.doubles, endmembers, absolute: tolerance, because: reason)
    }
  }
}

/// A small scene with noise, a masked pixel and pixels that are pure.
func noisyScene(noise: Scalar = 0.01) -> Scene {
  var scene = smallScene(rows: 10, columns: 9)
  scene.spectra = (scene.spectra + irregular(scene.spectra.shape, in: -noise...noise, salt: 3)).maximum(with: 0)
  scene.isValid[5] = false
  return scene
}

/// The blind methods and those of varying endmembers, by name.
let blindIDs = [
  "nmf", "l12-nmf", "glnmf", "rsnmf", "tv-rsnmf", "sgsnmf", "sswnmf", "elmm", "glmm", "plmm",
]

/// A method by name with its defaults.
func blindMethod(_ id: String, _ endmembers: any EndmemberExtractor = VCA(count: 3, seed: 2)) throws
  -> any ClassicalMethod
{
  let entry = try ClassicalCatalogue.entry(id)
  return try entry.method(entry.options, endmembers: endmembers, seed: 4)
}

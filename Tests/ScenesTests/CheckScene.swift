import Foundation
import Scenes
import Tensors
import Testing

/// What every scene has to satisfy, whatever file it came from.
func checkScene(_ scene: Scene, sourceLocation: SourceLocation = #_sourceLocation) {
  #expect(scene.spectra.shape == [scene.pixelCount, scene.bands], sourceLocation: sourceLocation)
  #expect(scene.isValid.count == scene.pixelCount, sourceLocation: sourceLocation)
  #expect(scene.isValid.contains(true), sourceLocation: sourceLocation)
  #expect(scene.sourceBands.count == scene.bands, sourceLocation: sourceLocation)
  #expect(scene.axis.map { $0.count == scene.bands } ?? true, sourceLocation: sourceLocation)
  #expect(scene.axis?.wavelengths.allSatisfy { $0 > 100 && $0 < 100_000 } ?? true, sourceLocation: sourceLocation)
  scene.spectra.withUnsafeScalars { values in
    #expect(values.allSatisfy { $0.isFinite }, "every sample is finite", sourceLocation: sourceLocation)
    let masked = scene.isValid.indices.filter { !scene.isValid[$0] }
    let areZero = masked.allSatisfy { pixel in
      values[(pixel * scene.bands)..<((pixel + 1) * scene.bands)].allSatisfy { $0 == 0 }
    }
    #expect(areZero, "masked spectra are zero", sourceLocation: sourceLocation)
  }
  if let truth = scene.truth {
    #expect(truth.abundances.shape == [scene.pixelCount, truth.count], sourceLocation: sourceLocation)
  }
}

/// A directory of its own for a test, removed afterwards.
func withTemporaryDirectory<Result>(_ body: (URL) throws -> Result) throws -> Result {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent("alunite-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: url) }
  return try body(url)
}

/// A scene whose samples are all different, so that any transposition shows: 0.5 + pixel/1024 + band/65536, exact in
/// single precision.
func rampScene(rows: Int = 3, columns: Int = 4, bands: Int = 5) -> Scene {
  let values = (0..<(rows * columns * bands)).map { place -> Scalar in
    0.5 + Scalar(place / bands) / 1_024 + Scalar(place % bands) / 65_536
  }
  return Scene(name: "ramp", rows: rows, columns: columns, spectra: Tensor([rows * columns, bands], values))
}

extension Scene {
  /// The reflectance at a place.
  func value(_ row: Int, _ column: Int, _ band: Int) -> Scalar {
    spectra.withUnsafeScalars { $0[pixel(row: row, column: column) * bands + band] }
  }
}

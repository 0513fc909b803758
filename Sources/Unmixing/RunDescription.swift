import Scenes
import Tensors

/// What a run was made from: enough to repeat it, to resume it, and to use its model on another scene.
public struct RunDescription: Codable, Sendable, Equatable {
  /// The version of Alunite that trained it.
  public var version = currentVersion
  /// The key of every random number.
  public var seed: UInt64
  /// The resolved configuration.
  public var configuration: Configuration
  /// The file the model was trained on.
  public var scene: String
  /// The file its labels came from, if a file of their own.
  public var truth: String?
  /// How pixels were divided into training and test, as on the command line.
  public var split: String
  /// The name of every endmember.
  public var endmemberNames: [String]
  /// Wavelengths in nanometres, where the scene has them.
  public var wavelengths: [Double]?
  /// The number of bands.
  public var bands: Int
  /// How spectra are scaled.
  public var scaling: FittedScaling
  /// A fingerprint of spectra, labels and training pixels.
  public var fingerprint: UInt64
  /// What the trained model was adapted to afterwards, if it was.
  public var adaptation: String?

  /// The method's id, and what else must be known wherever a result is shown: that it began from the truth, or was adapted.
  public var label: String {
    let remarks = [startsFromTruth ? "started from the reference endmembers of the truth" : nil, adaptation]
      .compactMap(\.self)
    let method = configuration.method
    return remarks.isEmpty ? method : "\(method) (\(remarks.joined(separator: "; ")))"
  }

  /// Whether the endmembers began as those of the truth.
  public var startsFromTruth: Bool { configuration.model.start == .oracle }

  /// The version of the format and of the program.
  public static let currentVersion = "0.1.0"

  /// Refuses a scene the model cannot be used on.
  ///
  /// - Throws: ``UnmixingError/mismatch(field:expected:found:)``.
  public func check(_ scene: Scene) throws {
    if scene.bands != bands {
      throw UnmixingError.mismatch(
        field: "bands of \(scene.name)", expected: "\(bands), as in \(self.scene)", found: "\(scene.bands)")
    }
    try checkWavelengths(scene.axis, of: scene.name)
    if type(of: configuration.model).isTiedToScene { try checkSame(scene) }
  }

  /// Refuses bands that lie elsewhere.
  func checkWavelengths(_ axis: SpectralAxis?, of name: String) throws {
    guard let own = wavelengths.map({ SpectralAxis(wavelengths: $0) }), let axis else { return }
    let (spacing, farthest) = (own.usualSpacing, own.distance(to: axis))
    if farthest > spacing / 2 {
      throw UnmixingError.mismatch(
        field: "wavelengths of \(name)",
        expected: "those of \(self.scene) within half their spacing, \(spacing / 2) nm",
        found: "a band \(farthest) nm away")
    }
  }

  /// Refuses any scene but the one trained on.
  private func checkSame(_ scene: Scene) throws {
    let pixels = scene.validPixels
    let found = Fingerprint.of(scaling.applied(to: scene.spectra), nil, pixels)
    if found == fingerprint { return }
    throw UnmixingError.mismatch(
      field: "scene \(scene.name)",
      expected: "\(self.scene), the one \(configuration.method) was trained on: its network is tied to its pixels",
      found: "another of \(pixels.count) pixels (fingerprint \(found), not \(fingerprint))")
  }
}

/// A 64-bit fingerprint (FNV-1a) of what a run trains on, so that a resumed run is seen to train on the same.
package struct Fingerprint {
  /// The number that stands for all that was added.
  package private(set) var value: UInt64 = 0xcbf2_9ce4_8422_2325

  /// The fingerprint of nothing.
  package init() {}

  /// The fingerprint of spectra, labels and training pixels.
  static func of(_ spectra: Tensor, _ labels: Tensor?, _ pixels: [Int]) -> UInt64 {
    var result = Fingerprint()
    result.add(spectra)
    if let labels { result.add(labels) }
    for pixel in pixels { result.add(UInt64(pixel)) }
    return result.value
  }

  /// Adds the bits of every number.
  package mutating func add(_ tensor: Tensor) {
    tensor.withUnsafeScalars { for scalar in $0 { add(UInt64(scalar.bitPattern)) } }
  }

  /// Adds a number.
  package mutating func add(_ number: UInt64) {
    value = (value ^ number) &* 0x0000_0100_0000_01b3
  }
}

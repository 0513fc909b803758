import Foundation
import Scenes
import Tensors
import Unmixing

/// A scene of a plan as the runs read it: one file with its truth, written once.
struct PreparedScene {
  /// What the plan says of it.
  let plan: PlannedScene
  /// The file.
  let file: URL
  /// What is in it, as a number.
  let fingerprint: String
  /// Rows, columns, bands and true endmembers, in words.
  let size: String

  /// Reads the plan's files and writes the scene into a directory, unless it is there already.
  init(_ plan: PlannedScene, in directory: URL, quiet: Bool) throws {
    let scene = try plan.read(quiet: quiet)
    guard let truth = scene.truth else {
      throw WorldFault.conflict(
        option: "scene \(plan.name)", expected: "a truth to compare with (truth: FILE)", found: "none")
    }
    self.plan = plan
    var number = Fingerprint()
    number.add(scene.spectra)
    for value in scene.isValid { number.add(value ? 1 : 0) }
    number.add(truth.abundances)
    if let endmembers = truth.endmembers { number.add(endmembers.spectra) }
    for byte in truth.names.joined(separator: "\n").utf8 { number.add(UInt64(byte)) }
    if let axis = scene.axis { for wavelength in axis.wavelengths { number.add(wavelength.bitPattern) } }
    fingerprint = String(number.value, radix: 16)
    file = directory.appendingPathComponent("\(PlannedRun.slug(plan.name))-\(fingerprint).h5")
    size =
      "\(scene.rows) × \(scene.columns) pixels, \(scene.bands) bands, \(truth.count) true endmembers "
      + "(\(truth.names.joined(separator: ", ")))"
    if !FileManager.default.fileExists(atPath: file.path) { try SceneHDF5.write(scene, to: file) }
  }
}

import ArgumentParser
import Foundation
import Unmixing

/// One method on one scene with one seed: the command that makes it, and the directory it is known by.
struct PlannedRun {
  let scene: PreparedScene
  let method: PlannedMethod
  let seed: UInt64
  /// The arguments after `alunite`, without those of the output.
  let arguments: [String]
  /// Everything that decides the result, as text.
  let decidedBy: String
  let place: RunPlace

  /// - Throws: ``WorldFault`` or ``UnmixingError`` when the command would refuse its options.
  init(_ method: PlannedMethod, on scene: PreparedScene, seed: UInt64, in directory: URL) throws {
    let options = method.options(on: scene.plan.name)
    let start =
      method.isNetwork
      ? ["train", "--model", method.id, "--checkpoint-interval", "30"] : ["unmix", "--method", method.id]
    arguments =
      start + ["--scene", scene.file.path, "--seed", "\(seed)", "--threads", "1", "--quiet"] + options.arguments
    (self.scene, self.method, self.seed) = (scene, method, seed)
    let resolved = try Self.resolved(arguments, method, scene)
    decidedBy = try """
    version: \(RunDescription.currentVersion)
    scene: \(scene.fingerprint)
    seed: \(seed)
    \(resolved)\(Self.library(options))
    """
    var key = Fingerprint()
    for byte in decidedBy.utf8 { key.add(UInt64(byte)) }
    let name = [scene.plan.name, method.name, "seed \(seed)", String(key.value, radix: 16)].map(Self.slug)
    place = RunPlace(url: directory.appendingPathComponent(name.joined(separator: ".")))
  }

  /// The options as the command itself resolves them: two spellings of one configuration are one run.
  private static func resolved(
    _ arguments: [String], _ method: PlannedMethod, _ scene: PreparedScene
  ) throws -> String {
    let words = Array(arguments.dropFirst()) + ["--output", "result"]
    do {
      if method.isNetwork {
        let train = try Train.parse(words)
        let split = "split: \(train.method.split?.description ?? "none")\n"
        return split + (try ConfigurationResolver.yaml(train.method.configuration(hasTruth: true)))
      }
      let unmix = try Unmix.parse(words)
      let entry = try ClassicalCatalogue.entry(method.id)
      let start = unmix.classical.start
      let count = start.endmembers.map { "\($0)" } ?? "as the truth"
      return "method: \(method.id)\nextract: \(start.extract ?? "usual")\nendmembers: \(count)\n"
        + (try Self.text(of: unmix.classical.options(of: entry)))
    } catch let error where error is UnmixingError || error is WorldFault {
      throw WorldFault.conflict(option: "method \(method.name)", expected: "what can be run", found: "\(error)")
    } catch {
      throw WorldFault.conflict(
        option: "method \(method.name)", expected: "options of alunite \(arguments[0])",
        found: method.isNetwork ? Train.message(for: error) : Unmix.message(for: error))
    }
  }

  private static func text(of options: some Encodable) throws -> String { try SettingTree(encoding: options).yaml() }

  /// A library by its content, whatever it is called.
  private static func library(_ options: MethodOptions) throws -> String {
    guard let path = options.library else { return "" }
    var content = Fingerprint()
    do {
      for byte in try Data(contentsOf: URL(fileURLWithPath: path)) { content.add(UInt64(byte)) }
    } catch {
      throw WorldFault.malformed(
        path: path, field: "library", expected: "a readable file", found: FileFault.reason(error))
    }
    return "\nlibrary: \(String(content.value, radix: 16))"
  }

  /// What a name becomes in a file's name.
  static func slug(_ name: String) -> String {
    let kept = name.lowercased().map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
    return String(kept).split(separator: "-").joined(separator: "-")
  }
}

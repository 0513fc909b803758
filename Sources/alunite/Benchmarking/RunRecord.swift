import Foundation
import Unmixing

/// A finished run of a benchmark, as the last file of its directory tells it.
struct RunRecord: Codable {
  let scene: String
  let method: String
  let id: String
  let seed: UInt64
  /// The arguments after `alunite`.
  let command: [String]
  /// Everything that decides the result, as text.
  let decidedBy: String
  /// By the clock, the whole process with reading and writing; over all attempts.
  let seconds: Double
  /// Seconds all threads computed; `nil` when earlier attempts were cut off and did not tell.
  let processorSeconds: Double?
  /// The most memory the process held.
  let peakBytes: Double
  /// The version of Alunite.
  let version: String
}

/// How far the attempts at a run came that have not finished it.
struct RunAttempts: Codable {
  var count = 0
  var seconds = 0.0
  var peakBytes = 0.0
}

/// The directory of one run of a benchmark.
struct RunPlace {
  let url: URL

  /// What the run's own command writes.
  var result: URL { url.appendingPathComponent("result") }
  /// Written last: a run is finished when it is there.
  var record: URL { url.appendingPathComponent("record.json") }
  var attempts: URL { url.appendingPathComponent("attempts.json") }
  var failure: URL { url.appendingPathComponent("failure.txt") }
  var output: URL { url.appendingPathComponent("output.txt") }
  var errors: URL { url.appendingPathComponent("errors.txt") }
  /// The metrics by another rule than the run's own.
  func evaluation(_ rule: String) -> URL { url.appendingPathComponent("evaluation-\(rule).json") }

  /// The record of a finished run.
  func readRecord() throws -> RunRecord? {
    guard FileManager.default.fileExists(atPath: record.path) else { return nil }
    return try Self.decoded(record)
  }

  /// How far earlier attempts came.
  func readAttempts() -> RunAttempts { (try? Self.decoded(attempts)) ?? RunAttempts() }

  static func decoded<Value: Decodable>(_ url: URL) throws -> Value {
    do {
      return try JSONDecoder().decode(Value.self, from: Data(contentsOf: url))
    } catch {
      throw WorldFault.malformed(
        path: url.path, field: "JSON", expected: "what alunite benchmark writes", found: FileFault.reason(error))
    }
  }

  /// The last line of the command's errors, without its own prefix.
  var lastError: String? {
    let text = try? String(contentsOf: errors, encoding: .utf8)
    return text?.split(whereSeparator: \.isNewline).last.map { line in
      line.hasPrefix("alunite: error: ") ? String(line.dropFirst("alunite: error: ".count)) : String(line)
    }
  }
}

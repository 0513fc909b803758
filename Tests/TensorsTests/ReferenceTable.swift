import Foundation

/// Reads a table of numbers, an array of rows, from the References folder beside the test that asks for it.
func referenceTable(_ name: String, file: String = #filePath) throws -> [[Double]] {
  let folder = URL(fileURLWithPath: file).deletingLastPathComponent().appendingPathComponent("References")
  return try JSONDecoder().decode(
    [[Double]].self, from: Data(contentsOf: folder.appendingPathComponent("\(name).json")))
}

import ArgumentParser
import Foundation
import Tensors
import Unmixing

/// Which abundances spectra are generated from.
struct AbundanceArguments: ParsableArguments {
  @Option(help: ArgumentHelp("Abundances, one row a spectrum.", valueName: "file.csv"))
  var abundances: String?

  @Option(help: ArgumentHelp("Draw so many abundances evenly from the simplex.", valueName: "n"))
  var uniform: Int?

  @Option(
    help: ArgumentHelp(
      "Go from one endmember to another: their names or numbers from 1, with a colon between.", valueName: "a:b"))
  var edge: String?

  @Option(
    help: ArgumentHelp("The number of abundances along the edge, both ends among them (default: 11).", valueName: "n"))
  var steps: Int?

  @Flag(help: "Every endmember by itself.")
  var pure = false

  func validate() throws {
    let asked = [abundances != nil, uniform != nil, edge != nil, pure].count { $0 }
    if asked != 1 { throw ValidationError("give one of --abundances, --uniform, --edge and --pure") }
    if let uniform, !(1...10_000_000).contains(uniform) {
      throw ValidationError("--uniform: expected 1 … 10000000, found \(uniform)")
    }
    if let steps {
      if edge == nil { throw ValidationError("--steps: --edge is missing") }
      if !(2...1_000_000).contains(steps) { throw ValidationError("--steps: expected 2 … 1000000, found \(steps)") }
    }
  }

  /// The abundances `[n, endmembers]`, and what to call each where they have names.
  ///
  /// - Throws: ``WorldFault`` for a table or an edge that is not one of the model's simplex.
  func abundances(
    for generator: SpectrumGenerator, names: [String]
  ) throws -> (fractions: Tensor, labels: [String]?) {
    if let abundances { return (try AbundanceTable(URL(fileURLWithPath: abundances), names: names).values, nil) }
    if let uniform { return (generator.uniformAbundances(count: uniform), nil) }
    guard let edge else { return (generator.pureAbundances, names) }
    let (first, last) = try Self.ends(of: edge, names)
    let count = steps ?? 11
    let labels = (0..<count).map { step in
      let share = Double(step) / Double(count - 1)
      return "\(Numeral.short(1 - share)) \(names[first]) + \(Numeral.short(share)) \(names[last])"
    }
    return (generator.edgeAbundances(from: first, to: last, steps: count), labels)
  }

  /// The endmembers an edge joins. A colon that belongs to a name does no harm where one division alone gives two names.
  private static func ends(of edge: String, _ names: [String]) throws -> (Int, Int) {
    func place(_ text: Substring) -> Int? {
      let word = text.trimmingCharacters(in: .whitespaces).lowercased()
      if let exact = names.firstIndex(where: { $0.lowercased() == word }) { return exact }
      return Int(word).flatMap { (1...names.count).contains($0) ? $0 - 1 : nil }
    }
    let pairs = edge.indices.filter { edge[$0] == ":" }.compactMap { colon -> (Int, Int)? in
      guard let first = place(edge[..<colon]), let last = place(edge[edge.index(after: colon)...]) else { return nil }
      return first == last ? nil : (first, last)
    }
    if pairs.count == 1 { return pairs[0] }
    throw WorldFault.conflict(
      option: "--edge", expected: "two of \(names.joined(separator: ", ")), as \(names[0]):\(names[1])",
      found: "\"\(edge)\"")
  }
}

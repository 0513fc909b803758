import Foundation
import Scenes
import Tensors
import Testing
import Unmixing

@Suite struct MetricsTests {
  private func example(test: [Int]?) throws -> Metrics {
    let scene = evaluationScene(
      [[1, 0], [0.25, 0.75], [0, 1]], [[1, 0], [0, 1]], names: ["zinc \"blende\"", "alum"])
    let guess = Prediction(
      abundances: matrix([[1, 0], [0.5, 0.5], [0, 1]]),
      endmembers: SpectralLibrary(names: ["a", "b"], spectra: matrix([[1, 0], [0, 1]])))
    return try Evaluation().metrics(of: guess, in: scene, test: test)
  }

  @Test(arguments: [nil, [0, 1]])
  func survivesJSON(test: [Int]?) throws {
    let metrics = try example(test: test)
    let fromText = try JSONDecoder().decode(Metrics.self, from: Data(metrics.json.utf8))
    #expect(fromText == metrics)
    let fromEncoder = try JSONDecoder().decode(Metrics.self, from: JSONEncoder().encode(metrics))
    #expect(fromEncoder == metrics)
  }

  @Test func writesIdsInTheOrderOfReports() throws {
    let text = try example(test: nil).json
    let places = [
      "\"all\"", "\"pixels\": 3", "abundance.rmse.entry", "abundance.rmse.endmember.zinc",
      "abundance.rmse.endmember.alum",
      "endmember.sad.mean", "\"permutation\": [0, 1]", "\"matching\": \"sad\"",
    ].map { text.range(of: $0)?.lowerBound }
    #expect(!places.contains(nil), "\(text)")
    #expect(places.compactMap { $0 } == places.compactMap { $0 }.sorted())
    #expect(!text.contains("\"test\""))
  }

  @Test func writesNullForATruthWithoutEstimate() throws {
    let scene = evaluationScene([[0.5, 0.5]], [[1, 0], [0, 1]])
    let metrics = try Evaluation(matching: .none).metrics(of: Prediction(abundances: matrix([[1]])), in: scene)
    #expect(metrics.json.contains("\"permutation\": [0, null]"))
    #expect(try JSONDecoder().decode(Metrics.self, from: Data(metrics.json.utf8)).permutation == [0, nil])
  }

  @Test func refusesAPermutationOfAnotherLength() throws {
    let text = try example(test: nil).json.replacingOccurrences(of: "[0, 1]", with: "[0]")
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(Metrics.self, from: Data(text.utf8)) }
  }

  @Test func addsWhatAResultCostAndKeepsTheRest() throws {
    let metrics = try example(test: [0, 1])
    let dear = metrics.adding([Metrics.Entry("seconds", 3.5), Metrics.Entry("peakMemoryBytes", 1e8)])
    #expect(dear.all["seconds"] == 3.5 && dear.test == metrics.test && dear.all.count == metrics.all.count + 2)
    #expect(try JSONDecoder().decode(Metrics.self, from: Data(dear.json.utf8)) == dear)
  }
}

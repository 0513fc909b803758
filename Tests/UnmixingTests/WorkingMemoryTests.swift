import Scenes
import Testing
import Unmixing

/// What would not fit into memory is refused before it is tried.
@Suite struct WorkingMemoryTests {
  @Test func refusesWhatDoesNotFitInWordsOfGigabytes() throws {
    try WorkingMemory.check(2e9, for: "urban", available: 2_000_000_000)
    let error = #expect(throws: UnmixingError.self) {
      try WorkingMemory.check(35.53e9, for: "urban", available: 2_000_000_000)
    }
    #expect(error == .memory(scene: "urban", needed: 35.53e9, available: 2e9))
    #expect(error?.description.contains("35.5 GB") == true && error?.description.contains("2.0 GB") == true)
  }

  @Test func refusesNothingWhereMemoryIsUnknown() throws {
    try WorkingMemory.check(1e18, for: "urban", available: nil)
  }

  @Test func knowsThisMachine() throws {
    // A process that runs tests has a megabyte, and no machine has an exabyte.
    let available = try #require(AvailableMemory.bytes())
    #expect((1_000_000...1_000_000_000_000_000_000).contains(available))
  }

  @Test func aRunThatDoesNotFitDoesNotBegin() throws {
    var configuration = try Catalogue.entry("dffn").preset("samson").configuration
    var options = DFFNOptions()
    // 39 layers of 65536² weights: 670 GB, and as much again for each of gradient, averages and copies.
    options.endmemberWidths = [Int](repeating: 65536, count: 40)
    configuration.model = options
    let error = #expect(throws: UnmixingError.self) {
      try TrainingRun(on: smallScene(), configuration, split: .none, seed: 1)
    }
    guard case .memory("small", _, _) = error else {
      Issue.record("expected .memory, found \(String(describing: error))")
      return
    }
  }

  @Test func trainingTakesMoreThanUse() throws {
    let options = DFFNOptions()
    func bytes(_ training: Bool) -> Double? {
      options.bytes(of: ScenePass(pixels: 9025, bands: 156, endmembers: 3, isTraining: training))
    }
    let (training, use) = (try #require(bytes(true)), try #require(bytes(false)))
    #expect(training > 2 * use)
    #expect(LDVAEOptions().bytes(of: ScenePass(pixels: 9025, bands: 156, endmembers: 3, isTraining: true)) == nil)
  }
}

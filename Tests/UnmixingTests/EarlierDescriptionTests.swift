import Foundation
import TestSupport
import Testing
import Unmixing

struct EarlierDescriptionTests {
  private func description() throws -> RunDescription {
    var configuration = try Catalogue.entry("mlp-ldvae").defaultPreset(hasLabels: true).configuration
    configuration.training.epochs = 1
    configuration.training.learningRate = 0.1 + 0.2
    let run = try TrainingRun(on: smallScene(), configuration, split: .random(training: 0.8), seed: .max)
    return run.trained.description
  }

  private func text(_ value: some Encodable, without removed: [String] = []) throws -> String {
    var text = String(decoding: try JSONEncoder().encode(value), as: UTF8.self)
    for part in removed {
      #expect(text.contains(part), "\(part) in \(text)")
      text = text.replacing(part + ",", with: "").replacing("," + part, with: "")
      #expect(!text.contains(part))
    }
    return text
  }

  /// Options that a run did not write are as they begin; what it wrote stays to the last digit.
  @Test func whatARunDidNotSayIsAsOptionsBegin() throws {
    let own = try description()
    let whole = try EarlierDescription(completing: text(own)).text
    let back = try JSONDecoder().decode(RunDescription.self, from: Data(whole.utf8))
    #expect(back.configuration == own.configuration && back.seed == .max)
    let old = try text(own, without: [#""posterior":"dirichlet""#])
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(RunDescription.self, from: Data(old.utf8)) }
    let completed = try EarlierDescription(completing: old).text
    let found = try JSONDecoder().decode(RunDescription.self, from: Data(completed.utf8))
    #expect(found.configuration == own.configuration && found.configuration.training.learningRate == 0.1 + 0.2)
  }

  /// Whatever there is to configure comes back as it was written.
  @Test func everyPresetComesBack() throws {
    var description = try description()
    for entry in Catalogue.entries {
      for preset in entry.presets {
        description.configuration = preset.configuration
        let whole = try EarlierDescription(completing: text(description)).text
        let back = try JSONDecoder().decode(RunDescription.self, from: Data(whole.utf8))
        #expect(back.configuration == preset.configuration, "\(entry.id) \(preset.name)")
      }
    }
  }

  @Test func whatIsNoDescriptionStays() throws {
    #expect(try EarlierDescription(completing: "{}").text == "{}")
    #expect(throws: (any Error).self) { try EarlierDescription(completing: "no json") }
  }
}

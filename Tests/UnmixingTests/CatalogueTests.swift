import Testing
import Unmixing

/// What a method offers by name can be run, and no two names mean the same.
@Suite struct CatalogueTests {
  @Test(arguments: Catalogue.entries.map(\.id))
  func presetsDifferAndCanBeRun(_ method: String) throws {
    let presets = try Catalogue.entry(method).presets
    #expect(!presets.isEmpty && Set(presets.map(\.name)).count == presets.count)
    for (place, preset) in presets.enumerated() {
      #expect(throws: Never.self) { try preset.configuration.check() }
      for other in presets.dropFirst(place + 1) {
        #expect(preset.configuration != other.configuration, "\(preset.name) and \(other.name) are the same")
      }
    }
  }

  @Test func methodsHaveNamesOfTheirOwn() {
    #expect(Set(Catalogue.entries.map(\.id)).count == Catalogue.entries.count)
  }
}

import Synthetic
import TestSupport
import Testing

@Suite struct SensorTests {
  @Test func avirisHas224ChannelsFrom370To2500() throws {
    let axis = try #require(Sensor.aviris.axis)
    #expect(axis.count == 224)
    #expect(axis.wavelengths.first == 370)
    expectClose(axis.wavelengths.last ?? 0, 2500, relative: 1e-12, because: "223 equal steps")
    #expect(axis.fwhm?.allSatisfy { $0 == 10 } == true)
  }

  @Test func droppedChannelsCountFromOne() {
    let grid = Sensor(start: 400, end: 900, count: 6, fwhm: 100, dropped: [1...2, 5...5])
    #expect(grid.keptChannels(of: 6) == [2, 3, 5])
    #expect(grid.axis?.wavelengths == [600, 700, 900])
  }

  @Test(arguments: [("cuprite-like", 188), ("jasper-like", 198), ("samson-like", 156), ("ontech-21", 224)])
  func namedRecipesKeepTheBandsTheirModelsKeep(name: String, bands: Int) throws {
    #expect(try Recipe.named(name).sensor.axis?.count == bands)
  }

  @Test func cupriteKeepsChannels3To103And114To147And168To220() throws {
    let kept = Array(2...102) + Array(113...146) + Array(167...219)
    #expect(try Recipe.named("cuprite-like").sensor.keptChannels(of: 224) == kept)
    #expect(try Recipe.named("cuprite-like").scene().sourceBands == kept)
  }
}

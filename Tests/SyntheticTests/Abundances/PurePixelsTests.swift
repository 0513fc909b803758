import Synthetic
import Tensors
import Testing

@Suite struct PurePixelsTests {
  @Test func theMostAbundantPixelsBecomePureAndNoneTwice() {
    // Pixel 2 is richest in both materials of the last two columns; the first of them in order takes it.
    var fractions = Tensor([4, 3], [0.9, 0.1, 0, 0.8, 0.1, 0.1, 0, 0.5, 0.5, 0.3, 0.4, 0.3])
    purify(&fractions, pixelsPerEndmember: 1)
    #expect(fractions.scalars == [1, 0, 0, 0.8, 0.1, 0.1, 0, 1, 0, 0, 0, 1])
  }

  @Test func tiesGoToTheLowerPixel() {
    var fractions = Tensor(repeating: 0.5, [5, 2])
    purify(&fractions, pixelsPerEndmember: 2)
    #expect(fractions.scalars == [1, 0, 1, 0, 0, 1, 0, 1, 0.5, 0.5])
  }

  @Test func aRecipeGetsAsManyAsItAsksFor() throws {
    var recipe = try Recipe.named("cuprite-like")
    recipe.purePixels = 7
    let truth = try #require(try recipe.scene().truth)
    let values = truth.abundances.scalars
    for k in 0..<truth.count {
      #expect(stride(from: k, to: values.count, by: truth.count).filter { values[$0] == 1 }.count >= 7)
    }
  }
}

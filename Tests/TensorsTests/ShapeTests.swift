import Tensors
import Testing

@Suite struct ShapeTests {
  @Test func countsItsElements() {
    #expect(Shape([2, 3, 4]).count == 24 && Shape([]).count == 1 && Shape([3, 0]).count == 0)
    #expect(Shape([2, 3]).rank == 2 && Shape([]).rank == 0)
  }

  @Test func negativeAxesCountFromTheLast() {
    let shape: Shape = [2, 3, 4]
    #expect(shape[0] == 2 && shape[-1] == 4 && shape[-3] == 2)
  }

  @Test func equalDimensionsAreEqualShapes() {
    #expect(Shape([2, 3]) == [2, 3] && Shape([2, 3]) != [3, 2] && Shape([1]) != [])
    #expect(Set([Shape([1]), [1], [2]]).count == 2)
    #expect("\(Shape([2, 3]))" == "[2, 3]")
  }
}

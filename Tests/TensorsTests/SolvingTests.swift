import TestSupport
import Tensors
import Testing

@Suite struct SolvingTests {
  @Test func anExample() throws {
    let a = Tensor([2, 2], [0, 2, 4, 0])
    #expect(try a.solving(Tensor([6, 4])) == Tensor([1, 3]))
    #expect(Tensor([2, 2], [2, 0, 1, 4]).solvingTriangular(Tensor([2, 9]), isUpper: false) == Tensor([1, 2]))
  }

  @Test func solutionsSolve() throws {
    let a = irregular([6, 6]) + 4 * Tensor.identity(6)
    for right in [irregular([6]), irregular([6, 3])] {
      let columns = right.reshaped(6, -1)
      let solution = try a.solving(right)
      #expect(solution.shape == right.shape)
      expectClose(
        a.matrixProduct(solution.reshaped(6, -1)), columns, absolute: roundings(100),
        because: "condition number about 10")
      for (isUpper, transposing) in [(false, false), (false, true), (true, false), (true, true)] {
        var triangle = a
        triangle.withUnsafeMutableScalars { numbers in
          for place in 0..<36 where place / 6 != place % 6 && isUpper != (place / 6 < place % 6) { numbers[place] = 0 }
        }
        let answer = a.solvingTriangular(right, isUpper: isUpper, transposingSelf: transposing)
        expectClose(
          triangle.matrixProduct(answer.reshaped(6, -1), transposingSelf: transposing), columns,
          absolute: roundings(1000),
          because: "condition number about 30")
      }
    }
  }

  @Test func gradientsAgreeWithFiniteDifferences() throws {
    let a = irregular([4, 4], in: -1...1) + 3 * Tensor.identity(4)
    for right in [irregular([4]), irregular([4, 2])] {
      try checkGradient(of: { try $0[0].solving($0[1]) }, at: [a, right], step: smallStep)
      for (isUpper, transposing) in [(false, false), (false, true), (true, false), (true, true)] {
        checkGradient(
          of: { $0[0].solvingTriangular($0[1], isUpper: isUpper, transposingSelf: transposing) }, at: [a, right],
          step: smallStep)
      }
    }
  }

  @Test func singularMatricesAreRefused() {
    #expect(throws: DecompositionError.singular(pivot: 1, size: 2)) {
      try Tensor.ones([2, 2]).solving(Tensor([1, 2]))
    }
    #expect(throws: DecompositionError.notFinite(shape: [1, 1])) {
      try Tensor([1, 1], [.infinity]).solving(Tensor([1]))
    }
  }
}

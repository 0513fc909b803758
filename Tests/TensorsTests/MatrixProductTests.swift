import Tensors
import TestSupport
import Testing

@Suite struct MatrixProductTests {
  @Test func anExample() {
    let (a, b) = (Tensor([2, 2], [1, 2, 3, 4]), Tensor([2, 1], [5, 6]))
    #expect(a.matrixProduct(b) == Tensor([2, 1], [17, 39]))
  }

  @Test(arguments: [
    (1, 1, 1), (2, 3, 4), (5, 1, 2), (1, 7, 3), (300, 40, 5), (5, 40, 600), (3, 9000, 4), (2, 20_000, 1),
  ])
  func valuesAreThoseOfALoop(_ m: Int, _ k: Int, _ n: Int) {
    let (a, b) = (irregular([m, k], in: -1...1), irregular([k, n], in: -1...1, salt: 1))
    let (x, y) = (a.doubles, b.doubles)
    var expected: [Scalar] = []
    for i in 0..<m {
      for j in 0..<n {
        var total = 0.0
        for l in 0..<k { total += x[i * k + l] * y[l * n + j] }
        expected.append(Scalar(total))
      }
    }
    let (aT, bT) = (a.transposed(), b.transposed())
    let products = [
      a.matrixProduct(b), aT.matrixProduct(b, transposingSelf: true), a.matrixProduct(bT, transposingOther: true),
      aT.matrixProduct(bT, transposingSelf: true, transposingOther: true),
    ]
    for product in products {
      expectClose(
        product, Tensor([m, n], expected), absolute: 1.2e-7 * Double(k),
        because: "k Float terms of size 1, each off by at most an ulp of the sum so far")
    }
  }

  @Test func gradientsForEveryTransposition() {
    let (a, b) = (irregular([2, 3]), irregular([3, 4], salt: 1))
    let (aT, bT) = (a.transposed(), b.transposed())
    checkGradient(of: { $0[0].matrixProduct($0[1]) }, at: [a, b])
    checkGradient(of: { $0[0].matrixProduct($0[1], transposingSelf: true) }, at: [aT, b])
    checkGradient(of: { $0[0].matrixProduct($0[1], transposingOther: true) }, at: [a, bT])
    checkGradient(
      of: { $0[0].matrixProduct($0[1], transposingSelf: true, transposingOther: true) }, at: [aT, bT])
    checkGradient(of: { $0.matrixProduct($0, transposingOther: true) }, at: a)
  }

  /// Processors take a hundred times as long for them; they are nothing to a network.
  @Test func subnormalNumbersCountAsZeros() {
    let small = Scalar.leastNormalMagnitude / 4
    let product = Tensor([2, 2], [small, 1, 1, small]).matrixProduct(Tensor([2, 1], [1, 0]))
    #expect(product.scalars == [0, 1])
    // Elsewhere they are what they are.
    #expect((Tensor([1], [small]) * 2).scalars == [2 * small] && small > 0)
  }

  @Test func emptyProductsAreZeros() {
    #expect(Tensor.zeros([2, 0]).matrixProduct(Tensor.zeros([0, 3])) == Tensor.zeros([2, 3]))
    #expect(Tensor.zeros([0, 2]).matrixProduct(Tensor.zeros([2, 3])).shape == [0, 3])
    checkGradient(of: { $0[0].matrixProduct($0[1]) }, at: [Tensor.zeros([2, 0]), Tensor.zeros([0, 3])])
  }
}

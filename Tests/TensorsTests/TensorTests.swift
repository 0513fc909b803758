import Tensors
import TestSupport
import Testing

@Suite struct TensorTests {
  @Test func copiesAreIndependent() {
    let original = Tensor([1, 2, 3])
    var copy = original
    copy.withUnsafeMutableScalars { $0[0] = 10 }
    #expect(original == Tensor([1, 2, 3]) && copy == Tensor([10, 2, 3]))
  }

  @Test func viewsAreIndependentToo() {
    let original = Tensor([2, 2], [1, 2, 3, 4])
    var (flat, whole, kept) = (original.reshaped(to: [4]), original.slice(along: 0, 0..<2), original.detached)
    flat.withUnsafeMutableScalars { $0[0] = 10 }
    whole.withUnsafeMutableScalars { $0[1] = 20 }
    kept.withUnsafeMutableScalars { $0[2] = 30 }
    #expect(original == Tensor([2, 2], [1, 2, 3, 4]))
  }

  @Test func aSoleOwnerWritesInPlace() {
    var x = Tensor([1, 2, 3])
    let before = x.withUnsafeScalars { $0.baseAddress }
    x.withUnsafeMutableScalars { $0[0] = 10 }
    #expect(x.withUnsafeScalars { $0.baseAddress } == before)
  }

  @Test func memoryIsRecycledAndAligned() {
    var addresses: Set<UInt> = []
    for _ in 0..<100 {
      let x = Tensor.zeros([123_457])
      addresses.insert(x.withUnsafeScalars { UInt(bitPattern: $0.baseAddress) })
    }
    #expect(addresses.allSatisfy { $0 % 64 == 0 })
    // Other tests run beside this one and may take a buffer in between.
    #expect(addresses.count < 50)
  }

  @Test func recycledMemoryDoesNotShowThrough() {
    for count in [1, 63, 64, 65, 100, 1000, 100_000] {
      _ = Tensor(repeating: 7, [count])
      #expect(Tensor.zeros([count]).scalars.allSatisfy { $0 == 0 })
      #expect(Tensor([count], [Scalar](repeating: 3, count: count)).sum().scalar == 3 * Scalar(count))
    }
  }

  @Test func manySizesAreKeptApart() {
    let tensors = (0..<600).map { Tensor(repeating: Scalar($0), [$0 * 7 % 601]) }
    for (number, tensor) in tensors.enumerated() {
      #expect(tensor.scalars.allSatisfy { $0 == Scalar(number) })
    }
  }

  @Test func equalityNeedsShapeAndNumbers() {
    #expect(Tensor([1, 2]) == Tensor([1, 2]) && Tensor([1, 2]) != Tensor([1, 3]))
    #expect(Tensor([1]) != Tensor(1) && Tensor([.nan]) != Tensor([.nan]))
  }

  @Test func describesItself() {
    #expect("\(Tensor([2, 1], [1, 2.5]))" == "Tensor[2, 1](1.0, 2.5)")
    #expect("\(Tensor.zeros([20]))".hasSuffix("0.0, …)"))
  }

  @Test func mistakesStopTheProgram() async {
    await #expect(processExitsWith: .failure) { _ = Tensor([2, 2], [1, 2, 3]) }
    await #expect(processExitsWith: .failure) { _ = Tensor.zeros([2]) + Tensor.zeros([3]) }
    await #expect(processExitsWith: .failure) { _ = Tensor.zeros([2, 3]).matrixProduct(Tensor.zeros([2, 3])) }
    await #expect(processExitsWith: .failure) { _ = Tensor.zeros([2, 3]).sum(along: 2) }
    await #expect(processExitsWith: .failure) { _ = Tensor.zeros([6]).reshaped(-1, 4) }
    await #expect(processExitsWith: .failure) {
      var (parameter, velocity) = (Tensor.zeros([6]), Tensor.zeros([5]))
      parameter.descend(
        along: .ones([6]), rate: 1, decay: DecayFactors(coupled: 0, kept: 1), velocity: &velocity, momentum: 0.5,
        looksAhead: false, isFirst: false)
    }
    await #expect(processExitsWith: .failure) { _ = Tensor.zeros([6]).gatheringRows([6]) }
    await #expect(processExitsWith: .failure) { _ = Tensor([1, 2]).scalar }
  }
}

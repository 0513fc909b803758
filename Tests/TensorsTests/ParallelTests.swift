import Dispatch
import Synchronization
import Tensors
import TestSupport
import Testing

@Suite("Loops on several threads")
struct ParallelTests {
  typealias Operation = @Sendable ([Tensor]) -> Tensor
  static let operations: [(name: String, Operation)] = [
    ("add", { $0[0] + $0[1] }), ("rows", { $0[0] * $0[1][0] }),
    ("columns", { $0[0] / ($0[1].sum(along: 1, keepingDimensions: true) + 1000) }),
    ("exp", { $0[0].exp() }), ("leaky", { $0[0].leakyReLU() }), ("maximum with", { $0[0].maximum(with: $0[1]) }),
    ("sum", { $0[0].sum() }), ("sum rows", { $0[0].sum(along: 0) }), ("sum columns", { $0[0].sum(along: 1) }),
    ("softmax", { $0[0].softmax() }), ("logSumExp", { $0[0].logSumExp() }),
    ("logSoftmax", { $0[0].logSoftmax(along: 0) }),
    ("product", { $0[0].matrixProduct($0[1], transposingOther: true) }),
    ("tall product", { $0[0].matrixProduct($0[1], transposingSelf: true) }),
    ("deep product", { $0[0].reshaped(-1, 7).matrixProduct($0[1].reshaped(-1, 7), transposingSelf: true) }),
    ("transpose", { $0[0].transposed() }), ("maximum", { $0[0].maximum(along: 0) }), ("norm", { $0[0].norm(along: 1) }),
  ]

  @Test(arguments: operations.indices) func resultsDoNotDependOnThreads(_ position: Int) {
    let (name, operation) = Self.operations[position]
    let model = [irregular([1100, 301]), irregular([1100, 301], salt: 1)]
    let runs = results(onThreads: [1, 2, 3]) {
      var model = model
      let (value, gradient) = valueAndGradient(at: &model) { (operation($0) * 0.5).sum() }
      return [operation(model), Tensor(value)] + gradient
    }
    #expect(runs[1] == runs[0] && runs[2] == runs[0], "\(name)")
  }

  @Test func everyChunkRunsOnce() {
    _ = results(onThreads: [4]) {
      #expect(Threads.count == 4)
      for chunks in [0, 1, 2, 3, 7, 1000] {
        let runs = Mutex([Int](repeating: 0, count: chunks))
        parallelFor(chunks) { chunk in runs.withLock { $0[chunk] += 1 } }
        #expect(runs.withLock { $0.allSatisfy { $0 == 1 } })
      }
    }
  }

  @Test func loopsMayBeNested() {
    let sums = results(onThreads: [2]) {
      let total = Atomic<Int>(0)
      parallelFor(10) { outer in
        parallelFor(10) { inner in total.add(10 * outer + inner, ordering: .relaxed) }
      }
      return total.load(ordering: .relaxed)
    }
    #expect(sums == [4950])
  }

  @Test func rangesCoverEverything() {
    for (count, length) in [(0, 3), (1, 3), (3, 3), (10, 3), (12, 5)] {
      let seen = Mutex<[Int]>([])
      parallelRanges(count, length: length) { range in
        #expect(range.count <= length)
        seen.withLock { $0 += Array(range) }
      }
      #expect(seen.withLock { $0.sorted() } == Array(0..<count))
    }
  }

  @Test func loopsFromSeveralThreadsDoNotBlockEachOther() {
    _ = results(onThreads: [2]) {
      let sums = Mutex<[Int]>([])
      DispatchQueue.concurrentPerform(iterations: 8) { _ in
        let total = Atomic<Int>(0)
        for _ in 0..<200 { parallelFor(8) { total.add($0, ordering: .relaxed) } }
        sums.withLock { $0.append(total.load(ordering: .relaxed)) }
      }
      #expect(sums.withLock { $0 } == [Int](repeating: 200 * 28, count: 8))
    }
  }
}

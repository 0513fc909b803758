import Synchronization
import Tensors
import TestSupport
import Testing

/// Tests that change the number of threads; they run one after another.
@Suite(.serialized) struct ParallelTests {
  typealias Operation = @Sendable ([Tensor]) -> Tensor
  static let operations: [(name: String, Operation)] = [
    ("add", { $0[0] + $0[1] }), ("rows", { $0[0] * $0[1][0] }),
    ("columns", { $0[0] / ($0[1].sum(along: 1, keepingDimensions: true) + 1000) }),
    ("exp", { $0[0].exp() }), ("leaky", { $0[0].leakyReLU() }), ("atan2", { $0[0].atan2(x: $0[1]) }),
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
    var model = [irregular([1100, 301]), irregular([1100, 301], salt: 1)]
    let run = { (threads: Int, model: inout [Tensor]) in
      Threads.use(threads)
      return (operation(model), valueAndGradient(at: &model) { (operation($0) * 0.5).sum() })
    }
    let (one, two, three) = (run(1, &model), run(2, &model), run(3, &model))
    Threads.use(1)
    for other in [two, three] {
      #expect(one.0 == other.0 && one.1.value == other.1.value && one.1.gradient == other.1.gradient, "\(name)")
    }
  }

  @Test func everyChunkRunsOnce() {
    Threads.use(4)
    defer { Threads.use(1) }
    #expect(Threads.count == 4)
    for chunks in [0, 1, 2, 3, 7, 1000] {
      let runs = Mutex([Int](repeating: 0, count: chunks))
      parallelFor(chunks) { chunk in runs.withLock { $0[chunk] += 1 } }
      #expect(runs.withLock { $0.allSatisfy { $0 == 1 } })
    }
  }

  @Test func loopsMayBeNested() {
    Threads.use(2)
    defer { Threads.use(1) }
    let total = Atomic<Int>(0)
    parallelFor(10) { outer in
      parallelFor(10) { inner in total.add(10 * outer + inner, ordering: .relaxed) }
    }
    #expect(total.load(ordering: .relaxed) == 4950)
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

  @Test func loopsFromSeveralThreadsDoNotBlockEachOther() async {
    Threads.use(2)
    defer { Threads.use(1) }
    let sums = await withTaskGroup(of: Int.self) { group in
      for _ in 0..<8 {
        group.addTask {
          let total = Atomic<Int>(0)
          for _ in 0..<200 { parallelFor(8) { total.add($0, ordering: .relaxed) } }
          return total.load(ordering: .relaxed)
        }
      }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(sums == [Int](repeating: 200 * 28, count: 8))
  }
}

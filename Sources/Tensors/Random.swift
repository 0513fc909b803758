internal import CKernels

/// Random numbers that are looked up rather than generated: a draw is a function of its key alone.
///
///     words = Philox4x32-10(counter: (block, row, index, stream), key: seed)
///
/// `index` counts the draws made so far: every tensor draw, permutation and call of ``next()`` consumes one. A tensor
/// draw gives every row (position along the first axis) numbers of its own, named by ``rows``. So what is drawn for a
/// pixel does not depend on the batch, tile or thread it is drawn in, and the state of a stream is three numbers.
///
/// - Edge cases: an index beyond 2³² − 1 stops the program rather than repeat itself. Rows have at most 2³² blocks.
/// - Source: Salmon, Moraes, Dror and Shaw, *Parallel random numbers: as easy as 1, 2, 3*, SC 2011.
public struct RandomStream: RandomNumberGenerator, Sendable, Equatable {
  /// The key: streams of different seeds have nothing in common.
  public let seed: UInt64
  /// Which of the seed's independent streams this is.
  public let stream: UInt32
  /// How many draws were made.
  public private(set) var index: UInt32

  /// The identities of the rows the coming tensor draws are for; `nil` names them 0, 1, 2, …
  ///
  /// For a batch of pixels 17 and 5, set `[17, 5]`: pixel 17 then gets the numbers it would get in any other batch.
  public var rows: [UInt32]?

  /// A stream at a given place.
  public init(seed: UInt64, stream: UInt32 = 0, index: UInt32 = 0) {
    self.seed = seed
    self.stream = stream
    self.index = index
  }

  /// The next 64 random bits.
  public mutating func next() -> UInt64 {
    BlockGenerator(key: advance()).word(0)
  }

  /// Uniform numbers in the open interval (0, 1): odd multiples of 2⁻⁵³, rounded to `Scalar` but never to 0 or 1.
  public mutating func uniform(_ shape: Shape) -> Tensor {
    filled(shape, by: alu_uniform)
  }

  /// Standard normal numbers, by the method of Box and Muller in `Double`; none lies beyond ±8.6.
  public mutating func normal(_ shape: Shape) -> Tensor {
    filled(shape, by: alu_normal)
  }

  /// The numbers `0 ..< count` in random order, every order equally probable.
  public mutating func permutation(_ count: Int) -> [Int] {
    precondition(count >= 0, "a permutation of \(count) numbers")
    var generator = BlockGenerator(key: advance())
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(last, Int(generator.next(below: UInt64(last + 1))))
    }
    return order
  }

  /// The key of one draw, which is thereby consumed.
  mutating func advance() -> alu_stream {
    precondition(index < .max, "stream \(stream) of seed \(seed) is exhausted after \(index) draws")
    defer { index += 1 }
    return alu_stream(seed: seed, stream: stream, index: index)
  }

  /// Lends the identities of `count` rows to a kernel.
  func withIdentities<Result>(of count: Int, _ body: (UnsafePointer<UInt32>?) -> Result) -> Result {
    precondition(count <= Int(UInt32.max), "\(count) rows need more than 32 bits to be told apart")
    guard let rows else { return body(nil) }
    precondition(rows.count == count, "\(rows.count) row identities for a draw of \(count) rows")
    return rows.withUnsafeBufferPointer { body($0.baseAddress) }
  }

  private typealias Kernel =
    @convention(c) (alu_stream, UnsafePointer<UInt32>?, Int, Int, UnsafeMutablePointer<Scalar>?) -> Void

  private mutating func filled(_ shape: Shape, by kernel: Kernel) -> Tensor {
    let key = advance()
    let (rows, width) = shape.rowsAndWidth
    return withIdentities(of: rows) { identities in
      Tensor(uninitialized: shape) { out in
        if shape.count > 0 { kernel(key, identities, rows, width, out.baseAddress) }
      }
    }
  }
}

extension Shape {
  /// The extent of the first axis and the product of the others; a single number is one row.
  var rowsAndWidth: (rows: Int, width: Int) {
    guard rank > 0, count > 0 else { return (min(count, 1), 1) }
    return (self[0], count / self[0])
  }
}

/// The 64-bit words of one draw in the order of their blocks, two to a block.
private struct BlockGenerator {
  let key: alu_stream
  var position: UInt64 = 0

  init(key: alu_stream) { self.key = key }

  func word(_ position: UInt64) -> UInt64 {
    let row = UInt32(truncatingIfNeeded: position >> 33), block = UInt32(truncatingIfNeeded: position >> 1)
    let bits = alu_philox(key, row, block)
    return position & 1 == 0 ? bits.first : bits.second
  }

  /// Lemire's exact multiplication method, ACM TOMACS 29 (2019).
  mutating func next(below bound: UInt64) -> UInt64 {
    while true {
      let product = word(position).multipliedFullWidth(by: bound)
      position += 1
      if product.low >= bound || product.low >= (0 &- bound) % bound { return product.high }
    }
  }
}

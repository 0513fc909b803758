public struct RandomStream: RandomNumberGenerator, Sendable, Equatable {
  public init(seed: UInt64, stream: UInt32 = 0, index: UInt32 = 0) {}
  public var rows: [UInt32]?
  public mutating func next() -> UInt64 { 4 }
}

import Tensors

/// A tensor a module holds and does not learn: constants, endmembers that must stay as measured.
public struct Fixed: Module {
  /// The numbers.
  public var value: Tensor

  /// Keeps `value` out of training.
  public init(_ value: Tensor) { self.value = value.detached }

  /// Visits nothing.
  public mutating func forEachParameter(_ body: (inout Tensor) -> Void) {}
}

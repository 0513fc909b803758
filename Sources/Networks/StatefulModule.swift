import Tensors

/// A module with tensors it keeps but does not learn by descent, such as running statistics: what a checkpoint must hold
/// besides the parameters.
public protocol StatefulModule: Module {
  /// Visits those tensors, always in the same order.
  mutating func forEachBuffer(_ body: (inout Tensor) -> Void)
}

extension Array: StatefulModule where Element: StatefulModule {
  /// Visits the buffers of every element.
  public mutating func forEachBuffer(_ body: (inout Tensor) -> Void) {
    for position in indices { self[position].forEachBuffer(body) }
  }
}

extension Optional: StatefulModule where Wrapped: StatefulModule {
  /// Visits the buffers of the wrapped module, if there is one.
  public mutating func forEachBuffer(_ body: (inout Tensor) -> Void) { self?.forEachBuffer(body) }
}

extension StatefulModule {
  /// The tensors that are kept but not learned, in the order they are visited.
  public var buffers: [Tensor] {
    var result: [Tensor] = []
    var copy = self
    copy.forEachBuffer { result.append($0) }
    return result
  }
}

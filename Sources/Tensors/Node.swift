/// One step of a computation: which tensors it came from, and how a gradient flows back to them.
///
/// Nodes are immutable. They exist only where a parent has one, so that inference records nothing.
final class Node: @unchecked Sendable {
  typealias Pullback = @Sendable (_ upstream: Tensor) -> [Tensor?]

  private(set) var parents: [Node]
  let pullback: Pullback

  /// A parameter.
  init() {
    parents = []
    pullback = { _ in [] }
  }

  init(parents: [Node], pullback: @escaping Pullback) {
    self.parents = parents
    self.pullback = pullback
  }

  // The compiler's release would recurse along the chain and overflow the stack.
  deinit {
    var pending = parents
    parents = []
    while var node = pending.popLast() {
      if isKnownUniquelyReferenced(&node) {
        pending.append(contentsOf: node.parents)
        node.parents = []
      }
    }
  }
}

extension Tensor {
  /// Attaches the history of a primitive operation with one pullback for each parent.
  ///
  /// A pullback maps ∂ℓ/∂value to ∂ℓ/∂parent, of the parent's shape; those of untracked parents are dropped unrun.
  /// It may capture detached tensors only.
  package static func recording(
    _ value: Tensor, _ parents: (tensor: Tensor, pullback: @Sendable (_ upstream: Tensor) -> Tensor)...
  ) -> Tensor {
    var nodes: [Node] = []
    var pullbacks: [@Sendable (Tensor) -> Tensor] = []
    for parent in parents {
      guard let node = parent.tensor.node else { continue }
      nodes.append(node)
      pullbacks.append(parent.pullback)
    }
    if nodes.isEmpty { return value }
    let recorded = pullbacks
    return Tensor(value.shape, value.storage, Node(parents: nodes) { upstream in recorded.map { $0(upstream) } })
  }

  /// Attaches the history of a primitive operation whose parents share work on the way back.
  ///
  /// The pullback returns one contribution for each of `parents`, and may return `nil` where `isNeeded` is false.
  package static func recording(
    _ value: Tensor, from parents: [Tensor],
    pullback: @escaping @Sendable (_ upstream: Tensor, _ isNeeded: [Bool]) -> [Tensor?]
  ) -> Tensor {
    let isNeeded = parents.map(\.isTracked)
    guard isNeeded.contains(true) else { return value }
    let node = Node(parents: parents.compactMap(\.node)) { upstream in
      zip(pullback(upstream, isNeeded), isNeeded).compactMap { contribution, needed in
        needed ? .some(contribution) : nil
      }
    }
    return Tensor(value.shape, value.storage, node)
  }
}

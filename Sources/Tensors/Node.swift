import Synchronization

/// One step of a computation: which tensors it came from, and how a gradient flows back to them.
///
/// Nodes are immutable. They exist only where a parent has one, so that inference records nothing. Serial numbers grow
/// with time, so a node's is larger than those of its parents: descending order is an order for the reverse sweep.
final class Node: @unchecked Sendable {
  typealias Pullback = @Sendable (_ upstream: Tensor) -> Tensor
  typealias JointPullback = @Sendable (_ upstream: Tensor) -> [Tensor?]

  /// Adds a contribution to what a parent has received so far.
  typealias Addition = @Sendable (_ upstream: Tensor, _ sum: inout Tensor) -> Void

  /// A parent and how the gradient flows to it; the pullback is `nil` where the node has a joint one.
  ///
  /// A parent that has received something already takes the addition, if there is one: for contributions that are mostly 0.
  struct Edge {
    let parent: Node
    let pullback: Pullback?
    var addition: Addition?
  }

  let serial: Int
  private(set) var edges: [Edge]
  let jointPullback: JointPullback?

  private static let serials = Atomic<Int>(0)

  /// A node with these edges; without any, it is a parameter's.
  init(_ edges: [Edge] = [], jointPullback: JointPullback? = nil) {
    serial = Node.serials.add(1, ordering: .relaxed).newValue
    self.edges = edges
    self.jointPullback = jointPullback
  }

  // The compiler's release would recurse along the chain and overflow the stack.
  deinit {
    if edges.isEmpty { return }
    var pending: [Node] = []
    releaseEdges(into: &pending)
    while var node = pending.popLast() {
      if isKnownUniquelyReferenced(&node) { node.releaseEdges(into: &pending) }
    }
  }

  /// Hands the parents over to a list, which then may hold the last reference to them.
  private func releaseEdges(into pending: inout [Node]) {
    for edge in edges { pending.append(edge.parent) }
    edges = []
  }
}

extension Tensor {
  /// Takes a contribution to this sum of derivatives.
  mutating func receive(_ upstream: Tensor, by addition: Node.Addition) { addition(upstream, &self) }

  /// The same numbers with a history.
  private func following(_ edges: [Node.Edge]) -> Tensor {
    Tensor(shape, storage, Node(edges))
  }

  /// Attaches the history of a primitive operation on one tensor.
  ///
  /// The pullback maps ∂ℓ/∂value to ∂ℓ/∂parent, of the parent's shape; it may capture detached tensors only.
  package static func recording(
    _ value: Tensor, _ parent: (tensor: Tensor, pullback: @Sendable (_ upstream: Tensor) -> Tensor)
  ) -> Tensor {
    guard let node = parent.tensor.node else { return value }
    return value.following([.init(parent: node, pullback: parent.pullback)])
  }

  /// Attaches the history of a primitive operation whose contribution to its parent is 0 in most places.
  ///
  /// The addition adds ∂ℓ/∂parent to a sum of the parent's shape; it may capture detached tensors only.
  static func recording(
    _ value: Tensor, from parent: Tensor,
    addition: @escaping @Sendable (_ upstream: Tensor, _ sum: inout Tensor) -> Void
  ) -> Tensor {
    guard let node = parent.node else { return value }
    let shape = parent.shape
    let pullback: Node.Pullback = { upstream in
      var sum = Tensor.zeros(shape)
      addition(upstream, &sum)
      return sum
    }
    return value.following([.init(parent: node, pullback: pullback, addition: addition)])
  }

  /// Attaches the history of a primitive operation on two tensors, with one pullback for each.
  package static func recording(
    _ value: Tensor, _ first: (tensor: Tensor, pullback: @Sendable (_ upstream: Tensor) -> Tensor),
    _ second: (tensor: Tensor, pullback: @Sendable (_ upstream: Tensor) -> Tensor)
  ) -> Tensor {
    switch (first.tensor.node, second.tensor.node) {
    case (nil, nil): return value
    case (let node?, nil): return value.following([.init(parent: node, pullback: first.pullback)])
    case (nil, let node?): return value.following([.init(parent: node, pullback: second.pullback)])
    case (let node?, let other?):
      return value.following([
        .init(parent: node, pullback: first.pullback), .init(parent: other, pullback: second.pullback),
      ])
    }
  }

  /// Attaches the history of a primitive operation with one pullback for each parent.
  ///
  /// A pullback maps ∂ℓ/∂value to ∂ℓ/∂parent, of the parent's shape; those of untracked parents are dropped unrun.
  /// It may capture detached tensors only.
  package static func recording(
    _ value: Tensor, _ parents: (tensor: Tensor, pullback: @Sendable (_ upstream: Tensor) -> Tensor)...
  ) -> Tensor {
    let edges = parents.compactMap { parent in
      parent.tensor.node.map { Node.Edge(parent: $0, pullback: parent.pullback) }
    }
    return edges.isEmpty ? value : value.following(edges)
  }

  /// Attaches the history of a primitive operation whose parents share work on the way back.
  ///
  /// The pullback returns one contribution for each of `parents`, and may return `nil` where `isNeeded` is false.
  package static func recording(
    _ value: Tensor, from parents: [Tensor],
    pullback: @escaping @Sendable (_ upstream: Tensor, _ isNeeded: [Bool]) -> [Tensor?]
  ) -> Tensor {
    let isNeeded = parents.map(\.isTracked)
    let edges = parents.compactMap { parent in parent.node.map { Node.Edge(parent: $0, pullback: nil) } }
    if edges.isEmpty { return value }
    let node = Node(edges) { upstream in
      let contributions = pullback(upstream, isNeeded)
      precondition(
        contributions.count == isNeeded.count, "\(contributions.count) contributions for \(isNeeded.count) parents")
      return zip(contributions, isNeeded).compactMap { contribution, needed in needed ? .some(contribution) : nil }
    }
    return Tensor(value.shape, value.storage, node)
  }
}

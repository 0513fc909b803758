/// Something that learns: a value whose parameters can be visited in a fixed order.
public protocol Module: Sendable {
  /// Visits the tensors this module learns, always in the same order.
  mutating func forEachParameter(_ body: (inout Tensor) -> Void)
}

extension Tensor: Module {
  /// A tensor is its own only parameter.
  public mutating func forEachParameter(_ body: (inout Tensor) -> Void) { body(&self) }
}

extension Array: Module where Element: Module {
  /// Visits the parameters of every element.
  public mutating func forEachParameter(_ body: (inout Tensor) -> Void) {
    for position in indices { self[position].forEachParameter(body) }
  }
}

extension Optional: Module where Wrapped: Module {
  /// Visits the parameters of the wrapped module, if there is one.
  public mutating func forEachParameter(_ body: (inout Tensor) -> Void) { self?.forEachParameter(body) }
}

extension Module {
  /// The parameters, in the order they are visited.
  public var parameters: [Tensor] {
    var result: [Tensor] = []
    var copy = self
    copy.forEachParameter { result.append($0) }
    return result
  }

  /// How many numbers the module learns.
  public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }
}

/// The value of a loss and its gradient with respect to every parameter of a model.
///
/// The gradient is a model of the same type whose parameters are the partial derivatives; a parameter that the loss
/// does not depend on has derivative 0. State that the loss changes in the model (running statistics) stays changed.
///
/// - Parameters:
///   - model: What is differentiated; its parameters are tracked during `loss` only.
///   - loss: Returns a single number.
/// - Complexity: The sweep costs a small multiple of the loss itself; it holds every intermediate that a derivative needs.
/// - Source: Reverse accumulation; Griewank & Walther, *Evaluating Derivatives*, 2nd ed., ch. 3.
public func valueAndGradient<Model: Module>(
  at model: inout Model, of loss: (inout Model) throws -> Tensor
) rethrows -> (value: Scalar, gradient: Model) {
  var leaves: [Node] = []
  model.forEachParameter { parameter in
    let leaf = Node()
    leaves.append(leaf)
    parameter = Tensor(parameter.shape, parameter.storage, leaf)
  }
  defer { model.forEachParameter { $0 = $0.detached } }
  let output = try loss(&model)
  precondition(output.count == 1, "a loss must be a single number, not of shape \(output.shape)")
  let partials = sweep(from: output, to: leaves)
  var gradient = model
  var position = 0
  gradient.forEachParameter { parameter in
    parameter = partials[position] ?? .zeros(parameter.shape)
    position += 1
  }
  return (output.scalar, gradient)
}

/// Carries the derivative 1 of `output` back to the leaves.
private func sweep(from output: Tensor, to leaves: [Node]) -> [Tensor?] {
  guard let root = output.node else { return leaves.map { _ in nil } }
  let order = childrenBeforeParents(root)
  var slot: [ObjectIdentifier: Int] = [:]
  slot.reserveCapacity(order.count)
  for (position, node) in order.enumerated() { slot[ObjectIdentifier(node)] = position }
  var derivative = [Tensor?](repeating: nil, count: order.count)
  derivative[0] = .ones(output.shape)
  for (position, node) in order.enumerated() where !node.parents.isEmpty {
    guard let upstream = derivative[position] else { continue }
    derivative[position] = nil
    for (parent, contribution) in zip(node.parents, node.pullback(upstream)) {
      guard let contribution, let place = slot[ObjectIdentifier(parent)] else { continue }
      derivative.add(contribution.detached, at: place)
    }
  }
  return leaves.map { leaf in slot[ObjectIdentifier(leaf)].flatMap { derivative[$0] } }
}

extension [Tensor?] {
  fileprivate mutating func add(_ contribution: Tensor, at place: Int) {
    if self[place] == nil {
      self[place] = contribution
    } else {
      self[place]?.accumulate(contribution)
    }
  }
}

/// The nodes below `root` in an order in which none stands after one of its parents (depth first, without recursion).
private func childrenBeforeParents(_ root: Node) -> [Node] {
  var finished: [Node] = []
  var seen: Set<ObjectIdentifier> = [ObjectIdentifier(root)]
  var path: [(node: Node, next: Int)] = [(root, 0)]
  while let (node, next) = path.last {
    if next == node.parents.count {
      finished.append(node)
      path.removeLast()
      continue
    }
    path[path.count - 1].next += 1
    let parent = node.parents[next]
    if seen.insert(ObjectIdentifier(parent)).inserted { path.append((parent, 0)) }
  }
  return finished.reversed()
}

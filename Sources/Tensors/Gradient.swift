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
/// The result is a number and constants: it cannot be differentiated again.
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
///
/// Nodes older than the leaves belong to an earlier differentiation and are constants here.
private func sweep(from output: Tensor, to leaves: [Node]) -> [Tensor?] {
  guard let root = output.node, let oldest = leaves.first?.serial, root.serial >= oldest else {
    return leaves.map { _ in nil }
  }
  var pending = [(node: Node, derivative: Tensor)?](repeating: nil, count: root.serial - oldest + 1)
  let flow = { (contribution: Tensor, node: Node, pending: inout [(node: Node, derivative: Tensor)?]) in
    let place = node.serial - oldest
    if place < 0 { return }
    if pending[place] == nil {
      pending[place] = (node, contribution.detached)
    } else {
      pending[place]?.derivative.accumulate(contribution)
    }
  }
  flow(.ones(output.shape), root, &pending)
  for place in stride(from: pending.count - 1, through: 0, by: -1) {
    guard let (node, upstream) = pending[place], !node.edges.isEmpty else { continue }
    pending[place] = nil
    if let jointPullback = node.jointPullback {
      for (edge, contribution) in zip(node.edges, jointPullback(upstream)) {
        if let contribution { flow(contribution, edge.parent, &pending) }
      }
    } else {
      for edge in node.edges where edge.parent.serial >= oldest {
        let place = edge.parent.serial - oldest
        if let addition = edge.addition, pending[place] != nil {
          pending[place]?.derivative.receive(upstream, by: addition)
        } else if let contribution = edge.pullback?(upstream) {
          flow(contribution, edge.parent, &pending)
        }
      }
    }
  }
  return leaves.map { leaf in pending[leaf.serial - oldest]?.derivative }
}

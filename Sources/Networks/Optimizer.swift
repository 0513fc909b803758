import Tensors

/// A rule that moves the parameters of a model against a gradient. What it remembers between steps is a value.
public protocol Optimizer: Sendable {
  /// The learning rate, step by step.
  var schedule: Schedule { get set }
  /// How many steps were made.
  var stepCount: Int { get set }
  /// What is remembered for each parameter, as `name.position`, for checkpoints; empty before the first step.
  var state: [(name: String, tensor: Tensor)] { get set }

  /// Makes one step. The gradient is a model whose parameters are the partial derivatives.
  mutating func update<Model: Module>(_ model: inout Model, along gradient: Model)
}

/// A pull of the weights towards 0.
public enum WeightDecay: Sendable, Hashable {
  /// None.
  case none
  /// λ·p is added to the gradient, and so passes through the optimizer's averages: an L2 penalty ½ λ p².
  case coupled(Scalar)
  /// p shrinks by the factor 1 − rate·λ beside the step: Loshchilov & Hutter, *Decoupled weight decay*, ICLR 2019.
  case decoupled(Scalar)

  func factors(at rate: Scalar) -> DecayFactors {
    switch self {
    case .none: DecayFactors(coupled: 0, kept: 1)
    case .coupled(let decay): DecayFactors(coupled: decay, kept: 1)
    case .decoupled(let decay): DecayFactors(coupled: 0, kept: 1 - rate * decay)
    }
  }
}

/// Tensors remembered for each parameter, under one name.
struct Memory: Sendable {
  let name: String
  var tensors: [Tensor] = []

  var named: [(name: String, tensor: Tensor)] {
    tensors.enumerated().map { (name: "\(name).\($0.offset)", tensor: $0.element) }
  }

  /// Takes what is called `name.0`, `name.1`, … from `state`.
  mutating func restore(from state: [(name: String, tensor: Tensor)]) {
    let known = Dictionary(state.map { ($0.name, $0.tensor) }, uniquingKeysWith: { first, _ in first })
    tensors = []
    while let next = known["\(name).\(tensors.count)"] { tensors.append(next) }
  }

  /// Hands out a tensor to be written to in place; it must be put back.
  mutating func take(_ position: Int) -> Tensor {
    let tensor = tensors[position]
    tensors[position] = .zeros([])
    return tensor
  }

  /// Zeros of the parameters' shapes, before the first step; afterwards a check that they are the same parameters.
  mutating func prepare(for parameters: [Tensor]) {
    if tensors.isEmpty { tensors = parameters.map { .zeros($0.shape) } }
    precondition(
      tensors.map(\.shape) == parameters.map(\.shape),
      "the optimizer remembers parameters of shapes \(tensors.map(\.shape)), the model has \(parameters.map(\.shape))")
  }
}

extension Module {
  /// Runs `body` on every parameter beside its derivative and position, in order.
  mutating func step(
    along gradient: Self, _ body: (_ position: Int, _ parameter: inout Tensor, _ derivative: Tensor) -> Void
  ) {
    let derivatives = gradient.parameters
    var position = 0
    forEachParameter { parameter in
      precondition(position < derivatives.count, "a gradient of \(derivatives.count) parameters, the model has more")
      body(position, &parameter, derivatives[position])
      position += 1
    }
    precondition(position == derivatives.count, "a gradient of \(derivatives.count) parameters, not \(position)")
  }
}

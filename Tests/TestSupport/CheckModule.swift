import Tensors
import Testing

/// Checks that a module's `forEachParameter` visits every tensor stored in it and its children, each once.
///
/// Every visited tensor is filled with a number of its own; reflection over all stored properties then tells which
/// tensors were not reached, and which were reached twice.
///
/// - Parameters:
///   - module: Each of its tensors must hold at least one number.
///   - notLearned: The names of stored properties that hold no parameters (running statistics, constants).
package func checkModule<Model: Module>(
  _ module: Model, notLearned: Set<String> = [], sourceLocation: SourceLocation = #_sourceLocation
) {
  for problem in visitingProblems(of: module, notLearned: notLearned) {
    Issue.record("\(Model.self): \(problem)", sourceLocation: sourceLocation)
  }
}

/// What is wrong with a module's `forEachParameter`, one sentence for each problem; nothing if it is sound.
package func visitingProblems<Model: Module>(of module: Model, notLearned: Set<String> = []) -> [String] {
  var marked = module
  var visits = 0
  marked.forEachParameter { parameter in
    parameter = Tensor(repeating: marker(visits), parameter.shape)
    visits += 1
  }
  var problems: [String] = []
  var found: [Int: String] = [:]
  for (path, tensor) in storedTensors(in: marked, skipping: notLearned) where tensor.count > 0 {
    guard let number = (0..<visits).first(where: { visit in tensor.scalars.allSatisfy { $0 == marker(visit) } }) else {
      problems.append("forEachParameter does not visit \(path)")
      continue
    }
    if let other = found.updateValue(path, forKey: number) {
      problems.append("\(other) and \(path) were given the same value")
    }
  }
  if problems.isEmpty, found.count != visits {
    problems.append("forEachParameter makes \(visits) visits to \(found.count) stored tensors")
  }
  var repeated: [Shape] = []
  var copy = module
  copy.forEachParameter { repeated.append($0.shape) }
  if repeated != module.parameters.map(\.shape) { problems.append("forEachParameter changes its order") }
  return problems
}

/// A number that no parameter starts with, exact in Float.
private func marker(_ visit: Int) -> Scalar { -1_048_576.5 - Scalar(visit) }

/// Every tensor among the stored properties, with the path that leads to it.
private func storedTensors(
  in value: Any, at path: String = "self", skipping names: Set<String>
) -> [(path: String, tensor: Tensor)] {
  if let tensor = value as? Tensor { return [(path, tensor)] }
  var children = Array(Mirror(reflecting: value).children)
  var superclass = Mirror(reflecting: value).superclassMirror
  while let mirror = superclass {
    children += mirror.children
    superclass = mirror.superclassMirror
  }
  return children.enumerated().flatMap { position, child in
    let name = child.label ?? "\(position)"
    return names.contains(name) ? [] : storedTensors(in: child.value, at: "\(path).\(name)", skipping: names)
  }
}

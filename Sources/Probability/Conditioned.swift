import Tensors

/// A program some of whose sites are fixed from outside, in its model and in its guide.
///
///     var bright = program.conditioned(on: ["illumination": .ones([pixels, 1])])
///     let spectra = try bright.priorPredictive(in: &pass)["spectra"]   // what the model expects in full light
///     let bound = try ELBO()(of: &bright, in: &pass)                   // ≤ log p(spectra, illumination = 1)
///
/// A bound is that of the joint density of the observations and the fixed values: those are scored by the model and not
/// by the guide. A predictive run draws everything else in the program's order; what comes before a fixed site does
/// not know of it.
///
/// - Edge cases: A guide need not have the fixed sites; a model that lacks one is an error. Of two values for one site
///   the one given last holds.
public struct Conditioned<Base: Program>: Program {
  /// The program.
  public var base: Base
  /// The fixed values by the names of their sites.
  public let values: [String: Tensor]

  /// p with the fixed values in place.
  ///
  /// - Throws: ``ProbabilityError/siteMissing(_:shape:side:)`` for a fixed value that the model does not use.
  public mutating func model(_ trace: inout Trace) throws {
    trace.condition(on: values)
    try base.model(&trace)
    for (name, value) in values.sorted(by: { $0.key < $1.key }) where trace[name] == nil {
      throw ProbabilityError.siteMissing(name, shape: value.shape, side: .model)
    }
  }

  /// q with the fixed values in place.
  public mutating func guide(_ trace: inout Trace) throws {
    trace.condition(on: values)
    try base.guide(&trace)
  }
}

extension Conditioned: Sendable where Base: Sendable {}

extension Conditioned: Module where Base: Module {
  /// The parameters of the program.
  public mutating func forEachParameter(_ body: (inout Tensor) -> Void) { base.forEachParameter(body) }
}

extension Program {
  /// This program with sites fixed at values given by their names.
  public func conditioned(on values: [String: Tensor]) -> Conditioned<Self> {
    Conditioned(base: self, values: values)
  }
}

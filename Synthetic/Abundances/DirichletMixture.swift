import Foundation
import Tensors

/// A mixture of Dirichlet distributions over the fractions of the materials.
///
///     c ~ Categorical(w),   a | c ~ Dirichlet(α_c)
///
/// A small concentration gives pixels that are nearly pure, one gives the uniform distribution on the simplex.
public struct DirichletMixture: Sendable, Equatable {
  /// One distribution of the mixture.
  public struct Component: Sendable, Equatable, Codable {
    /// How often it is drawn from, relative to the others.
    public var weight: Double
    /// α: one number for all materials, or one each.
    public var concentration: [Double]

    /// A component of the same concentration for all materials.
    public init(weight: Double = 1, concentration: Double) {
      self.init(weight: weight, concentration: [concentration])
    }

    /// A component with one concentration for each material.
    public init(weight: Double = 1, concentration: [Double]) {
      (self.weight, self.concentration) = (weight, concentration)
    }
  }

  /// The distributions that are mixed.
  public var components: [Component]

  /// A mixture of components.
  public init(_ components: [Component]) { self.components = components }

  /// Half uniform on the simplex, half sparse (α = 0.2), so that nearly pure pixels occur among thorough mixtures.
  public static let flatAndSparse = DirichletMixture([
    Component(weight: 0.5, concentration: 1), Component(weight: 0.5, concentration: 0.2),
  ])

  /// Draws `[count, endmembers]`; draw number i is the same for any `count`.
  func draws(_ count: Int, of endmembers: Int, seed: UInt64) -> Tensor {
    var result = Tensor.zeros([count, endmembers])
    result.withUnsafeMutableScalars { target in
      let target = Shared(target.baseAddress)
      parallelRanges(count, length: pixelsPerChunk) { rows in
        guard let target = target.pointer else { return }
        let logarithms = logGammaDraws(rows, of: endmembers, seed: seed)
        logarithms.withUnsafeScalars { values in
          for (line, row) in rows.enumerated() {
            let draw = values[line * endmembers..<(line + 1) * endmembers].map { Double($0) }
            for (k, fraction) in softmax(draw).enumerated() { target[row * endmembers + k] = Scalar(fraction) }
          }
        }
      }
    }
    return result
  }

  /// Logarithms of Gamma draws, which normalised are a Dirichlet draw, however small the concentration.
  private func logGammaDraws(_ rows: Range<Int>, of endmembers: Int, seed: UInt64) -> Tensor {
    var choice = Purpose.component.stream(seed: seed)
    choice.rows = rows.identities
    let cumulative = cumulativeWeights
    let concentrations = choice.uniform([rows.count, 1]).scalars.flatMap { draw -> [Scalar] in
      let component = components[cumulative.firstIndex { Double(draw) < $0 } ?? components.count - 1]
      return (0..<endmembers).map { Scalar(component.concentration[min($0, component.concentration.count - 1)]) }
    }
    var gamma = Purpose.concentration.stream(seed: seed)
    gamma.rows = rows.identities
    return Tensor.logGammaDraw(concentration: Tensor([rows.count, endmembers], concentrations), using: &gamma)
  }

  private var cumulativeWeights: [Double] {
    let total = components.reduce(0) { $0 + $1.weight }
    var sum = 0.0
    return components.map { component in
      sum += component.weight / total
      return sum
    }
  }

  /// - Throws: ``RecipeError`` when weights or concentrations make no distribution over so many materials.
  func validate(endmembers: Int) throws {
    try require(!components.isEmpty, "abundances.components", "at least one", "none")
    for (position, component) in components.enumerated() {
      let field = "abundances.components[\(position + 1)]"
      let (weight, concentration) = (component.weight, component.concentration)
      try require(weight > 0 && weight.isFinite, "\(field).weight", "a number above 0", "\(weight)")
      try require(
        [1, endmembers].contains(concentration.count), "\(field).concentration",
        "one number, or one for each of \(endmembers) minerals", "\(concentration.count) numbers")
      for value in concentration where !(1e-3...1e6).contains(value) {
        try require(false, "\(field).concentration", "numbers from 0.001 to 1000000", "\(value)")
      }
    }
  }
}

/// exp(x) over its sum, in Double.
func softmax(_ logarithms: [Double]) -> [Double] {
  let largest = logarithms.max() ?? 0
  let powers = logarithms.map { exp($0 - largest) }
  let sum = powers.reduce(0, +)
  return powers.map { $0 / sum }
}

extension DirichletMixture: Codable {
  static let fields = ["components", "concentration"]
  private static let expected = "a number, or a list of one for each mineral"

  /// Reads `concentration` for a single Dirichlet, or `components` for a mixture; ``flatAndSparse`` when both are absent.
  public init(from decoder: any Decoder) throws {
    try self.init(RecipeFields(decoder, known: ["field"] + Self.fields))
  }

  /// Reads the mixture among the fields of something that uses one.
  init(_ fields: RecipeFields) throws {
    if fields.has("concentration") {
      if fields.has("components") { throw fields.malformed("concentration", expected: "nothing beside components") }
      let concentration = try fields.value("concentration", Self.expected, as: OneOrMany.self)
      self.init([Component(concentration: concentration.values)])
    } else if fields.has("components") {
      self.init(try fields.value("components", "a list of fields weight and concentration"))
    } else {
      self = .flatAndSparse
    }
  }

  /// A number or a list of numbers.
  struct OneOrMany: Decodable {
    let values: [Double]

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      values = try (try? [container.decode(Double.self)]) ?? container.decode([Double].self)
    }
  }
}

extension DirichletMixture.Component {
  /// Reads `weight`, one when absent, and `concentration`.
  public init(from decoder: any Decoder) throws {
    let fields = try RecipeFields(decoder, known: ["weight", "concentration"])
    let expected = "a number, or a list of one for each mineral"
    self.init(
      weight: try fields.optional("weight", "a number") ?? 1,
      concentration: try fields.value("concentration", expected, as: DirichletMixture.OneOrMany.self).values)
  }
}

import Tensors

/// How the fractions of the materials are spread over an image.
///
/// Whatever the kind, every pixel's fractions are non-negative and sum to one.
public enum AbundanceField: Sendable, Equatable {
  /// Every pixel on its own, from a Dirichlet or a mixture of them.
  case dirichlet(DirichletMixture)
  /// Cells of constant abundance, each from a Dirichlet or a mixture of them.
  case mosaic(Mosaic)
  /// Smooth Gaussian random fields turned into fractions.
  case matern(MaternField)
  /// Square blocks of one material each, blurred by a mean filter.
  case blocks(BlockField)

  /// The fractions, `[pixels, endmembers]`, and remarks on how they came about.
  package func abundances(
    rows: Int, columns: Int, endmembers: Int, seed: UInt64
  ) -> (fractions: Tensor, remarks: [String]) {
    switch self {
    case .dirichlet(let mixture):
      (mixture.draws(rows * columns, of: endmembers, seed: seed), [])
    case .mosaic(let mosaic):
      (mosaic.abundances(rows: rows, columns: columns, endmembers: endmembers, seed: seed), [])
    case .matern(let field):
      field.abundances(rows: rows, columns: columns, endmembers: endmembers, seed: seed)
    case .blocks(let blocks):
      (blocks.abundances(rows: rows, columns: columns, endmembers: endmembers, seed: seed), [])
    }
  }

  /// - Throws: ``RecipeError`` when the field cannot be made for the image and the number of endmembers.
  func validate(rows: Int, columns: Int, endmembers: Int) throws {
    switch self {
    case .dirichlet(let mixture): try mixture.validate(endmembers: endmembers)
    case .mosaic(let mosaic): try mosaic.validate(endmembers: endmembers)
    case .matern(let field): try field.validate()
    case .blocks(let blocks): try blocks.validate(rows: rows, columns: columns, endmembers: endmembers)
    }
  }
}

extension AbundanceField: Codable {
  private enum Kind: String, Codable, CaseIterable { case dirichlet, mosaic, matern, blocks }
  private enum Field: String, CodingKey { case field }

  /// Reads the kind from `field` and the rest as that kind's fields.
  public init(from decoder: any Decoder) throws {
    let every = DirichletMixture.fields + Mosaic.fields + MaternField.fields + BlockField.fields
    let kind: Kind = try RecipeFields(decoder, known: ["field"] + every).choice("field")
    switch kind {
    case .dirichlet: self = .dirichlet(try DirichletMixture(from: decoder))
    case .mosaic: self = .mosaic(try Mosaic(from: decoder))
    case .matern: self = .matern(try MaternField(from: decoder))
    case .blocks: self = .blocks(try BlockField(from: decoder))
    }
  }

  /// Writes the kind and its fields side by side.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Field.self)
    switch self {
    case .dirichlet(let mixture):
      try container.encode(Kind.dirichlet, forKey: .field)
      try mixture.encode(to: encoder)
    case .mosaic(let mosaic):
      try container.encode(Kind.mosaic, forKey: .field)
      try mosaic.encode(to: encoder)
    case .matern(let field):
      try container.encode(Kind.matern, forKey: .field)
      try field.encode(to: encoder)
    case .blocks(let blocks):
      try container.encode(Kind.blocks, forKey: .field)
      try blocks.encode(to: encoder)
    }
  }
}

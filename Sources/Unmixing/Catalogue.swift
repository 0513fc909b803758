import Tensors

/// A method one can ask for by name.
public struct CatalogueEntry: Sendable {
  /// The name on the command line.
  public let id: String
  /// What it is called in print.
  public let title: String
  /// One line on what it does.
  public let summary: String
  /// Where it was published.
  public let source: String
  /// The named configurations; never empty.
  public let presets: [Preset]
  /// The type of the method's options.
  let options: any ModelOptions.Type
  private let make: @Sendable (any ModelOptions, ModelFacts, inout RandomStream) throws -> any UnmixingModel

  /// A network of this package.
  init<Model: PublishedModel>(
    _ model: Model.Type, id: String, title: String, summary: String, source: String,
    presets: (_ method: String) -> [Preset]
  ) {
    self.id = id
    self.title = title
    self.summary = summary
    self.source = source
    self.presets = presets(id)
    options = Model.Options.self
    make = { options, facts, random in
      guard let options = options as? Model.Options else {
        preconditionFailure("options of type \(type(of: options)) for \(Model.self)")
      }
      return try Model(options, facts, using: &random)
    }
  }

  /// A network whose type depends on its options.
  init<Options: ModelOptions>(
    id: String, title: String, summary: String, source: String, presets: (_ method: String) -> [Preset],
    make model: @escaping @Sendable (Options, ModelFacts, inout RandomStream) throws -> any UnmixingModel
  ) {
    self.id = id
    self.title = title
    self.summary = summary
    self.source = source
    self.presets = presets(id)
    options = Options.self
    make = { options, facts, random in
      guard let options = options as? Options else {
        preconditionFailure("options of type \(type(of: options)), not \(Options.self)")
      }
      return try model(options, facts, &random)
    }
  }

  /// A model with fresh weights.
  ///
  /// - Precondition: the options are of the method's own type, as in its presets.
  /// - Throws: ``UnmixingError`` when options and scene do not go together.
  public func model(
    _ options: any ModelOptions, _ facts: ModelFacts, using random: inout RandomStream
  ) throws -> any UnmixingModel {
    try make(options, facts, &random)
  }

  /// The preset of this name.
  ///
  /// - Throws: ``UnmixingError/unknownName(kind:found:known:)`` listing the names there are.
  public func preset(_ name: String) throws -> Preset {
    guard let preset = presets.first(where: { $0.name == name }) else {
      throw UnmixingError.unknownName(kind: "preset of \(id)", found: name, known: presets.map(\.name))
    }
    return preset
  }

  /// The first preset that learns from labels, where there are some; else the first that needs none.
  public func defaultPreset(hasLabels: Bool) -> Preset {
    presets.first { $0.configuration.usesLabels == hasLabels } ?? presets[0]
  }
}

/// Every method there is, one a line.
public enum Catalogue {
  /// The methods, in the order they are listed.
  public static let entries: [CatalogueEntry] = [
    CatalogueEntry(
      id: "spacnn-ldvae", title: "SpACNN-LDVAE",
      summary: "spatial-attention CNN over a patch, Dirichlet or logistic-normal posterior, supervised or blind",
      source: "Chitnis, Mantripragada & Qureshi, IGARSS 2024", presets: LDVAEOptions.presets,
      make: LDVAEOptions.attention),
    CatalogueEntry(
      id: "mlp-ldvae", title: "MLP-LDVAE",
      summary: "perceptron over one pixel, Dirichlet or logistic-normal posterior, supervised or blind",
      source: "Mantripragada & Qureshi, IEEE TGRS 62, 2024", presets: LDVAEOptions.presets,
      make: LDVAEOptions.perceptron),
    CatalogueEntry(
      DSANet.self, id: "dsanet", title: "DSANet",
      summary: "window and multiview band branches fused by attention, linear decoder, blind",
      source: "Wang, Wu, Qi & Gao, arXiv 2406.01644, 2024", presets: DSANetOptions.presets),
    CatalogueEntry(
      SSANUNet.self, id: "ssanu-net", title: "SSANU-Net",
      summary: "spatial and spectral streams over the whole scene, linear and nonlinear decoder, blind",
      source: "Chen, Zhang, Ren, Zhou, Feng & Cheng, IEEE JSTARS 2023", presets: SSANUNetOptions.presets),
    CatalogueEntry(
      DFFN.self, id: "dffn", title: "DFFN",
      summary: "convolutions over the whole scene, endmembers made by a second network; blind, tied to its scene",
      source: "Tao, Koirala, Plaza & Scheunders, IEEE TGRS 62, 2024", presets: DFFNOptions.presets),
  ]

  /// The method of this name.
  ///
  /// - Throws: ``UnmixingError/unknownName(kind:found:known:)`` listing the names there are.
  public static func entry(_ id: String) throws -> CatalogueEntry {
    guard let entry = entries.first(where: { $0.id == id }) else {
      throw UnmixingError.unknownName(kind: "method", found: id, known: entries.map(\.id))
    }
    return entry
  }
}

extension LDVAEOptions {
  /// The perceptron with the posterior asked for.
  @Sendable
  fileprivate static func perceptron(
    _ options: LDVAEOptions, _ facts: ModelFacts, using random: inout RandomStream
  ) -> any UnmixingModel {
    switch options.posterior {
    case .dirichlet: PerceptronLDVAE<DirichletHead>(options, facts, using: &random)
    case .logisticNormal: PerceptronLDVAE<LogisticNormalHead>(options, facts, using: &random)
    }
  }

  /// The attention network with the posterior asked for.
  @Sendable
  fileprivate static func attention(
    _ options: LDVAEOptions, _ facts: ModelFacts, using random: inout RandomStream
  ) -> any UnmixingModel {
    switch options.posterior {
    case .dirichlet: AttentionLDVAE<DirichletHead>(options, facts, using: &random)
    case .logisticNormal: AttentionLDVAE<LogisticNormalHead>(options, facts, using: &random)
    }
  }
}

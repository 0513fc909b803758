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
  /// A model with fresh weights.
  public let make: @Sendable (LDVAEOptions, ModelFacts, inout RandomStream) -> any UnmixingModel
}

/// Every method there is, one a line.
public enum Catalogue {
  /// The methods, in the order they are listed.
  public static let entries: [CatalogueEntry] = [
    CatalogueEntry(
      id: "spacnn-ldvae", title: "SpACNN-LDVAE",
      summary: "spatial-attention CNN over a patch, Dirichlet posterior, supervised or blind",
      source: "Chitnis, Mantripragada & Qureshi, IGARSS 2024",
      make: { SpACNNLDVAE($0, $1, using: &$2) }),
    CatalogueEntry(
      id: "mlp-ldvae", title: "MLP-LDVAE",
      summary: "perceptron over one pixel, Dirichlet posterior, supervised or blind",
      source: "Mantripragada & Qureshi, IEEE TGRS 62, 2024",
      make: { MLPLDVAE($0, $1, using: &$2) }),
  ]

  /// The method of this name.
  ///
  /// - Throws: ``UnmixingError/configuration(field:expected:found:)`` listing the names there are.
  public static func entry(_ id: String) throws -> CatalogueEntry {
    guard let entry = entries.first(where: { $0.id == id }) else {
      throw UnmixingError.configuration(
        field: "model", expected: entries.map(\.id).joined(separator: " or "), found: "\"\(id)\"")
    }
    return entry
  }
}

import Foundation
import Scenes

extension Recipe {
  /// The recipes that come with Alunite: their names and the text of their files.
  private static let files: [(name: String, bytes: [UInt8])] = [
    ("cuprite-like", PackageResources.cuprite_like_yaml),
    ("cuprite-synthetic", PackageResources.cuprite_synthetic_yaml),
    ("cuprite-synthetic-spatial", PackageResources.cuprite_synthetic_spatial_yaml),
    ("ontech-21", PackageResources.ontech_21_yaml),
    ("dffn-blocks", PackageResources.dffn_blocks_yaml),
    ("matern-128", PackageResources.matern_128_yaml),
    ("samson-like", PackageResources.samson_like_yaml),
    ("jasper-like", PackageResources.jasper_like_yaml),
    ("urban-like", PackageResources.urban_like_yaml),
  ]

  /// The names ``named(_:)`` knows.
  public static var names: [String] { files.map(\.name) }

  /// A recipe that comes with Alunite.
  ///
  /// - Throws: ``RecipeError/unknownRecipe(name:nearest:known:)`` for any other name.
  public static func named(_ name: String) throws -> Recipe {
    guard let file = files.first(where: { $0.name == name }) else {
      throw RecipeError.unknownRecipe(name: name, nearest: Nearest.candidate(to: name, among: names), known: names)
    }
    return try Recipe(yaml: Data(file.bytes), file: "\(name).yaml")
  }
}

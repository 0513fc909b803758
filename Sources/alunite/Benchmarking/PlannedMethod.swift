import Foundation
import Unmixing

/// A method of a plan with its options, the same everywhere or scene by scene.
struct PlannedMethod {
  static let keys = ["name", "model", "method", "only", "on", "published"] + MethodOptions.keys

  /// The word that stands for every classical method a plan does not name itself.
  static let every = "every"

  /// What the plan calls it.
  let name: String
  /// The id among the networks or the classical methods.
  let id: String
  /// Whether it is trained, not just applied.
  let isNetwork: Bool
  /// What published figures call it.
  let publishedName: String
  private let options: MethodOptions
  private let ofScenes: [String: MethodOptions]
  private let only: [String]

  init(_ fields: PlanFields, base: URL) throws {
    let (model, method) = (try fields.text("model"), try fields.text("method"))
    guard let id = model ?? method, model == nil || method == nil else {
      throw fields.fault("model or method", "one of the two", model == nil ? "neither" : "both")
    }
    let isNetwork = model != nil
    self.id = id
    self.isNetwork = isNetwork
    name = try fields.text("name") ?? id
    publishedName = try fields.text("published") ?? Self.title(of: id, isNetwork: isNetwork)
    let options = try MethodOptions(fields, isNetwork: isNetwork, base: base)
    self.options = options
    only = try fields.texts("only")
    let scenes = try fields.mapping("on").map(\.key)
    let on = try fields.fields("on", known: scenes)
    ofScenes = try Dictionary(
      uniqueKeysWithValues: scenes.map { scene in
        let own = try on?.fields(scene, known: MethodOptions.keys)
        return (scene, try own.map { try MethodOptions($0, isNetwork: isNetwork, base: base) } ?? options)
      })
  }

  private init(_ entry: ClassicalEntry, like pattern: PlannedMethod) {
    (name, id, isNetwork, publishedName) = (entry.id, entry.id, false, entry.title)
    (options, ofScenes, only) = (pattern.options, pattern.ofScenes, pattern.only)
  }

  /// What the catalogues call it; the id where they do not know it, which is said once a run is made of it.
  private static func title(of id: String, isNetwork: Bool) -> String {
    isNetwork ? (try? Catalogue.entry(id).title) ?? id : (try? ClassicalCatalogue.entry(id).title) ?? id
  }

  /// The methods with every classical one in place of the word, apart from those that are named.
  static func expanded(_ methods: [PlannedMethod]) -> [PlannedMethod] {
    let named = Set(methods.filter { !$0.isNetwork }.map(\.id))
    return methods.flatMap { method in
      if method.isNetwork || method.id != every { return [method] }
      return ClassicalCatalogue.entries.filter { !named.contains($0.id) }.map { PlannedMethod($0, like: method) }
    }
  }

  /// The scenes it speaks of.
  var scenesNamed: [String] { only + ofScenes.keys.sorted() }

  /// Whether it runs on a scene.
  func runs(on scene: String) -> Bool { only.isEmpty || only.contains(scene) }

  /// Its options on a scene.
  func options(on scene: String) -> MethodOptions { options.overridden(by: ofScenes[scene]) }
}

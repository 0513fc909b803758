import Scenes

/// How many endmembers a run has: as many as asked for, or as the truth holds.
struct EndmemberCount {
  /// The number, which the scene allows.
  let checked: Int

  /// - Throws: ``UnmixingError`` where neither says a number, where they contradict each other, or where the scene has
  ///   too few bands.
  init(_ configuration: Configuration, _ scene: Scene) throws {
    let asked = configuration.model.endmembers
    let known = scene.truth?.count
    if known == nil && configuration.usesLabels {
      throw UnmixingError.missing(
        field: "labelled abundances", neededFor: "objective.abundanceWeight and objective.labelWeight",
        remedy: "give a truth, or set both to 0 (preset blind)")
    }
    guard let count = asked == 0 ? known : asked else {
      throw UnmixingError.configuration(
        field: "model.endmembers", expected: "a number, since the scene has no labelled abundances", found: "0")
    }
    if let known, known != count, configuration.usesLabels {
      throw UnmixingError.configuration(
        field: "model.endmembers", expected: "0 or \(known), the number of labelled ones", found: "\(asked)")
    }
    if scene.bands < 2 {
      throw UnmixingError.mismatch(
        field: "bands of \(scene.name)", expected: "at least 2, to tell endmembers apart", found: "\(scene.bands)")
    }
    let allowed = 2...min(64, scene.bands)
    if !allowed.contains(count) {
      let reason = scene.bands < 64 ? "the scene has \(scene.bands) bands" : "more than 64 are not supported"
      throw UnmixingError.endmemberCount(requested: count, allowed: allowed, reason: reason)
    }
    checked = count
  }
}

import Tensors

extension Scene {
  /// Scenes of the same columns, bands and endmembers one below the other, as one scene to learn from.
  ///
  /// Names, wavelengths and endmembers are those of the first. At the seams, windows see pixels of two scenes.
  ///
  /// - Precondition: at least one scene; all have as many columns and bands, and a truth of as many endmembers or none.
  public init(stacking scenes: [Scene]) {
    precondition(!scenes.isEmpty, "no scene to stack")
    let first = scenes[0]
    if scenes.count == 1 {
      self = first
      return
    }
    for scene in scenes {
      precondition(
        scene.columns == first.columns && scene.bands == first.bands && scene.truth?.count == first.truth?.count,
        "a scene of \(scene.columns) columns and \(scene.bands) bands below one of \(first.columns) and \(first.bands)")
    }
    let truths = scenes.compactMap(\.truth)
    let truth = truths.first.map { own in
      GroundTruth(
        abundances: .concatenated(truths.map(\.abundances), along: 0), endmembers: own.endmembers, names: own.names)
    }
    self.init(
      name: first.name, rows: scenes.reduce(0) { $0 + $1.rows }, columns: first.columns,
      spectra: .concatenated(scenes.map(\.spectra), along: 0), isValid: scenes.flatMap(\.isValid), axis: first.axis,
      truth: truth, notes: first.notes, sourceBands: first.sourceBands)
  }
}

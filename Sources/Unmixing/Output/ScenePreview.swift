import Scenes

/// Pictures of a scene whose abundances are known.
package struct ScenePreview {
  /// A PNG file of the abundance maps.
  package let maps: [UInt8]
  /// A PNG file of the endmembers' spectra.
  package let spectra: [UInt8]

  /// `nil` for a scene without abundances and endmembers.
  package init?(of scene: Scene) {
    guard let truth = scene.truth, let endmembers = truth.endmembers else { return nil }
    let shown = Estimate(names: truth.names, of: scene, mean: truth.abundances)
    maps = MapPage(shown).image().encoded
    spectra = SpectraPlot(endmembers).bytes
  }
}

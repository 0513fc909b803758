import Scenes
import Tensors
import Unmixing

/// A scene of 1 × `pixels` whose spectra are the true mixtures.
func evaluationScene(
  _ abundances: [[Scalar]], _ endmembers: [[Scalar]], names: [String]? = nil, isValid: [Bool]? = nil
) -> Scene {
  let mixing = matrix(abundances)
  let library = SpectralLibrary(
    names: names ?? (0..<endmembers.count).map { "m\($0)" }, spectra: matrix(endmembers))
  return Scene(
    name: "fixture", rows: 1, columns: abundances.count, spectra: mixing.matrixProduct(library.spectra),
    isValid: isValid, truth: GroundTruth(abundances: mixing, endmembers: library))
}

/// A matrix from its rows.
func matrix(_ rows: [[Scalar]]) -> Tensor {
  Tensor([rows.count, rows.first?.count ?? 0], rows.flatMap { $0 })
}

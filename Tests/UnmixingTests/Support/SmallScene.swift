import Scenes
import Tensors

/// A noise-free linear mixture small enough to train on in a test: three smooth endmembers, Dirichlet abundances.
func smallScene(rows: Int = 12, columns: Int = 11, bands: Int = 20, seed: UInt64 = 5, labelled: Bool = true) -> Scene {
  let count = 3
  var random = RandomStream(seed: seed, stream: 900)
  let pixels = rows * columns
  let concentration = Tensor(repeating: 0.7, [pixels, count])
  let abundances = Tensor.logGammaDraw(concentration: concentration, using: &random).softmax()
  let endmembers = Tensor(
    [count, bands],
    (0..<count * bands).map { index in
      let (k, band) = (index / bands, Scalar(index % bands) / Scalar(bands))
      return [0.2 + 0.5 * band, 0.6 - 0.4 * band * band, 0.3 + 0.3 * (band - 0.5) * (band - 0.5) * 4][k]
    })
  let library = SpectralLibrary(names: ["rock", "tree", "water"], spectra: endmembers)
  return Scene(
    name: "small", rows: rows, columns: columns, spectra: abundances.matrixProduct(endmembers),
    truth: labelled ? GroundTruth(abundances: abundances, endmembers: library) : nil)
}

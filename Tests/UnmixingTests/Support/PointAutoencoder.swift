import Networks
import Probability
import Scenes
import Tensors
import Unmixing

/// A deterministic autoencoder that sees the whole scene: abundances by softmax of a linear map, linear decoder.
///
///     loss = mean over pixels of ½ ‖x − a E‖² / σ² + weight Σ √(a + 10⁻⁸)
struct PointAutoencoder: UnmixingModel {
  var encoder: Dense
  var endmembers: Tensor
  var steps = 0
  let sparsity: Scalar
  static let deviation: Scalar = 0.1

  init(bands: Int, endmembers count: Int, sparsity: Scalar = 0.01, seed: UInt64 = 1) {
    var random = RandomStream(seed: seed)
    encoder = Dense(inputs: bands, outputs: count, using: &random)
    endmembers = random.uniform([count, bands])
    self.sparsity = sparsity
  }

  var view: View { .scene }
  var endmemberCount: Int { endmembers.shape[0] }
  var prior: any Density {
    let sparsity = sparsity
    return Potential { ($0 + 1e-8).sqrt().sum(along: -1) * sparsity }
  }

  mutating func forEachParameter(_ body: (inout Tensor) -> Void) {
    encoder.forEachParameter(body)
    body(&endmembers)
  }

  mutating func forEachBuffer(_ body: (inout Tensor) -> Void) {}

  mutating func posterior(of sight: Sight, in pass: inout Pass) -> Delta {
    let (rows, columns, bands) = (sight.spectra.shape[1], sight.spectra.shape[2], sight.spectra.shape[3])
    let spectra = sight.spectra.reshaped(to: [rows * columns, bands])
    return Delta(encoder(sight.validPixels.map { spectra.gatheringRows($0) } ?? spectra).softmax())
  }

  mutating func reconstruction(from abundances: Tensor, in pass: inout Pass) -> Reconstruction {
    Reconstruction(Normal(mean: abundances.matrixProduct(endmembers), standardDeviation: Tensor(Self.deviation)))
  }

  mutating func finishStep() {
    endmembers = endmembers.maximum(with: 0)
    steps += 1
  }
}

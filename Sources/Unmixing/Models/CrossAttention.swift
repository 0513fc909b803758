import Networks
import Tensors

/// DSANet's cross-fusion attention: each of two abundance maps is reweighted by its product with the other.
///
///     outer         s = s₁ · softmax(s₁ s₂ᵀ / τ) + s₂ · softmax(s₂ s₁ᵀ / τ),  row by row, τ learned from √endmembers
///     elementwise   s = s₁ ∘ σ(D₁ (s₁ ∘ s₂)) + s₂ ∘ σ(D₂ (s₁ ∘ s₂))
///
/// - Shapes: both maps and the result are `[n, endmembers]`.
/// - Source: Wang et al., *DSANet*, Eqs. 5–7.
struct CrossAttention: Module {
  private var temperature: Tensor?
  private var gates: [Dense] = []

  /// The least temperature: below it attention is a choice without slope.
  private static let leastTemperature: Scalar = 1e-2

  init(_ kind: AttentionKind, endmembers: Int, using random: inout RandomStream) {
    switch kind {
    case .outer: temperature = Tensor(Scalar(endmembers).squareRoot())
    case .elementwise:
      for _ in 0..<2 {
        gates.append(Dense(inputs: endmembers, outputs: endmembers, initializer: .heNormal, using: &random))
      }
    }
  }

  mutating func forEachParameter(_ body: (inout Tensor) -> Void) {
    temperature.forEachParameter(body)
    gates.forEachParameter(body)
  }

  func callAsFunction(_ spatial: Tensor, _ spectral: Tensor) -> Tensor {
    guard let temperature else {
      let product = spatial * spectral
      return spatial * gates[0](product).sigmoid() + spectral * gates[1](product).sigmoid()
    }
    return Self.attended(spatial, by: spectral, temperature) + Self.attended(spectral, by: spatial, temperature)
  }

  /// Σᵢ sᵢ softmaxⱼ(sᵢ tⱼ / τ) for every j.
  private static func attended(_ own: Tensor, by other: Tensor, _ temperature: Tensor) -> Tensor {
    let rows = own.expandingDimension(at: 2)
    let weights = (rows * (other / temperature).expandingDimension(at: 1)).softmax()
    return (rows * weights).sum(along: 1)
  }

  mutating func finishStep() {
    temperature = temperature?.maximum(with: Self.leastTemperature)
  }
}

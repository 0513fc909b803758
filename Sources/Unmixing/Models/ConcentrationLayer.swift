import Networks
import Tensors

/// Turns the encoder's last numbers z into the concentration α of a Dirichlet over abundances.
///
/// - Shapes: `[n, endmembers]` to the same, all positive.
/// - Source: softmax: SpACNN-LDVAE (Chitnis, Mantripragada & Qureshi, IGARSS 2024), Eq. 3.
/// - Deviation: the papers' softmax fixes the total concentration at 1, with which no pixel can be certain of a
///   mixture. The other heads learn it.
struct ConcentrationLayer: Module {
  private let head: ConcentrationHead
  private var logTotal: Tensor?

  /// The least concentration: below it draws and densities leave single precision.
  private static let floor: Scalar = 1e-3

  init(_ options: LDVAEOptions) {
    head = options.head
    logTotal = head == .scaledSoftmax ? Tensor(Scalar(options.initialTotal)).log() : nil
  }

  mutating func forEachParameter(_ body: (inout Tensor) -> Void) {
    logTotal.forEachParameter(body)
  }

  func callAsFunction(_ z: Tensor) -> Tensor {
    switch head {
    case .softmax: return z.softmax().maximum(with: Self.floor)
    case .scaledSoftmax:
      let total = (logTotal ?? Tensor(0)).exp()
      return (total * z.softmax()).maximum(with: Self.floor)
    case .softplus: return z.softplus() + Self.floor
    case .exponential: return z.clamped(from: -8, to: 8).exp() + Self.floor
    }
  }
}

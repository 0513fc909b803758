import Networks
import Probability
import Tensors

/// p(x∣a): abundances to independent normal bands.
///
///     linear   μ = Σₖ aₖ softplus(eₖ)
///     mlp      μ = output(W₃ relu(W₂ relu(W₁ a)))
///     σ        per band, global or fixed; log σ is learned and σ kept in [leastDeviation, 1]
///
/// - Shapes: abundances `[n, endmembers]`, spectra `[n, bands]`.
/// - Source: MLP-LDVAE (Mantripragada & Qureshi, IEEE TGRS 62, 2024), Eq. 2.
/// - Deviation: the paper does not say whether Σ = diag(σ) holds deviations or variances, nor whether they are learned;
///   an unbounded σ lets the decoder explain a poor mean by noise, hence the bounds, to which log σ is projected after
///   every step. An MLP that is given endmembers starts as their linear mixture: its first hidden units carry the
///   abundances through, and the others join as they learn.
struct SpectrumDecoder: Module {
  private var hidden: [Dense] = []
  private var last: Dense?
  private var endmembers: Tensor?
  private var logDeviation: Tensor
  private let output: DecoderOutput
  private let learnsDeviation: Bool
  private let logBounds: ClosedRange<Scalar>

  /// - Parameter initial: Endmembers to start a linear decoder from, `[endmembers, bands]`, in scaled units.
  init(
    _ options: LDVAEOptions, endmembers count: Int, bands: Int, initial: Tensor?, using random: inout RandomStream
  ) {
    output = options.decoderOutput
    learnsDeviation = options.deviation != .fixed
    let size: Shape = options.deviation == .perBand ? [bands] : []
    logDeviation = Tensor(repeating: Scalar(options.initialDeviation), size).log()
    let least = Tensor(Scalar(options.leastDeviation)).log().scalar
    logBounds = least...0
    switch options.decoder {
    case .linear:
      let start = initial ?? random.uniform([count, bands])
      endmembers = start.maximum(with: 1e-4).inverseSoftplus()
    case .mlp:
      var width = count
      for next in options.decoderHidden {
        hidden.append(Dense(inputs: width, outputs: next, using: &random))
        width = next
      }
      last = Dense(inputs: width, outputs: bands, using: &random)
      if let initial { carryThrough(initial) }
    }
  }

  /// Makes the network the mixture of endmembers, where its layers are wide enough.
  private mutating func carryThrough(_ endmembers: Tensor) {
    let count = endmembers.shape[0]
    guard let layer = last, hidden.allSatisfy({ $0.weight.shape[1] >= count }) else { return }
    for position in hidden.indices { hidden[position].carryThrough(count) }
    let raw: Tensor =
      switch output {
      case .identity: endmembers
      case .softplus: endmembers.maximum(with: 1e-4).inverseSoftplus()
      case .sigmoid: endmembers.clamped(from: 1e-3, to: 1 - 1e-3).logit()
      }
    var weight = Tensor.zeros(layer.weight.shape)
    weight.setRows(Array(0..<count), to: raw)
    last = Dense(weight: weight, bias: .zeros([weight.shape[1]]))
  }

  mutating func forEachParameter(_ body: (inout Tensor) -> Void) {
    hidden.forEachParameter(body)
    last.forEachParameter(body)
    endmembers.forEachParameter(body)
    if learnsDeviation { logDeviation.forEachParameter(body) }
  }

  func callAsFunction(_ abundances: Tensor) -> Normal {
    Normal(mean: mean(abundances), standardDeviation: logDeviation.exp())
  }

  /// Puts log σ back between its bounds.
  mutating func finishStep() {
    logDeviation = logDeviation.clamped(from: logBounds.lowerBound, to: logBounds.upperBound)
  }

  /// The endmembers and σ of a linear decoder.
  var linearMixing: LinearMixing? {
    endmembers.map { LinearMixing(endmembers: $0.softplus(), deviation: logDeviation.exp()) }
  }

  private func mean(_ abundances: Tensor) -> Tensor {
    if let endmembers { return abundances.matrixProduct(endmembers.softplus()) }
    var features = abundances
    for layer in hidden { features = layer(features).relu() }
    guard let last else { return features }
    let raw = last(features)
    switch output {
    case .identity: return raw
    case .sigmoid: return raw.sigmoid()
    case .softplus: return raw.softplus()
    }
  }
}

extension Dense {
  /// Makes the first outputs copies of the first inputs, which have to be positive to pass a rectifier.
  fileprivate mutating func carryThrough(_ count: Int) {
    var (weights, shifts) = (weight.scalars, bias?.scalars ?? [])
    let (inputs, outputs) = (weight.shape[0], weight.shape[1])
    for output in 0..<count {
      for input in 0..<inputs { weights[input * outputs + output] = input == output ? 1 : 0 }
      if !shifts.isEmpty { shifts[output] = 0 }
    }
    weight = Tensor(weight.shape, weights)
    bias = bias.map { Tensor($0.shape, shifts) }
  }
}

extension Tensor {
  /// log(x / (1 − x)).
  fileprivate func logit() -> Tensor { self.log() - (1 - self).log() }

  /// log(eˣ − 1): the x whose softplus this is.
  func inverseSoftplus() -> Tensor {
    // log(eˣ − 1) = x + log(1 − e⁻ˣ), which does not overflow.
    self + (-((-self).expm1())).log()
  }
}

/// Where an estimate's intervals come from.
public enum PosteriorKind: String, Sendable, CaseIterable {
  /// A distribution the network gives for each pixel: fast, and too narrow where two endmembers are alike.
  case amortised
  /// Draws from the posterior under the decoder's endmembers and noise: exact where mixing is linear, otherwise importance
  /// weights, and chains where these are not to be trusted.
  case refined
  /// Chains of the no-U-turn sampler for every pixel: slow, and for any decoder.
  case nuts

  /// What is said of it wherever intervals are shown.
  var remark: String {
    switch self {
    case .amortised: "amortised, by the network alone; too narrow where endmembers are alike"
    case .refined: "refined, by draws from the posterior under the decoder"
    case .nuts: "chains of the no-U-turn sampler under the decoder"
    }
  }
}

/// Where the interval of one pixel comes from.
public enum IntervalSource: Int, Sendable, CaseIterable, Codable {
  /// There is none: nothing that was tried can be trusted.
  case withheld = 0
  /// The network.
  case network = 1
  /// Exact Gibbs sampling.
  case gibbs = 2
  /// Importance weights.
  case weighted = 3
  /// Chains of the no-U-turn sampler.
  case chains = 4

  /// What it is called in print.
  var name: String {
    switch self {
    case .withheld: "none"
    case .network: "the network"
    case .gibbs: "exact Gibbs sampling"
    case .weighted: "importance weights"
    case .chains: "NUTS"
    }
  }
}

import Tensors

/// What a network is shown in place of the spectra: those enhanced by similar bands and by similar pixels.
///
///     S_B = exp(−D_B), D_B the squared distances between the images of two bands        Y_B = S_B Y
///     S_P = exp(−D_P), D_P the squared distances between the spectra of two pixels      Y_P = Y S_P
///     Ỹ = m(w m(Y_B) + (1 − w) m(Y_P)),   m(V) = (V − min V) / (max V − min V)
///
/// Only what the guide sees changes: the spectra that are reconstructed stay as they are. Similar pixels are those of
/// similar spectra wherever they lie. The distances grow with the scale of the spectra and with their number, so that on
/// spectra of the order of 1000 both matrices are the identity and nothing is enhanced.
///
/// - Shapes: spectra `[pixels, bands]` to the same.
/// - Edge cases: masked pixels neither enter nor come out (their rows are zeros). An image of one value becomes zeros.
/// - Complexity: 4·pixels²·bands operations; the pixels × pixels matrix exists in tiles only. Without similar pixels
///   (w = 1) pixels·bands².
/// - Source: Tao et al., *DFFN*, IEEE TGRS 2024, Eqs. 1–7.
public struct FeatureFusion: Codable, Sendable, Equatable {
  /// What is done with the similar ones.
  public enum Kind: String, Codable, Sendable, CaseIterable {
    /// Nothing: the network sees the spectra.
    case off
    /// Added up, as published: what is common becomes brighter.
    case summed
    /// Averaged: the rows of both matrices are divided by their sums.
    case averaged
  }

  /// What is done with the similar ones.
  public var kind: Kind
  /// w, the share of similar bands: 1 for these alone, 0 for similar pixels alone.
  public var weight: Double

  /// No fusion unless told otherwise.
  public init(_ kind: Kind = .off, weight: Double = 0.5) {
    self.kind = kind
    self.weight = weight
  }

  /// Refuses a weight that is no share.
  ///
  /// - Throws: ``UnmixingError/configuration(field:expected:found:)``.
  public func check() throws {
    if (0...1).contains(weight) { return }
    throw UnmixingError.configuration(field: "model.fusion.weight", expected: "a share from 0 to 1", found: "\(weight)")
  }

  /// The spectra a network is shown.
  public func applied(to spectra: Tensor, isValid: [Bool]) -> Tensor {
    precondition(
      spectra.rank == 2 && spectra.shape[0] == isValid.count, "\(isValid.count) flags for spectra of \(spectra.shape)")
    guard kind != .off, isValid.contains(true) else { return spectra }
    let pixels = isValid.indices.filter { isValid[$0] }
    let isWhole = pixels.count == isValid.count
    if isWhole { return fused(spectra) }
    return fused(spectra.gatheringRows(pixels)).scatteringRows(to: pixels, count: isValid.count)
  }

  private func fused(_ spectra: Tensor) -> Tensor {
    let share = Scalar(weight)
    if weight == 1 { return enhancedByBands(spectra).rescaled() }
    let pixels = spectra.weightedByNearness(averaged: kind == .averaged).rescaled()
    if weight == 0 { return pixels }
    return (enhancedByBands(spectra).rescaled() * share + pixels * (1 - share)).rescaled()
  }

  /// Y_B. With the moments of bands over n pixels, D_B = n (Cᵢᵢ + Cₖₖ − 2 Cᵢₖ + (mᵢ − mₖ)²).
  private func enhancedByBands(_ spectra: Tensor) -> Tensor {
    let moments = Scatter(of: spectra)
    let (bands, count) = (moments.bands, Double(moments.count))
    let (mean, covariance) = (moments.mean, moments.covariance)
    let distances = (0..<bands * bands).map { place in
      let (i, k) = place.quotientAndRemainder(dividingBy: bands)
      let spread = covariance[i * bands + i] + covariance[k * bands + k] - 2 * covariance[place]
      return count * (max(spread, 0) + (mean[i] - mean[k]) * (mean[i] - mean[k]))
    }
    let similarity = (-Tensor([bands, bands], distances.map { Scalar($0) })).exp()
    let enhanced = spectra.matrixProduct(similarity)
    return kind == .averaged ? enhanced / similarity.sum(along: 0) : enhanced
  }
}

extension Tensor {
  /// Brought to 0 … 1 by one shift and one factor.
  fileprivate func rescaled() -> Tensor {
    let least = -(-self).maximum().scalar
    let range = maximum().scalar - least
    return range > 0 ? (self - least) / range : .zeros(shape)
  }
}

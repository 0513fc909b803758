import Scenes
import Tensors

/// What is done to spectra before a model sees them.
public enum SpectrumScaling: String, Codable, Sendable, CaseIterable {
  /// Reflectance as it is.
  case raw
  /// Divided by the largest reflectance of the training scene: one number for the whole cube, so angles stay.
  case sceneMaximum
  /// Every pixel divided by its Euclidean norm: brightness is dropped, the direction stays.
  case unitNorm
}

/// A scaling with the number it was fitted with, so that another scene is treated as the training scene was.
///
///     x ↦ x / divisor                                  raw, sceneMaximum
///     x ↦ x √bands · 0.3 / ‖x‖                          unitNorm, so that a band is of the order of a reflectance
public struct FittedScaling: Codable, Sendable, Equatable {
  /// What is done.
  public let scaling: SpectrumScaling
  /// The number spectra are divided by, 1 unless the scaling is by the scene's maximum.
  public let divisor: Double

  /// Fits the scaling to the valid pixels of a scene (masked ones are zeros).
  public init(_ scaling: SpectrumScaling, to scene: Scene) {
    self.scaling = scaling
    let largest = Double(scene.spectra.maximum().scalar)
    divisor = scaling == .sceneMaximum && largest > 0 ? largest : 1
  }

  /// Spectra as the model sees them. A zero spectrum stays zero.
  ///
  /// - Shapes: `[n, bands]` to the same.
  public func applied(to spectra: Tensor) -> Tensor {
    switch scaling {
    case .raw: return spectra
    case .sceneMaximum: return spectra / Scalar(divisor)
    case .unitNorm:
      return spectra * brightness(of: spectra).maximum(with: Scalar.leastNormalMagnitude).reciprocal()
    }
  }

  /// Undoes ``applied(to:)`` for a reconstruction, given the spectra it reconstructs.
  public func undone(on scaled: Tensor, like spectra: Tensor) -> Tensor {
    switch scaling {
    case .raw: return scaled
    case .sceneMaximum: return scaled * Scalar(divisor)
    case .unitNorm: return scaled * brightness(of: spectra)
    }
  }

  /// ‖x‖ / (0.3 √bands), `[n, 1]`.
  private func brightness(of spectra: Tensor) -> Tensor {
    let typical = 0.3 * Double(spectra.shape[1]).squareRoot()
    return spectra.norm(along: -1, keepingDimensions: true) / Scalar(typical)
  }
}

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
/// The numbers are those of the pixels it was fitted to, the training pixels: test pixels change nothing.
///
///     x ↦ x / divisor                                  raw, sceneMaximum
///     x ↦ x √bands · 0.3 / ‖x‖                          unitNorm, so that a band is of the order of a reflectance
public struct FittedScaling: Codable, Sendable, Equatable {
  /// What is done.
  public let scaling: SpectrumScaling
  /// The number that undoes the scaling for a typical spectrum: the largest reflectance for `sceneMaximum`, the median
  /// of ‖x‖ / (0.3 √bands) for `unitNorm`, else 1.
  public let divisor: Double

  /// Fits the scaling to spectra `[n, bands]`.
  public init(_ scaling: SpectrumScaling, to spectra: Tensor) {
    self.scaling = scaling
    let typical: Double =
      switch scaling {
      case .raw: 1
      case .sceneMaximum: Double(spectra.maximum().scalar)
      case .unitNorm: Self.median(Self.brightness(of: spectra))
      }
    divisor = typical > 0 ? typical : 1
  }

  private static func median(_ values: Tensor) -> Double {
    let sorted = values.scalars.sorted()
    return sorted.isEmpty ? 1 : Double(sorted[sorted.count / 2])
  }

  /// Spectra as the model sees them. A zero spectrum stays zero.
  ///
  /// - Shapes: `[n, bands]` to the same.
  public func applied(to spectra: Tensor) -> Tensor {
    switch scaling {
    case .raw: return spectra
    case .sceneMaximum: return spectra / Scalar(divisor)
    case .unitNorm:
      return spectra * Self.brightness(of: spectra).maximum(with: Scalar.leastNormalMagnitude).reciprocal()
    }
  }

  /// Undoes ``applied(to:)``, for `unitNorm` as for a spectrum of typical brightness.
  public func undone(on scaled: Tensor) -> Tensor { scaled * Scalar(divisor) }

  /// Undoes ``applied(to:)`` on reconstructions of given spectra: for `unitNorm` each gets its own spectrum's brightness.
  ///
  /// - Shapes: both `[n, bands]`.
  func undone(on scaled: Tensor, of spectra: Tensor) -> Tensor {
    scaling == .unitNorm ? scaled * Self.brightness(of: spectra) : undone(on: scaled)
  }

  /// ‖x‖ / (0.3 √bands), `[n, 1]`.
  private static func brightness(of spectra: Tensor) -> Tensor {
    let typical = 0.3 * Double(spectra.shape[1]).squareRoot()
    return spectra.norm(along: -1, keepingDimensions: true) / Scalar(typical)
  }
}

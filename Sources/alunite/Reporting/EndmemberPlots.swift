import Scenes
import Tensors
import Unmixing

/// The spectra of endmembers a report draws: estimates, and beside them the reference and the purest pixels' means.
struct EndmemberPlots: Encodable {
  let hint: String
  let estimated: [[Double]]
  let reference: [[Double]?]?
  let pure: [[Double]]?
  /// Radians between an estimate and its reference.
  let angles: [Double?]?

  /// `nil` where the method gives no endmembers.
  init?(_ subject: ReportSubject) {
    guard let endmembers = subject.estimate.endmembers else { return nil }
    estimated = Self.rows(endmembers.spectra)
    pure = subject.estimate.pureEndmembers.map { Self.rows($0.spectra) }
    let partners = subject.truthOfEstimate
    // Without metrics of angles the reference has other bands, or none.
    let truth = subject.scene.truth?.endmembers.flatMap { $0.bands == endmembers.bands ? Self.rows($0.spectra) : nil }
    let metrics = subject.metrics
    reference = truth.map { truth in partners.map { $0.map { truth[$0] } } }
    angles = truth.map { _ in
      partners.map { partner in partner.flatMap { metrics.all["endmember.sad.\(metrics.endmembers[$0])"] } }
    }
    hint =
      "Every spectrum divided by its root mean square, since blind methods leave brightness open"
      + (truth == nil ? "." : "; the number is the spectral angle between estimate and reference.")
  }

  private static func rows(_ spectra: Tensor) -> [[Double]] {
    let bands = spectra.shape[1]
    return spectra.withUnsafeScalars { values in
      (0..<spectra.shape[0]).map { row in values[row * bands..<(row + 1) * bands].map { Double($0) } }
    }
  }
}

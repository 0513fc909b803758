import Foundation
import Tensors

/// Reference abundances of a scene and, where known, the endmembers they belong to.
///
/// The public benchmarks' "ground truth" is itself an algorithm's output; reports should say so beside any number.
///
/// - Shapes: `abundances` is `[pixels, endmembers]`, pixels numbered row by row as in ``Scene``.
/// - Edge cases: a pixel whose abundances are not known has a row of NaN; it is not compared and not trained on.
public struct GroundTruth: Sendable {
  /// Fractions, `[pixels, endmembers]`.
  public var abundances: Tensor
  /// The endmembers in the same order, when the source holds them.
  public var endmembers: SpectralLibrary?
  /// One name per endmember.
  public var names: [String]
  /// Every decision the reader took.
  public var notes: [Note]

  /// A truth made in memory; `names` default to those of the endmembers, or to numbers.
  ///
  /// - Precondition: as many endmembers and names as `abundances` has columns.
  public init(
    abundances: Tensor, endmembers: SpectralLibrary? = nil, names: [String]? = nil, notes: [Note] = []
  ) {
    precondition(abundances.rank == 2, "abundances of shape \(abundances.shape)")
    let count = abundances.shape[1]
    let names = names ?? endmembers?.names ?? (1...max(1, count)).prefix(count).map { "Endmember \($0)" }
    precondition(names.count == count, "\(names.count) names for abundances of shape \(abundances.shape)")
    precondition(
      endmembers.map { $0.count == count } ?? true,
      "\(endmembers?.count ?? 0) endmembers for abundances of shape \(abundances.shape)")
    self.abundances = abundances
    self.endmembers = endmembers
    self.names = names
    self.notes = notes
  }

  /// The number of endmembers.
  public var count: Int { abundances.shape[1] }

  /// Reads reference abundances from a MATLAB, ENVI or HDF5 file.
  ///
  /// The scene, when given, settles rows, columns and bands; without it the file or the options must state rows.
  /// Rows that are not finite, at the file's or the options' ignore value, or 0 throughout become NaN.
  ///
  /// - Throws: ``SceneError``, also when the abundances do not fit the scene.
  public static func read(
    _ url: URL, options: ReadingOptions = .init(), for scene: Scene? = nil
  ) throws -> GroundTruth {
    let format = try SceneFormats.format(of: url)
    return try format.truth(at: url, options: options.checked(for: url), for: scene)
  }
}

extension GroundTruth {
  /// The truth, if its extents are the scene's, with the scene's bands.
  func checked(rows: Int, columns: Int, against scene: Scene?, path: String) throws -> GroundTruth {
    if let scene, rows != scene.rows || columns != scene.columns {
      throw SceneError.malformed(
        path: path, field: "abundances", expected: "\(scene.rows) rows × \(scene.columns) columns, as the scene has",
        found: "\(rows) × \(columns)")
    }
    return try checked(against: scene, path: path)
  }

  /// The truth with endmembers over the scene's bands: those it kept, of endmembers over all bands of its file.
  func checked(against scene: Scene?, path: String) throws -> GroundTruth {
    guard let scene, let endmembers, endmembers.bands != scene.bands else { return self }
    guard let last = scene.sourceBands.max(), last < endmembers.bands else {
      throw SceneError.malformed(
        path: path, field: "bands of the true endmembers", expected: "\(scene.bands), as in \(scene.name)",
        found: "\(endmembers.bands)")
    }
    var result = self
    result.endmembers = endmembers.selecting(bands: scene.sourceBands)
    return result
  }
}

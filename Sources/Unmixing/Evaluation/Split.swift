import Foundation
import Scenes
import Tensors

/// Which pixels a supervised model may learn from and which it is judged on.
///
/// A random split leaks where the model sees a window around each pixel, or where truth is smooth: nearly every test
/// pixel is then a neighbour of a training pixel, and its spectrum has been inside training patches. Guessing from the
/// four nearest *positions* alone, without looking at any spectrum, reaches an abundance RMSE of 0.036 on Samson under
/// a random 80:20 split and 0.142 under a block split. The block split is the honest one: it holds out whole tiles, so
/// only windows that straddle a tile's edge see across.
public enum Split: Sendable, Equatable, CustomStringConvertible {
  /// Every pixel trains, none is held out.
  case none
  /// A share of the valid pixels, drawn at random, trains.
  case random(training: Double)
  /// Whole tiles of a 5 × 5 grid are held out; a share of the tiles trains.
  case blocks(training: Double)

  /// Tiles along each side of the grid of a block split.
  public static let tilesPerSide = 5

  /// The two parts, each in increasing order of pixel number.
  public struct Pixels: Sendable, Equatable {
    /// The pixels to learn from.
    public let training: [Int]
    /// The pixels held out.
    public let test: [Int]
  }

  /// Reads `none`, `random:0.8` or `block:0.8`, where the number is the training share.
  ///
  /// - Throws: ``UnmixingError/malformedOption(option:found:expected:)``.
  public init(parsing text: String) throws {
    let malformed = { (expected: String) in
      UnmixingError.malformedOption(option: "split", found: text, expected: expected)
    }
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    if parts == ["none"] {
      self = .none
      return
    }
    guard let kind = parts.first, kind == "random" || kind == "block" else {
      throw malformed("none, random:SHARE or block:SHARE, as in random:0.8")
    }
    guard parts.count == 2, let share = Double(parts[1]), share > 0, share < 1 else {
      throw malformed("a training share between 0 and 1, as in \(kind):0.8")
    }
    self = kind == "random" ? .random(training: share) : .blocks(training: share)
  }

  /// The text ``init(parsing:)`` reads.
  public var description: String {
    switch self {
    case .none: "none"
    case .random(let share): "random:\(share)"
    case .blocks(let share): "block:\(share)"
    }
  }

  /// Divides the valid pixels of a scene.
  ///
  /// - Parameters:
  ///   - seed: equal seeds give equal parts.
  /// - Edge cases: shares are rounded to whole pixels or tiles, at least one on either side. Tiles without a valid
  ///   pixel do not count.
  /// - Throws: ``UnmixingError/emptyPart(part:split:validPixels:)`` when there is nothing to divide.
  public func pixels(of scene: Scene, seed: UInt64) throws -> Pixels {
    try pixels(rows: scene.rows, columns: scene.columns, isValid: scene.isValid, seed: seed)
  }

  /// Keeps a share of the training pixels back to watch training, in the same manner as test pixels are held out:
  /// one by one, or tile by tile. They are the `test` part of the result.
  ///
  /// - Throws: ``UnmixingError/emptyPart(part:split:validPixels:)`` when there is nothing to divide.
  func watching(share: Double, of training: [Int], in scene: Scene, seed: UInt64) throws -> Pixels {
    if share == 0 { return Pixels(training: training, test: []) }
    let manner: Split = if case .blocks = self { .blocks(training: 1 - share) } else { .random(training: 1 - share) }
    var isOffered = [Bool](repeating: false, count: scene.pixelCount)
    for pixel in training { isOffered[pixel] = true }
    return try manner.pixels(
      rows: scene.rows, columns: scene.columns, isValid: isOffered, seed: seed, purpose: .validation)
  }

  /// Divides the valid pixels of an image; `isValid` is row-major.
  package func pixels(rows: Int, columns: Int, isValid: [Bool], seed: UInt64) throws -> Pixels {
    try pixels(rows: rows, columns: columns, isValid: isValid, seed: seed, purpose: .split)
  }

  private func pixels(
    rows: Int, columns: Int, isValid: [Bool], seed: UInt64, purpose: RandomPurpose
  ) throws -> Pixels {
    precondition(isValid.count == rows * columns, "\(isValid.count) flags for \(rows) × \(columns) pixels")
    let valid = isValid.indices.filter { isValid[$0] }
    if valid.isEmpty { throw UnmixingError.emptyPart(part: "training", split: description, validPixels: 0) }
    var random = purpose.stream(seed: seed)
    switch self {
    case .none:
      return Pixels(training: valid, test: [])
    case .random(let share):
      let held = try heldOut(of: valid.count, training: share, &random, pixels: valid.count)
      return parts(of: valid) { held[$0] }
    case .blocks(let share):
      let side = Self.tilesPerSide
      let tiles = valid.map { ($0 / columns) * side / rows * side + ($0 % columns) * side / columns }
      let occupied = Set(tiles).sorted()
      let held = try heldOut(of: occupied.count, training: share, &random, pixels: valid.count)
      let heldTiles = Set(zip(occupied, held).filter(\.1).map(\.0))
      return parts(of: valid) { heldTiles.contains(tiles[$0]) }
    }
  }

  /// Which of `count` things are held out.
  private func heldOut(
    of count: Int, training share: Double, _ random: inout RandomStream, pixels: Int
  ) throws -> [Bool] {
    if count < 2 { throw UnmixingError.emptyPart(part: "test", split: description, validPixels: pixels) }
    let heldCount = min(max(Int(((1 - share) * Double(count)).rounded()), 1), count - 1)
    var held = [Bool](repeating: false, count: count)
    for index in random.permutation(count).prefix(heldCount) { held[index] = true }
    return held
  }

  private func parts(of valid: [Int], isHeldOut: (Int) -> Bool) -> Pixels {
    var (training, test) = ([Int](), [Int]())
    for (position, pixel) in valid.enumerated() {
      if isHeldOut(position) { test.append(pixel) } else { training.append(pixel) }
    }
    return Pixels(training: training, test: test)
  }
}

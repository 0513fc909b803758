import Networks
import Probability
import Scenes
import Tensors

/// A fitted network with all that is needed to use it: how spectra are scaled, what the endmembers are called.
public struct TrainedModel: Unmixer {
  /// The network.
  public let model: any UnmixingModel
  /// What it was trained on.
  public let description: RunDescription

  /// A network and what it was trained on.
  public init(_ model: any UnmixingModel, _ description: RunDescription) {
    self.model = model
    self.description = description
  }

  /// The quantiles an estimate holds.
  public static let probabilities = [0.05, 0.5, 0.95]

  /// Abundances of every valid pixel of a scene.
  ///
  /// - Throws: ``UnmixingError/mismatch(field:expected:found:)`` for other bands than those trained on,
  ///   ``UnmixingError/notFinite(field:count:first:)`` for weights that give no numbers.
  public func unmix(_ scene: Scene) throws -> Estimate {
    try unmix(scene, observing: { _, _ in })
  }

  /// As ``unmix(_:)``, telling how many of how many pixels are done.
  public func unmix(_ scene: Scene, observing: (_ done: Int, _ total: Int) throws -> Void) throws -> Estimate {
    try description.check(scene)
    try description.checkMemory(for: scene, training: false)
    return try estimate(with: model, scene, observing)
  }

  /// As ``unmix(_:observing:)``, given what the guide sees of the scene, `[pixels, bands]`: of the scene trained on that is
  /// known, and dear to find again where similar pixels are fused.
  package func unmix(
    _ scene: Scene, seen: Tensor, observing: (_ done: Int, _ total: Int) throws -> Void
  ) throws -> Estimate {
    try description.check(scene)
    try description.checkMemory(for: scene, training: false)
    return try estimate(with: model, scene, seen: seen, observing)
  }

  /// As ``unmix(_:)``, with the reconstruction of every pixel in reflectance, as bright as the pixel where the model knows
  /// directions only.
  ///
  /// - Shapes: `fit` is `[pixels, bands]`; rows of masked pixels are zeros.
  package func unmixKeepingFit(_ scene: Scene) throws -> (estimate: Estimate, fit: Tensor) {
    try description.check(scene)
    try description.checkMemory(for: scene, training: false)
    var fit = Tensor.zeros(scene.spectra.shape)
    let estimate = try estimate(with: model, scene, { _, _ in }) { pixels, spectra in
      fit.setRows(pixels, to: description.scaling.undone(on: spectra, of: scene.spectra.gatheringRows(pixels)))
    }
    return (estimate, fit)
  }

  /// The spectra of pure materials, in reflectance; of a model that scales every spectrum by its norm with the
  /// brightness of a typical training pixel.
  public func endmembers(axis: SpectralAxis? = nil) -> SpectralLibrary { endmembers(of: model, axis: axis) }

  private func endmembers(of model: any UnmixingModel, axis: SpectralAxis?) -> SpectralLibrary {
    func decoded<Model: UnmixingModel>(_ model: Model) -> Tensor {
      var pass = Pass(.inference, random: RandomPurpose.generation.stream(seed: description.seed))
      return model.endmembers(in: &pass)
    }
    return SpectralLibrary(
      names: description.endmemberNames, spectra: description.scaling.undone(on: decoded(model)),
      axis: axis ?? description.wavelengths.map { SpectralAxis(wavelengths: $0) },
      source: description.label)
  }

  /// Expected spectra and the standard deviation of every band, for abundances `[n, endmembers]`.
  public func reconstruction(of abundances: Tensor) -> (mean: Tensor, deviation: Tensor) {
    func reconstruct<Model: UnmixingModel>(_ model: Model) -> Reconstruction {
      var model = model
      var pass = Pass(.inference, random: RandomPurpose.generation.stream(seed: description.seed))
      return model.reconstruction(from: abundances, in: &pass)
    }
    let result = reconstruct(model)
    let deviation = result.standardDeviation ?? .zeros([])
    let scaling = description.scaling
    return (scaling.undone(on: result.mean), scaling.undone(on: deviation).broadcast(to: result.mean.shape))
  }

  private func estimate<Model: UnmixingModel>(
    with model: Model, _ scene: Scene, seen given: Tensor? = nil, _ observing: (Int, Int) throws -> Void,
    keeping keep: (_ pixels: [Int], _ reconstruction: Tensor) -> Void = { _, _ in }
  ) throws -> Estimate {
    var model = model
    let scaled = description.scaling.applied(to: scene.spectra)
    let seen = given ?? description.configuration.model.fusion.applied(to: scaled, isValid: scene.isValid)
    let patches = Patches(
      of: seen, rows: scene.rows, columns: scene.columns, view: model.view, isValid: scene.isValid)
    let pixels = scene.validPixels
    let tileSize = model.view == .scene ? pixels.count : 512
    var maps = MapCollector(pixels: scene.pixelCount, endmembers: model.endmemberCount)
    for start in stride(from: 0, to: pixels.count, by: tileSize) {
      let tile = Array(pixels[start..<min(start + tileSize, pixels.count)])
      var pass = Pass(.inference, random: RandomPurpose.inference.stream(seed: description.seed))
      pass.random.rows = tile.map { UInt32($0) }
      let posterior = model.posterior(of: patches.sight(of: tile), in: &pass)
      let spectra = model.reconstruction(from: posterior.mean, in: &pass).mean
      maps.add(
        posterior, readout: model.readout(of: posterior.mean), at: tile, draw: posterior.sample(using: &pass.random),
        total: Model.totalConcentration(of: posterior), angle: spectra.angle(to: scaled.gatheringRows(tile)))
      keep(tile, spectra)
      try observing(start + tile.count, pixels.count)
    }
    let lost = maps.lostPixels
    if let first = lost.first {
      throw UnmixingError.notFinite(field: "abundances of \(scene.name)", count: lost.count, first: first)
    }
    var estimate = maps.estimate(
      names: description.endmemberNames, of: scene, endmembers: endmembers(of: model, axis: scene.axis))
    estimate.startsFromTruth = description.startsFromTruth
    if !pixels.isEmpty { estimate.pureEndmembers = PurePixels(of: estimate, in: scene).endmembers }
    return estimate
  }
}

/// Gathers tiles into maps of the whole scene.
private struct MapCollector {
  private var mean: Tensor
  private var raw: Tensor
  private var deviation: Tensor?
  private var quantiles: [Tensor] = []
  private var draw: Tensor?
  private var total: Tensor?
  private var angle: Tensor

  init(pixels: Int, endmembers: Int) {
    mean = .zeros([pixels, endmembers])
    raw = mean
    angle = .zeros([pixels])
  }

  mutating func add<Posterior: ReparameterizedDistribution>(
    _ posterior: Posterior, readout: Tensor, at pixels: [Int], draw: Tensor, total: Tensor?, angle: Tensor
  ) {
    mean.setRows(pixels, to: readout)
    raw.setRows(pixels, to: posterior.mean)
    self.angle.setRows(pixels, to: angle)
    // A point has neither spread nor draws.
    if Posterior.self == Delta.self { return }
    if deviation == nil { (deviation, self.draw) = (.zeros(mean.shape), .zeros(mean.shape)) }
    deviation?.setRows(pixels, to: posterior.variance.sqrt())
    self.draw?.setRows(pixels, to: draw)
    if let total {
      if self.total == nil { self.total = .zeros(self.angle.shape) }
      self.total?.setRows(pixels, to: total)
    }
    if let marginals = posterior as? any MarginalQuantiles {
      if quantiles.isEmpty {
        quantiles = TrainedModel.probabilities.map { _ in .zeros(mean.shape) }
      }
      for (index, values) in marginals.marginalQuantiles(TrainedModel.probabilities).enumerated() {
        quantiles[index].setRows(pixels, to: values)
      }
    }
  }

  /// The pixels, from 0, whose abundances are no numbers.
  var lostPixels: [Int] {
    let (pixels, count) = (mean.shape[0], mean.shape[1])
    return mean.withUnsafeScalars { values in
      (0..<pixels).filter { !values[$0 * count..<($0 + 1) * count].allSatisfy(\.isFinite) }
    }
  }

  func estimate(names: [String], of scene: Scene, endmembers: SpectralLibrary) -> Estimate {
    var result = Estimate(names: names, of: scene, mean: mean, endmembers: endmembers)
    if raw != mean { result.raw = raw }
    result.deviation = deviation
    result.posterior = deviation == nil ? nil : .amortised
    result.means = .network
    result.quantiles = zip(TrainedModel.probabilities, quantiles).map { .init(probability: $0, values: $1) }
    result.draw = draw
    result.totalConcentration = total
    result.reconstructionAngle = angle
    return result
  }
}

extension Tensor {
  /// Writes rows into places of the first axis.
  mutating func setRows(_ places: [Int], to rows: Tensor) {
    let width = places.isEmpty ? 0 : rows.count / places.count
    precondition(count == shape[0] * width || places.isEmpty, "rows of shape \(rows.shape) into shape \(shape)")
    withUnsafeMutableScalars { target in
      rows.withUnsafeScalars { source in
        for (row, place) in places.enumerated() {
          for column in 0..<width { target[place * width + column] = source[row * width + column] }
        }
      }
    }
  }
}

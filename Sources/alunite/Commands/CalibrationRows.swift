import Foundation
import Probability
import Scenes
import Unmixing

extension Calibrate {
  /// One row: what was simulated, and how the posterior did.
  struct Row: Encodable {
    let endmembers: Int
    let angle: Double?
    let signalToNoise: Double?
    let calibration: PosteriorCalibration
    var overExact: PosteriorCalibration.Ratios?
    var gap: AmortisationGap?
  }

  func ofMadeEndmembers(_ stop: StopSignal) throws -> [Row] {
    var rows: [Row] = []
    for count in endmembers.isEmpty ? [3] : endmembers {
      for angle in self.angle.isEmpty ? [0.2] : self.angle {
        for decibels in snr.isEmpty ? [30] : snr {
          let row = try self.row(count, angle, decibels, stop)
          rows.append(row)
          if let method { rows.append(try trainedRow(like: row, method, stop)) }
        }
      }
    }
    return rows
  }

  private func simulation(_ count: Int, _ angle: Double, _ decibels: Double) -> LinearSimulation {
    LinearSimulation(
      endmembers: count, angle: angle, signalToNoise: decibels, concentration: concentration ?? 1, seed: seed)
  }

  /// An encoder trained on pixels of the same kind.
  private func trainedRow(like row: Row, _ method: String, _ stop: StopSignal) throws -> Row {
    var resolver = try ConfigurationResolver(try Catalogue.entry(method).defaultPreset(hasLabels: false).configuration)
    for setting in settings { try resolver.apply(setting: setting) }
    let training = SimulatedTraining(try resolver.configuration(), pixels: trainingPixels ?? 20_000)
    var bar: ProgressBar?
    let found = try training.outcome(
      on: simulation(row.endmembers, row.angle ?? 0.2, row.signalToNoise ?? 30), judged: pixels, draws: draws,
      seed: seed
    ) { done, total in
      if bar == nil { bar = ProgressBar("training \(method)", total: total, unit: "steps", quiet: json) }
      bar?.update(done)
      try stop.check()
    }
    bar?.finish()
    var result = Row(
      endmembers: row.endmembers, angle: row.angle, signalToNoise: row.signalToNoise, calibration: found.calibration)
    result.gap = found.gap
    return result
  }

  private func row(_ count: Int, _ angle: Double, _ decibels: Double, _ stop: StopSignal) throws -> Row {
    let simulation = self.simulation(count, angle, decibels)
    let label = "\(count) endmembers, \(angle) rad, \(decibels) dB"
    var bar = ProgressBar(label, total: pixels, unit: "pixels", quiet: json)
    func observe(_ done: Int, _ total: Int) throws {
      bar.update(done)
      try stop.check()
    }
    let found: PosteriorCalibration
    if sampler == .nuts {
      found = try PosteriorCalibration(
        hamiltonianOn: simulation, pixels: pixels, seed: seed, draws: draws, observing: observe)
    } else {
      let noise: SimplexGibbs.Noise =
        unknownNoise ? .unknown(observations: Double(simulation.deviations.count), shape: 0, rate: 0) : .known
      found = try PosteriorCalibration(
        refinedOn: simulation, pixels: pixels, seed: seed, schedule: .init(draws: draws), noise: noise,
        observing: observe)
    }
    bar.finish()
    var row = Row(endmembers: count, angle: angle, signalToNoise: decibels, calibration: found)
    if let reference {
      row.overExact = try .init(
        refinedOn: simulation, pixels: reference, seed: seed, schedule: .init(draws: draws)
      ) { _, _ in try stop.check() }
    }
    return row
  }

  /// Posterior SBC of the run's refined posterior on a scene.
  func ofScene(_ path: String, _ folder: RunFolder, _ stop: StopSignal) throws -> Row {
    let model = try folder.readModel(quiet: json)
    let before = try reading.options == ReadingOptions() ? Resumption.reading(of: folder, for: path) : nil
    let scene = try InputScene(reading: (before ?? reading.options).withoutTruth, quiet: json).scene(path, truth: nil)
    var bar = ProgressBar("refined, given the scene", total: pixels, unit: "draws", quiet: json)
    let names = model.description.endmemberNames
    let found = try model.posteriorSBC(on: scene).calibration(
      names: names, simulations: pixels, seed: seed, schedule: .init(draws: draws)
    ) { done, _ in
      bar.update(done)
      try stop.check()
    }
    bar.finish()
    return Row(endmembers: names.count, angle: nil, signalToNoise: nil, calibration: found)
  }

  func ofRun(_ folder: RunFolder, _ stop: StopSignal) throws -> [Row] {
    let model = try folder.readModel(quiet: json)
    let simulation = try model.simulation()
    var bar = ProgressBar("refined", total: pixels, unit: "pixels", quiet: json)
    let refined = try PosteriorCalibration(
      refinedOn: simulation, names: model.description.endmemberNames, pixels: pixels, seed: seed,
      schedule: .init(draws: draws)
    ) { done, _ in
      bar.update(done)
      try stop.check()
    }
    bar.finish()
    let amortised = try model.amortisedCalibration(on: simulation, pixels: pixels, draws: draws, seed: seed) { _, _ in
      try stop.check()
    }
    if amortised == nil && !json {
      Console.note("the network sees a pixel's surroundings, which are not simulated: its own posterior is not judged")
    }
    return [refined, amortised].compactMap { $0 }.map {
      Row(endmembers: $0.endmembers.count, angle: nil, signalToNoise: nil, calibration: $0)
    }
  }

  static func table(of rows: [Row]) -> String {
    let (isCompared, isTrained) = (rows.contains { $0.overExact != nil }, rows.contains { $0.gap != nil })
    let head = [
      "posterior", "endmembers", "angle", "SNR", "50 %", "80 %", "90 %", "95 %", "99 %", "CRPS", "energy", "ranks",
    ]
    var table = TextTable(
      head + (isTrained ? ["gap"] : []) + (isCompared ? ["CRPS/exact", "energy/exact"] : []),
      rightAligned: Set(1...14))
    for row in rows {
      let found = row.calibration
      let coverages = found.levels.map { level -> String in
        let range = found.coverage(level)
        return String(format: "%.3f–%.3f", range.lowerBound, range.upperBound)
      }
      let crps = found.crps.reduce(0, +) / Double(max(1, found.crps.count))
      table.add(
        [found.posterior, "\(row.endmembers)", row.angle.map { Numeral.short($0) } ?? ""]
          + [row.signalToNoise.map { "\(Numeral.short($0)) dB" } ?? ""] + coverages
          + [Numeral.short(crps), Numeral.short(found.energyScore), String(format: "%.2g", found.familyProbability)]
          + (isTrained ? [row.gap.map { Numeral.short($0.median) } ?? ""] : [])
          + (row.overExact.map { [String(format: "%.4f", $0.crps), String(format: "%.4f", $0.energyScore)] } ?? []))
    }
    return table.text
      + "\n\nShares of truths in central intervals, least and largest of the endmembers; over "
      + "\(rows.first?.calibration.pixels ?? 0) pixels a row."
  }
}

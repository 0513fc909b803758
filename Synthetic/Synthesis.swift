import Scenes
import Tensors

extension Recipe {
  /// Makes the scene.
  ///
  ///     Y = t ∘ s ∘ m(A, E) + N
  ///
  /// Abundances A, the materials' spectra E, the mixing m, brightness s, the air t and noise N are drawn from streams of their own, and every draw is keyed by its pixel: the
  /// same recipe and seed give the same bytes on any number of threads, and another noise leaves the abundances alone.
  ///
  /// - Parameters:
  ///   - seed: Which of the recipe's scenes to make; the recipe's own seed when absent.
  ///   - progress: Told the share done, from 0 to 1, between the steps, on the caller's thread.
  /// - Returns: A scene with its full truth: abundances, clean endmembers, and notes of what was drawn.
  /// - Throws: ``RecipeError`` when the recipe makes no sense; ``SceneError`` when its library cannot be read.
  /// - Complexity: O(pixels × bands × endmembers) time; the memory of the cube and of a few images.
  public func scene(seed: UInt64? = nil, progress: (_ done: Double) -> Void = { _ in }) throws -> Scene {
    try validate()
    let seed = seed ?? self.seed
    progress(0)
    let spectra = try materialSpectra()
    let library = spectra.endmembers
    let (fractions, remarks) = trueAbundances(library.count, seed: seed)
    progress(0.4)
    var measurement = mixed(fractions, spectra, seed: seed)
    progress(0.7)
    measurement.notes += remarks.map { Note(.warning, field: "abundances", found: $0, action: "used as they are") }
    let isValid = degrade(&measurement, at: library.axis?.wavelengths ?? [], seed: seed)
    progress(1)
    return Scene(
      name: name, rows: rows, columns: columns, spectra: measurement.spectra, isValid: isValid, axis: library.axis,
      truth: GroundTruth(abundances: fractions, endmembers: library), notes: measurement.notes,
      sourceBands: spectra.channels)
  }

  /// The clean spectra of the materials at the sensor's bands, with the checks that needed them.
  private func materialSpectra() throws -> Materials.Spectra {
    do {
      let spectra = try minerals.spectra(at: sensor)
      try validate(endmembers: spectra.endmembers.count)
      try validate(bands: spectra.endmembers.bands)
      return spectra
    } catch let error as RecipeError {
      throw error.named(name)
    }
  }

  /// The fractions `[pixels, endmembers]` with the pure pixels asked for.
  private func trueAbundances(_ count: Int, seed: UInt64) -> (fractions: Tensor, remarks: [String]) {
    var (fractions, remarks) = abundances.abundances(
      rows: rows, columns: columns, endmembers: count, seed: seed)
    purify(&fractions, pixelsPerEndmember: purePixels)
    return (fractions, remarks)
  }

  /// Spectra on their way through the measurement, and what happened to them.
  private struct Measurement {
    var spectra: Tensor
    var notes: [Note] = []
  }

  /// t ∘ s ∘ m(A, E), with noise on E where the recipe wants it there.
  private func mixed(_ fractions: Tensor, _ materials: Materials.Spectra, seed: UInt64) -> Measurement {
    let wavelengths = materials.endmembers.axis?.wavelengths ?? []
    var bundles = materials.bundles
    var notes = [Note(.information, field: "seed", found: "\(seed)", action: "drew the scene from it")]
    if noise.target == .endmembers {
      var all = Tensor.concatenated(bundles, along: 0)
      let deviation = noise.add(to: &all, at: wavelengths, from: Purpose.endmemberNoise.stream(seed: seed))
      notes += noiseNotes(deviation, on: "the endmembers")
      var next = 0
      bundles = bundles.map { bundle in
        defer { next += bundle.shape[0] }
        return all.slice(along: 0, next..<next + bundle.shape[0])
      }
    }
    let mixer = PixelMixer(bundles, at: wavelengths, mixing: mixing, variability: variability, seed: seed)
    var spectra =
      mixer.isPlain ? fractions.matrixProduct(.concatenated(bundles, along: 0)) : mixer.spectra(of: fractions)
    if let variability {
      let found = "\(variability.kind.rawValue), spread \(variability.spread)"
      notes.append(Note(.information, field: "variability", found: found, action: "varied the spectra of each pixel"))
    }
    if let illumination {
      scale(&spectra, by: illumination.scales(rows: rows, columns: columns, seed: seed))
      let found = "spread \(illumination.spread), length \(illumination.length)"
      notes.append(
        Note(.information, field: "illumination", found: found, action: "multiplied each pixel by its brightness"))
    }
    if let atmosphere, !wavelengths.isEmpty {
      atmosphere.apply(to: &spectra, at: wavelengths, seed: seed)
      let found = "optical depth \(atmosphere.waterVapour), spread \(atmosphere.spread), haze \(atmosphere.haze)"
      notes.append(Note(.information, field: "atmosphere", found: found, action: "multiplied each pixel by it"))
    }
    return Measurement(spectra: spectra, notes: notes)
  }

  /// Adds noise to pixels and kills the dead ones; returns which pixels are alive.
  private func degrade(_ measurement: inout Measurement, at wavelengths: [Double], seed: UInt64) -> [Bool] {
    if noise.target == .pixels {
      let deviation = noise.add(
        to: &measurement.spectra, at: wavelengths, from: Purpose.noise.stream(seed: seed))
      measurement.notes += noiseNotes(deviation, on: "the pixels")
    }
    noise.addStripes(to: &measurement.spectra, columns: columns, seed: seed)
    var isValid = [Bool](repeating: true, count: pixelCount)
    let dead = noise.dead(among: pixelCount, seed: seed)
    let bands = measurement.spectra.shape[1]
    if dead.isEmpty { return isValid }
    measurement.spectra.withUnsafeMutableScalars { values in
      for pixel in dead {
        isValid[pixel] = false
        values[pixel * bands..<(pixel + 1) * bands].update(repeating: 0)
      }
    }
    measurement.notes.append(
      Note(.information, field: "noise", found: "\(dead.count) dead pixels", action: "set to zero and masked"))
    return isValid
  }

  private func noiseNotes(_ deviation: Double, on what: String) -> [Note] {
    guard let snr = noise.snr else { return [] }
    return [
      Note(
        .information, field: "noise", found: "\(snr) dB",
        action: "added Gaussian noise of standard deviation \(Scalar(deviation)) to \(what)")
    ]
  }

  private func scale(_ spectra: inout Tensor, by factors: [Scalar]) {
    let bands = spectra.shape[1]
    spectra.withUnsafeMutableScalars { values in
      let values = Shared(values.baseAddress)
      parallelRanges(factors.count, length: pixelsPerChunk) { pixels in
        guard let values = values.pointer else { return }
        for pixel in pixels {
          for band in 0..<bands { values[pixel * bands + band] *= factors[pixel] }
        }
      }
    }
  }
}

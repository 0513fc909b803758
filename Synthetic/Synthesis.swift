import Scenes
import Tensors

extension Recipe {
  /// Makes the scene.
  ///
  ///     Y = s ∘ (A E) + N
  ///
  /// Abundances A, brightness s and noise N are drawn from streams of their own, and every draw is keyed by its pixel: the
  /// same recipe and seed give the same bytes on any number of threads, and another noise leaves the abundances alone.
  ///
  /// - Parameters:
  ///   - seed: Which of the recipe's scenes to make; the recipe's own seed when absent.
  ///   - progress: Told the share done, from 0 to 1, between the steps, on the caller's thread.
  /// - Returns: A scene with its full truth: abundances, clean endmembers, and notes of what was drawn.
  /// - Throws: ``RecipeError`` when the recipe makes no sense.
  /// - Complexity: O(pixels × bands × endmembers) time; the memory of the cube and of a few images.
  public func scene(seed: UInt64? = nil, progress: (_ done: Double) -> Void = { _ in }) throws -> Scene {
    try validate()
    let seed = seed ?? self.seed
    progress(0)
    let library = endmemberLibrary()
    let (fractions, remarks) = trueAbundances(seed: seed)
    progress(0.4)
    var measurement = mixed(fractions, library, seed: seed)
    progress(0.7)
    measurement.notes += remarks.map { Note(.warning, field: "abundances", found: $0, action: "used as they are") }
    let isValid = degrade(&measurement, at: library.axis?.wavelengths ?? [], seed: seed)
    progress(1)
    return Scene(
      name: name, rows: rows, columns: columns, spectra: measurement.spectra, isValid: isValid, axis: library.axis,
      truth: GroundTruth(abundances: fractions, endmembers: library), notes: measurement.notes,
      sourceBands: sensor.keptChannels)
  }

  /// The clean spectra of the minerals at the sensor's bands.
  package func endmemberLibrary() -> SpectralLibrary {
    let axis = sensor.axis
    let spectra = minerals.compactMap(MineralSpectrum.named)
    let values = spectra.flatMap { spectrum in
      axis.wavelengths.map { Scalar(spectrum.reflectance(at: $0, fwhm: sensor.fwhm)) }
    }
    return SpectralLibrary(
      names: spectra.map(\.title), spectra: Tensor([spectra.count, axis.count], values), axis: axis,
      source: "absorption-band models")
  }

  /// The fractions `[pixels, endmembers]` with the pure pixels asked for.
  private func trueAbundances(seed: UInt64) -> (fractions: Tensor, remarks: [String]) {
    var (fractions, remarks) = abundances.abundances(
      rows: rows, columns: columns, endmembers: minerals.count, seed: seed)
    purify(&fractions, pixelsPerEndmember: purePixels)
    return (fractions, remarks)
  }

  /// Spectra on their way through the measurement, and what happened to them.
  private struct Measurement {
    var spectra: Tensor
    var notes: [Note] = []
  }

  /// s ∘ (A E), with noise on E where the recipe wants it there.
  private func mixed(_ fractions: Tensor, _ library: SpectralLibrary, seed: UInt64) -> Measurement {
    var endmembers = library.spectra
    var notes = [Note(.information, field: "seed", found: "\(seed)", action: "drew the scene from it")]
    if noise.target == .endmembers {
      let deviation = noise.add(
        to: &endmembers, at: library.axis?.wavelengths ?? [], from: Purpose.endmemberNoise.stream(seed: seed))
      notes += noiseNotes(deviation, on: "the endmembers")
    }
    var spectra = fractions.matrixProduct(endmembers)
    if let illumination {
      scale(&spectra, by: illumination.scales(rows: rows, columns: columns, seed: seed))
      let found = "spread \(illumination.spread), length \(illumination.length)"
      notes.append(
        Note(.information, field: "illumination", found: found, action: "multiplied each pixel by its brightness"))
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

import Scenes
import Tensors

/// Draws in the groups that ArviZ calls inference data, so that `arviz.from_netcdf("estimate.h5")` (engine `h5netcdf`)
/// reads them:
///
///     /posterior/abundances        [chain, draw, pixel, endmember]
///     /sample_stats/lp             [chain, draw, pixel]   log p(a, x) up to a constant of each pixel
///     /observed_data/spectra       [pixel, band]          as the model scales them
///
/// Every dimension is a dataset of its own, attached as a dimension scale; pixels have their numbers, from 0, row by row.
struct InferenceGroups {
  let draws: KeptDraws
  let names: [String]

  func write(to file: HDF5File) throws {
    let shape = draws.abundances.shape
    let (chains, count) = (shape[0], shape[1])
    func numbers(_ count: Int) -> [Int64] { (0..<count).map { Int64($0) } }
    for group in ["posterior", "sample_stats"] {
      try file.write(numbers(chains), to: "\(group)/chain")
      try file.write(numbers(count), to: "\(group)/draw")
      try file.write(draws.pixels.map { Int64($0) }, to: "\(group)/pixel")
    }
    try file.write(names, to: "posterior/endmember")
    try file.write(draws.pixels.map { Int64($0) }, to: "observed_data/pixel")
    try file.write(numbers(draws.spectra.shape[1]), to: "observed_data/band")
    try file.write(draws.abundances, to: "posterior/abundances", compression: 4)
    try file.write(draws.logDensity, to: "sample_stats/lp", compression: 4)
    try file.write(draws.spectra, to: "observed_data/spectra", compression: 4)
    try file.attach(["chain", "draw", "pixel", "endmember"].map { "posterior/\($0)" }, to: "posterior/abundances")
    try file.attach(["chain", "draw", "pixel"].map { "sample_stats/\($0)" }, to: "sample_stats/lp")
    try file.attach(["pixel", "band"].map { "observed_data/\($0)" }, to: "observed_data/spectra")
  }
}

import Tensors
import TestSupport
import Testing

@Suite struct ScatterTests {
  @Test(arguments: [1, 3, 7, 8, 13, 40])
  func agreesWithTheDefinition(bands: Int) {
    var random = RandomStream(seed: 4)
    let spectra = random.normal([1500, bands]) + 5
    let mask = (0..<1500).map { $0 % 5 != 2 }
    let scatter = Scatter(of: spectra, isValid: mask)
    let rows = mask.indices.filter { mask[$0] }.map { spectra[$0].scalars.map { Double($0) } }
    let mean = (0..<bands).map { band in rows.reduce(0) { $0 + $1[band] } / Double(rows.count) }
    let covariance = (0..<bands * bands).map { place in
      let (i, j) = (place / bands, place % bands)
      return rows.reduce(0) { $0 + ($1[i] - mean[i]) * ($1[j] - mean[j]) } / Double(rows.count)
    }
    #expect(scatter.count == 1200)
    expectClose(scatter.mean, mean, relative: 1e-13, because: "sums of 1200 in Double, in another order")
    expectClose(scatter.covariance, covariance, absolute: 1e-13, because: "sums of 1200 in Double, in another order")
  }

  @Test(arguments: [1, 2, 3, 4, 5, 6, 9])
  func projectsAlongAnyNumberOfDirections(count: Int) {
    var random = RandomStream(seed: 6)
    let spectra = random.normal([50, 21])
    let directions = random.normal([count, 21])
    let offsets = (0..<count).map { Double($0) }
    let found = Projection.coordinates(of: spectra, along: directions.scalars.map { Double($0) }, offsets: offsets)
    let expected = (0..<50 * count).map { place in
      zip(spectra[place / count].scalars, directions[place % count].scalars).reduce(-offsets[place % count]) {
        $0 + Double($1.0) * Double($1.1)
      }
    }
    expectClose(found, expected, absolute: 1e-12, because: "sums of 21 in Double, in another order")
  }
}

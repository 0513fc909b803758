import Foundation
import Synthetic
import Testing

@Suite struct RecipeTests {
  @Test(arguments: Recipe.names) func writtenAndReadAgainItIsTheSame(name: String) throws {
    let recipe = try Recipe.named(name)
    let yaml = try recipe.yaml()
    #expect(try Recipe(yaml: Data(yaml.utf8), file: "copy.yaml") == recipe)
    #expect(try JSONDecoder().decode(Recipe.self, from: JSONEncoder().encode(recipe)) == recipe)
  }

  @Test func everyFieldIsReadAndWritten() throws {
    let mixture = DirichletMixture([.init(weight: 2, concentration: [1, 3])])
    let recipe = Recipe(
      name: "all", description: "of them", rows: 12, columns: 9,
      sensor: Sensor(start: 400, end: 2400, count: 50, fwhm: 25, dropped: [3...3, 20...22]),
      minerals: ["soil", "tree"],
      abundances: .mosaic(Mosaic(cells: .blocks, size: 3, filter: 3, mixture: mixture)),
      purePixels: 2, mixing: .generalizedBilinear(gamma: 0.5),
      variability: Variability(.bands, spread: 0.1, length: 200),
      illumination: Illumination(spread: 0.2, length: 5),
      atmosphere: Atmosphere(waterVapour: 0.1, spread: 0.2, haze: 0.3),
      noise: Noise(
        snr: 12.5, target: .endmembers, profile: [[400, 2], [900, 1]], deadPixels: 0.125, stripes: 0.25), seed: .max)
    let yaml = try recipe.yaml()
    #expect(try Recipe(yaml: Data(yaml.utf8), file: "all.yaml") == recipe)
  }

  @Test(arguments: [
    Sensor(.instrument(.emit), dropped: [1...3]), Sensor(.listed(centers: [500, 610, 700], fwhm: [10, 11, 12])),
    Sensor(start: 400, end: 900, count: 11, fwhm: 50), Sensor(.ofLibrary, dropped: [2...2]),
  ]) func everySensorIsReadAndWritten(sensor: Sensor) throws {
    #expect(try JSONDecoder().decode(Sensor.self, from: JSONEncoder().encode(sensor)) == sensor)
  }

  @Test(arguments: [
    Mixing.linear, .fan, .generalizedBilinear(gamma: 0.7), .postNonlinear(spread: 0.1),
    .intimate(SingleScattering(incidence: 45, emission: 5)),
  ]) func everyMixingIsReadAndWritten(mixing: Mixing) throws {
    #expect(try JSONDecoder().decode(Mixing.self, from: JSONEncoder().encode(mixing)) == mixing)
  }

  @Test func absentFieldsHaveTheirDefaults() throws {
    let yaml = "{rows: 4, columns: 5, minerals: [soil, tree], abundances: {field: dirichlet}}"
    let recipe = try Recipe(yaml: Data(yaml.utf8), file: "short.yaml")
    #expect(
      recipe == Recipe(rows: 4, columns: 5, minerals: ["soil", "tree"], abundances: .dirichlet(.flatAndSparse)))
  }

  @Test func isReadFromAFile() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let url = folder.appending(path: "mine.yaml")
    try Data("rows: 4\ncolumns: x\n".utf8).write(to: url)
    #expect(
      throws: RecipeError.malformed(
        recipe: "mine.yaml", field: "columns", expected: "a whole number", found: "“x”")
    ) { try Recipe(contentsOf: url) }
    #expect(throws: RecipeError.self) { try Recipe(contentsOf: folder.appending(path: "none.yaml")) }
  }

  @Test func aRecipeMadeInCodeIsValidatedToo() throws {
    var recipe = try Recipe.named("cuprite-like")
    recipe.noise.snr = .nan
    #expect(
      throws: RecipeError.malformed(
        recipe: "cuprite-like", field: "noise.snr", expected: "decibels from -100 to 200", found: "nan")
    ) { try recipe.scene() }
  }
}

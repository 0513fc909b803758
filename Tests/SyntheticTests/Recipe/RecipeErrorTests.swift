import Foundation
import Synthetic
import Testing

@Suite struct RecipeErrorTests {
  /// A sound recipe, one line of which each case replaces.
  static let sound = [
    "rows": "8", "columns": "8", "minerals": "[soil, tree, water]", "abundances": "{field: matern}",
    "sensor": "{grid: aviris}", "noise": "{snr: 30}",
  ]

  static let known =
    "name, description, rows, columns, sensor, library, minerals, abundances, purePixels, mixing, variability, illumination, atmosphere, noise, seed"

  /// Which line, what it becomes (nothing: left out), and the sentence that must come.
  static let malformed: [(field: String, value: String?, message: String)] = [
    ("rows", nil, "rows is missing; expected a whole number"),
    ("rows", "many", "rows: expected a whole number, found “many”"),
    ("rows", "8.5", "rows: expected a whole number, found 8.5"),
    ("rows", "[8]", "rows: expected a whole number, found a list of 1"),
    ("rows", "0", "rows: expected 1 to 32768, found 0"),
    ("columns", "{a: 1}", "columns: expected a whole number, found fields"),
    ("collumns", "9", "collumns: no such field; did you mean “columns”?"),
    (
      "xyzzyxyzzy", "1",
      "xyzzyxyzzy: no such field; there are \(known)"
    ),
    ("seed", "-1", "seed: expected a whole number, 0 or more, found -1"),
    ("minerals", "soil", "minerals: expected a list of materials, found “soil”"),
    ("minerals", "[soil]", "minerals: expected at least 2, found 1"),
    ("minerals", "[soil, alunit]", "minerals[2]: expected a known material, found “alunit”; did you mean “alunite”?"),
    ("minerals", "[soil, tree, soil]", "minerals[3]: expected each material once, found “soil” again"),
    (
      "sensor", "{grid: avirus}",
      "sensor.grid: expected one of aviris, hydice, prisma, enmap, emit, library, found “avirus”"
    ),
    ("sensor", "{grid: aviris, count: 3}", "sensor.count: expected nothing beside a named grid, found 3"),
    (
      "sensor", "{start: 400, end: 300, count: 9}",
      "sensor.end: expected nanometres above start and up to 2600, found 300.0"
    ),
    ("sensor", "{start: 400, count: 9}", "sensor.end is missing; expected a number of nanometres"),
    ("sensor", "{grid: aviris, drop: [9-5]}", "sensor.drop: expected a list of channels such as 104-113, found “9-5”"),
    ("sensor", "{grid: aviris, drop: [220-225]}", "sensor.drop: expected channels from 1 to 224, found 220-225"),
    (
      "sensor", "aviris",
      "sensor: expected fields (grid, start, end, count, centers, fwhm, drop), found “aviris”"
    ),
    (
      "abundances", "{field: gauss}",
      "abundances.field: expected one of dirichlet, mosaic, matern, blocks, found “gauss”"
    ),
    ("abundances", "{length: 3}", "abundances.field is missing; expected one of dirichlet, mosaic, matern, blocks"),
    ("abundances", "{field: matern, lenght: 3}", "abundances.lenght: no such field; did you mean “length”?"),
    (
      "abundances", "{field: matern, filter: 3}",
      "abundances.filter: no such field; there are field, covariance, smoothness, length, rule, sharpness"
    ),
    (
      "abundances", "{field: matern, length: -3}",
      "abundances.length: expected pixels above 0 and up to 10000, found -3.0"
    ),
    (
      "abundances", "{field: matern, smoothness: .inf}",
      "abundances.smoothness: expected a number from 0.1 to 10, found inf"
    ),
    (
      "abundances", "{field: matern, sharpness: 2}",
      "abundances.sharpness: expected nothing unless rule is softmax, found 2"
    ),
    ("abundances", "{field: blocks, filter: 4}", "abundances.filter: expected an odd number from 1 to 101, found 4"),
    (
      "abundances", "{field: blocks, size: 12}",
      "abundances.size: expected blocks small enough to give each of 3 minerals one, found 12, which makes 1"
    ),
    (
      "abundances", "{field: dirichlet, concentration: [1, 2]}",
      "abundances.components[1].concentration: expected one number, or one for each of 3 minerals, found 2 numbers"
    ),
    (
      "abundances", "{field: dirichlet, components: [{weight: 1}]}",
      "abundances.components[1].concentration is missing; expected a number, or a list of one for each mineral"
    ),
    (
      "abundances", "{field: dirichlet, components: [{concentration: 1}, {weight: -2, concentration: 1}]}",
      "abundances.components[2].weight: expected a number above 0, found -2.0"
    ),
    ("noise", "{snr: loud}", "noise.snr: expected a number of decibels, found “loud”"),
    ("noise", "{snr: 1e9}", "noise.snr: expected decibels from -100 to 200, found 1000000000.0"),
    ("noise", "{profile: [[400, 1]]}", "noise.snr: expected decibels to scale the profile by, found nothing"),
    (
      "noise", "{snr: 9, profile: [[400]]}",
      "noise.profile[1]: expected [nanometres, relative deviation above 0], found [400.0]"
    ),
    ("noise", "{on: film}", "noise.on: expected one of pixels, endmembers, found “film”"),
    ("noise", "{dead: 1}", "noise.dead: expected a share from 0 to below 1, found 1.0"),
    ("noise", "[snr, 30]", "noise: expected fields (snr, on, profile, dead, stripes), found a list"),
    ("illumination", "{}", "illumination.spread is missing; expected a number"),
    (
      "purePixels", "22",
      "purePixels: expected no more pure pixels than the 64 of the scene, found 22 of each of 3 minerals"
    ),
  ]

  @Test(arguments: malformed) func saysWhatIsWrong(field: String, value: String?, message: String) {
    var lines = Self.sound
    lines[field] = value
    let yaml = lines.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value)" }.joined(separator: "\n")
    #expect(description(of: yaml) == "bad.yaml: \(message)")
  }

  @Test func theSoundRecipeIsSound() {
    let yaml = Self.sound.map { "\($0.key): \($0.value)" }.joined(separator: "\n")
    #expect(description(of: yaml) == nil)
  }

  @Test(arguments: [
    ("", "recipe: expected fields, found nothing"),
    (
      "just text",
      "recipe: expected fields (\(known)), found “just text”"
    ),
    ("rows: 3\n  columns: 4\n", "not YAML: line 2, column 10: mapping values are not allowed in this context"),
    ("rows: 3\nrows: 4\n", "not YAML: line 1: rows is given twice"),
    ("rows: [1, 2", "not YAML: line 2, column 1: did not find expected ',' or ']'"),
  ])
  func saysWhatIsNoRecipeAtAll(yaml: String, message: String) {
    #expect(description(of: yaml) == "bad.yaml: \(message)")
  }

  @Test func refusesTextThatIsNotUnicode() {
    #expect(throws: RecipeError.notYAML(recipe: "bad.yaml", reason: "the text is not UTF-8")) {
      try Recipe(yaml: Data([0x72, 0xff, 0xfe]), file: "bad.yaml")
    }
  }

  @Test func sizesThatOverflowAreRefusedNotComputed() {
    var recipe = Recipe(rows: .max, columns: .max, minerals: ["soil", "tree"], abundances: .matern(MaternField()))
    #expect(throws: RecipeError.self) { try recipe.validate() }
    (recipe.rows, recipe.columns, recipe.purePixels) = (32_768, 32_768, .max)
    #expect(throws: RecipeError.self) { try recipe.validate() }
    (recipe.rows, recipe.columns) = (2, 2)
    #expect(throws: RecipeError.self) { try recipe.validate() }
  }

  private func description(of yaml: String) -> String? {
    do {
      _ = try Recipe(yaml: Data(yaml.utf8), file: "bad.yaml")
      return nil
    } catch { return "\(error)" }
  }
}

import Scenes

/// How to make a scene: which materials, how they lie, how they are lit and measured.
///
/// A recipe and a seed determine the scene to the last bit, on any number of threads.
///
///     let scene = try Recipe.named("cuprite-like").scene(seed: 1)
///
/// In YAML a recipe has the same fields; `rows`, `columns`, `minerals` and `abundances` must be there.
public struct Recipe: Sendable, Equatable {
  /// What to call the scene.
  public var name: String
  /// A sentence or two for people.
  public var description: String
  /// The number of image rows.
  public var rows: Int
  /// The number of image columns.
  public var columns: Int
  /// The spectrometer's channels.
  public var sensor: SensorGrid
  /// The materials, by the names in ``materialNames``; they become the endmembers in this order.
  public var minerals: [String]
  /// How the materials' fractions are spread over the image.
  public var abundances: AbundanceField
  /// How many pixels of each material are made exactly pure: those where it is most abundant anyway.
  public var purePixels: Int
  /// How brightness varies from pixel to pixel, if it does.
  public var illumination: Illumination?
  /// What is added to the mixed spectra.
  public var noise: Noise
  /// The seed used when the caller states none.
  public var seed: UInt64

  /// A recipe from its parts.
  public init(
    name: String = "recipe", description: String = "", rows: Int, columns: Int, sensor: SensorGrid = .aviris,
    minerals: [String], abundances: AbundanceField, purePixels: Int = 0, illumination: Illumination? = nil,
    noise: Noise = Noise(), seed: UInt64 = 0
  ) {
    (self.name, self.description) = (name, description)
    (self.rows, self.columns) = (rows, columns)
    (self.sensor, self.minerals) = (sensor, minerals)
    (self.abundances, self.purePixels) = (abundances, purePixels)
    (self.illumination, self.noise, self.seed) = (illumination, noise, seed)
  }

  /// The names a recipe may list under `minerals`.
  public static var materialNames: [String] { MineralSpectrum.all.map(\.name) }

  /// The number of pixels.
  var pixelCount: Int { rows * columns }

  /// Checks everything a scene depends on.
  ///
  /// - Throws: ``RecipeError`` naming the field, what was expected and what was found.
  public func validate() throws {
    do {
      try validateSizes()
      try validateMinerals()
      try abundances.validate(for: self)
      try illumination?.validate()
      try noise.validate()
    } catch let error as RecipeError {
      throw error.named(name)
    }
  }

  /// The largest cube: 2³¹ numbers.
  private static let mostNumbers = 1 << 31

  private func validateSizes() throws {
    try require((1...32_768).contains(rows), "rows", "1 to 32768", "\(rows)")
    try require((1...32_768).contains(columns), "columns", "1 to 32768", "\(columns)")
    try sensor.validate()
    let bands = sensor.keptChannels.count
    try require(
      pixelCount * bands <= Self.mostNumbers, "rows", "at most \(Self.mostNumbers) numbers in the scene",
      "\(rows) × \(columns) × \(bands)")
    try require(purePixels >= 0, "purePixels", "0 or more", "\(purePixels)")
    try require(
      purePixels <= pixelCount && purePixels * minerals.count <= pixelCount, "purePixels",
      "no more pure pixels than the \(pixelCount) of the scene", "\(purePixels) of each of \(minerals.count) minerals")
  }

  private func validateMinerals() throws {
    try require(minerals.count >= 2, "minerals", "at least 2", "\(minerals.count)")
    for (position, mineral) in minerals.enumerated() {
      let field = "minerals[\(position + 1)]"
      if MineralSpectrum.named(mineral) == nil {
        let hint = Nearest.candidate(to: mineral, among: Self.materialNames).map { "; did you mean “\($0)”?" } ?? ""
        try require(false, field, "a known material", "“\(mineral)”\(hint)")
      }
      try require(!minerals[..<position].contains(mineral), field, "each material once", "“\(mineral)” again")
    }
  }
}

extension Recipe: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case name, description, rows, columns, sensor, minerals, abundances, purePixels, illumination, noise, seed
  }

  /// Reads and validates a recipe.
  ///
  /// - Throws: ``RecipeError`` naming the field, what was expected and what was found.
  public init(from decoder: any Decoder) throws {
    let fields = try RecipeFields(decoder, known: CodingKeys.allCases.map(\.rawValue))
    self.init(
      name: try fields.optional("name", "text") ?? "recipe",
      description: try fields.optional("description", "text") ?? "",
      rows: try fields.value("rows", "a whole number"), columns: try fields.value("columns", "a whole number"),
      sensor: try fields.optional("sensor", "fields") ?? .aviris,
      minerals: try fields.value("minerals", "a list of materials"),
      abundances: try fields.value("abundances", "fields"),
      purePixels: try fields.optional("purePixels", "a whole number") ?? 0,
      illumination: try fields.optional("illumination", "fields"),
      noise: try fields.optional("noise", "fields") ?? Noise(),
      seed: try fields.optional("seed", "a whole number, 0 or more") ?? 0)
    try validate()
  }
}

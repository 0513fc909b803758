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
  /// The instrument's channels.
  public var sensor: Sensor
  /// The materials, by the names in ``materialNames`` or from a library; they become the endmembers in this order.
  public var minerals: Materials
  /// How the materials' fractions are spread over the image.
  public var abundances: AbundanceField
  /// How many pixels of each material are made exactly pure: those where it is most abundant anyway.
  public var purePixels: Int
  /// How the spectrum of a pixel comes from those of its materials.
  public var mixing: Mixing
  /// How the materials' spectra differ from pixel to pixel, if they do.
  public var variability: Variability?
  /// How brightness varies from pixel to pixel, if it does.
  public var illumination: Illumination?
  /// What the air leaves in the spectra, if anything.
  public var atmosphere: Atmosphere?
  /// What is added to the mixed spectra.
  public var noise: Noise
  /// The seed used when the caller states none.
  public var seed: UInt64

  /// A recipe from its parts.
  public init(
    name: String = "recipe", description: String = "", rows: Int, columns: Int, sensor: Sensor = .aviris,
    minerals: Materials, abundances: AbundanceField, purePixels: Int = 0, mixing: Mixing = .linear,
    variability: Variability? = nil, illumination: Illumination? = nil, atmosphere: Atmosphere? = nil,
    noise: Noise = Noise(), seed: UInt64 = 0
  ) {
    (self.name, self.description) = (name, description)
    (self.rows, self.columns) = (rows, columns)
    (self.sensor, self.minerals) = (sensor, minerals)
    (self.abundances, self.purePixels) = (abundances, purePixels)
    (self.mixing, self.variability) = (mixing, variability)
    (self.illumination, self.atmosphere) = (illumination, atmosphere)
    (self.noise, self.seed) = (noise, seed)
  }

  /// The names a recipe may list under `minerals`.
  public static var materialNames: [String] { MineralSpectrum.all.map(\.name) }

  /// The number of pixels.
  var pixelCount: Int { rows * columns }

  /// Checks everything a scene depends on, apart from what only a library's file can tell.
  ///
  /// - Throws: ``RecipeError`` naming the field, what was expected and what was found.
  public func validate() throws {
    do {
      try validateSizes()
      try minerals.validate()
      try mixing.validate()
      try variability?.validate()
      try illumination?.validate()
      try atmosphere?.validate()
      try noise.validate()
      if let count = minerals.count { try validate(endmembers: count) }
      if let bands = sensor.axis?.count { try validate(bands: bands) }
    } catch let error as RecipeError {
      throw error.named(name)
    }
  }

  /// Checks what depends on the number of endmembers.
  func validate(endmembers: Int) throws {
    try require(endmembers >= 2, "minerals", "at least 2", "\(endmembers)")
    try require(
      purePixels <= pixelCount && purePixels * endmembers <= pixelCount, "purePixels",
      "no more pure pixels than the \(pixelCount) of the scene", "\(purePixels) of each of \(endmembers) minerals")
    try abundances.validate(rows: rows, columns: columns, endmembers: endmembers)
  }

  /// Checks what depends on the number of bands.
  func validate(bands: Int) throws {
    try require(
      pixelCount * bands <= Self.mostNumbers, "rows", "at most \(Self.mostNumbers) numbers in the scene",
      "\(rows) × \(columns) × \(bands)")
  }

  /// The largest cube: 2³¹ numbers.
  private static let mostNumbers = 1 << 31

  private func validateSizes() throws {
    try require((1...32_768).contains(rows), "rows", "1 to 32768", "\(rows)")
    try require((1...32_768).contains(columns), "columns", "1 to 32768", "\(columns)")
    try sensor.validate()
    try require(purePixels >= 0, "purePixels", "0 or more", "\(purePixels)")
  }
}

extension Recipe: Codable {
  private enum CodingKeys: String, CodingKey, CaseIterable {
    case name, description, rows, columns, sensor, library, minerals, abundances, purePixels, mixing, variability,
      illumination, atmosphere, noise, seed
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
      sensor: try fields.optional("sensor", "fields") ?? (fields.has("library") ? Sensor(.ofLibrary) : .aviris),
      minerals: try Materials(fields),
      abundances: try fields.value("abundances", "fields"),
      purePixels: try fields.optional("purePixels", "a whole number") ?? 0,
      mixing: try fields.optional("mixing", "fields") ?? .linear,
      variability: try fields.optional("variability", "fields"),
      illumination: try fields.optional("illumination", "fields"),
      atmosphere: try fields.optional("atmosphere", "fields"),
      noise: try fields.optional("noise", "fields") ?? Noise(),
      seed: try fields.optional("seed", "a whole number, 0 or more") ?? 0)
    try validate()
  }

  /// Writes what ``init(from:)`` reads.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    try container.encode(name, forKey: .name)
    try container.encode(description, forKey: .description)
    try container.encode(rows, forKey: .rows)
    try container.encode(columns, forKey: .columns)
    try container.encode(sensor, forKey: .sensor)
    try container.encodeIfPresent(minerals.library, forKey: .library)
    if minerals.count != nil { try container.encode(minerals.spectra.map(Materials.Bundle.init), forKey: .minerals) }
    try container.encode(abundances, forKey: .abundances)
    try container.encode(purePixels, forKey: .purePixels)
    if mixing != .linear { try container.encode(mixing, forKey: .mixing) }
    try container.encodeIfPresent(variability, forKey: .variability)
    try container.encodeIfPresent(illumination, forKey: .illumination)
    try container.encodeIfPresent(atmosphere, forKey: .atmosphere)
    try container.encode(noise, forKey: .noise)
    try container.encode(seed, forKey: .seed)
  }
}

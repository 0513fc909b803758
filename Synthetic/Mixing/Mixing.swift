import Foundation

/// How the spectrum of a pixel comes from the spectra eₖ and fractions aₖ of its materials; products are band by band.
public enum Mixing: Sendable, Equatable {
  /// y = Σₖ aₖ eₖ: light meets one material on its way.
  case linear
  /// y = Σₖ aₖ eₖ + Σ_{i<j} aᵢ aⱼ eᵢ eⱼ: light meets two, as between crowns and ground.
  ///
  /// - Source: Fan et al. (2009), *Comparative study between a new nonlinear model and common linear model …*, IJRS 30.
  case fan
  /// y = Σₖ aₖ eₖ + Σ_{i<j} γᵢⱼ aᵢ aⱼ eᵢ eⱼ with γᵢⱼ uniform from 0 to `gamma` for every pixel and pair.
  ///
  /// - Source: Halimi et al. (2011), *Nonlinear unmixing of hyperspectral images using a generalized bilinear model*,
  ///   IEEE TGRS 49.
  case generalizedBilinear(gamma: Double)
  /// y = z + b z², z = Σₖ aₖ eₖ, with b uniform from −`spread` to `spread` for every pixel.
  ///
  /// - Source: Altmann et al. (2012), *Supervised nonlinear spectral unmixing using a postnonlinear mixing model*,
  ///   IEEE TIP 21.
  case postNonlinear(spread: Double)
  /// Grains mixed finely: the single-scattering albedos mix, y = r(Σₖ aₖ r⁻¹(eₖ)). See ``SingleScattering``.
  case intimate(SingleScattering)

  /// How many random numbers a pixel of so many materials takes.
  func deviates(for endmembers: Int) -> Int {
    switch self {
    case .linear, .fan, .intimate: 0
    case .generalizedBilinear: endmembers * (endmembers - 1) / 2
    case .postNonlinear: 1
    }
  }

  /// - Throws: ``RecipeError`` when a parameter is out of range.
  func validate() throws {
    switch self {
    case .linear, .fan: break
    case .generalizedBilinear(let gamma):
      try require((0...1).contains(gamma), "mixing.gamma", "a number from 0 to 1", "\(gamma)")
    case .postNonlinear(let spread):
      try require((0...1).contains(spread), "mixing.spread", "a number from 0 to 1", "\(spread)")
    case .intimate(let scattering): try scattering.validate()
    }
  }
}

/// Reflectance and single-scattering albedo of a deep layer of grains.
///
///     r(w) = w / ((1 + 2μ√(1−w)) (1 + 2μ₀√(1−w))),   μ₀ = cos(incidence), μ = cos(emission)
///
///     √(1−w) = (√((μ₀+μ)² r² + (1 + 4μμ₀r)(1 − r)) − (μ₀+μ) r) / (1 + 4μμ₀r)
///
/// for grains that scatter alike in all directions, without the opposition effect; r is relative to a perfect diffuser.
///
/// - Edge cases: reflectance is held in 0…1 first, where w is in 0…1.
/// - Source: Hapke (1981), *Bidirectional reflectance spectroscopy 1*, JGR 86; the inverse as in Heylen & Gader (2014),
///   *Nonlinear spectral unmixing with a linear mixture of intimate mixtures model*, IEEE GRSL 11.
public struct SingleScattering: Sendable, Equatable {
  /// The angle between the sun and the surface's normal in degrees.
  public var incidence: Double
  /// The angle between the sensor and the surface's normal in degrees.
  public var emission: Double

  /// The sun 30° from the zenith and a sensor that looks down, unless told otherwise.
  public init(incidence: Double = 30, emission: Double = 0) { (self.incidence, self.emission) = (incidence, emission) }

  private var cosines: (sun: Double, sensor: Double) { (cos(incidence * .pi / 180), cos(emission * .pi / 180)) }

  /// r(w).
  public func reflectance(ofAlbedo albedo: Double) -> Double {
    let w = min(max(albedo, 0), 1)
    let root = (1 - w).squareRoot()
    let (sun, sensor) = cosines
    return w / ((1 + 2 * sensor * root) * (1 + 2 * sun * root))
  }

  /// w(r).
  public func albedo(ofReflectance reflectance: Double) -> Double {
    let r = min(max(reflectance, 0), 1)
    let (sun, sensor) = cosines
    let (sum, product) = (sun + sensor, 1 + 4 * sun * sensor * r)
    let root = ((sum * sum * r * r + product * (1 - r)).squareRoot() - sum * r) / product
    return 1 - root * root
  }

  /// - Throws: ``RecipeError`` when an angle leaves the hemisphere.
  func validate() throws {
    for (field, angle) in [("incidence", incidence), ("emission", emission)] {
      try require((0...85).contains(angle), "mixing.\(field)", "degrees from 0 to 85", "\(angle)")
    }
  }
}

extension Mixing: Codable {
  private enum Model: String, CaseIterable { case linear, fan, gbm, ppnm, hapke }

  /// Reads `model`, and its own fields: `gamma` of gbm, 1; `spread` of ppnm, 0.3; `incidence` and `emission` of hapke.
  public init(from decoder: any Decoder) throws {
    let own: [Model: [String]] = [.gbm: ["gamma"], .ppnm: ["spread"], .hapke: ["incidence", "emission"]]
    let every = own.values.joined().sorted()
    let fields = try RecipeFields(decoder, known: ["model"] + every)
    let model: Model = try fields.choice("model")
    for field in every where fields.has(field) && own[model]?.contains(field) != true {
      throw fields.malformed(field, expected: "nothing in the model \(model.rawValue)")
    }
    switch model {
    case .linear: self = .linear
    case .fan: self = .fan
    case .gbm: self = .generalizedBilinear(gamma: try fields.optional("gamma", "a number") ?? 1)
    case .ppnm: self = .postNonlinear(spread: try fields.optional("spread", "a number") ?? 0.3)
    case .hapke:
      self = .intimate(
        SingleScattering(
          incidence: try fields.optional("incidence", "a number of degrees") ?? 30,
          emission: try fields.optional("emission", "a number of degrees") ?? 0))
    }
  }

  /// Writes what ``init(from:)`` reads.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: RecipeFields.Key.self)
    func write(_ model: Model, _ numbers: [(String, Double)] = []) throws {
      try container.encode(model.rawValue, forKey: "model")
      for (field, number) in numbers { try container.encode(number, forKey: RecipeFields.Key(field)) }
    }
    switch self {
    case .linear: try write(.linear)
    case .fan: try write(.fan)
    case .generalizedBilinear(let gamma): try write(.gbm, [("gamma", gamma)])
    case .postNonlinear(let spread): try write(.ppnm, [("spread", spread)])
    case .intimate(let angles): try write(.hapke, [("incidence", angles.incidence), ("emission", angles.emission)])
    }
  }
}

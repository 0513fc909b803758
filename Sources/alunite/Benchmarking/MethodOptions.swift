import Foundation

/// What a plan says about a method, as the options of the command that runs it.
struct MethodOptions: Equatable {
  /// The keys a plan may use.
  static let keys = ["preset", "config", "set", "split", "endmembers", "restarts", "extract", "library"]
  /// Those with a file's name.
  private static let files = ["config", "library"]
  /// Those only networks or only classical methods know.
  private static let (ofNetworks, ofClassics) = (["preset", "config", "split", "restarts"], ["extract", "library"])

  private var single: [String: String] = [:]
  private var settings: [String] = []

  /// The options in one mapping of a plan, whose files stand beside `base`.
  init(_ fields: PlanFields, isNetwork: Bool, base: URL) throws {
    for key in fields.keys where Self.keys.contains(key) {
      if (isNetwork ? Self.ofClassics : Self.ofNetworks).contains(key) {
        throw fields.fault(
          key, "an option of \(isNetwork ? "alunite train" : "alunite unmix --method")", "another one's")
      }
      if key == "set" {
        settings = try fields.texts(key)
      } else {
        let value = try fields.required(key)
        single[key] = Self.files.contains(key) ? URL(fileURLWithPath: value, relativeTo: base).path : value
      }
    }
  }

  /// These options with others put over them; settings add up, and later ones count.
  func overridden(by other: MethodOptions?) -> MethodOptions {
    guard let other else { return self }
    var result = self
    result.single.merge(other.single) { $1 }
    result.settings += other.settings
    return result
  }

  /// The options of the command line.
  var arguments: [String] {
    Self.keys.flatMap { key in
      key == "set" ? settings.flatMap { ["--set", $0] } : single[key].map { ["--\(key)", $0] } ?? []
    }
  }

  /// The library's place, whose content decides a result.
  var library: String? { single["library"] }
}

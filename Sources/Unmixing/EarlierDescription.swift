import Foundation

/// The description of a run that may have been made before an option existed: what it does not say is as options begin.
///
/// An option is only ever added with a beginning that does what was done before it, so that runs keep their meaning.
package struct EarlierDescription {
  /// The description with every option, as JSON.
  package let text: String

  /// - Throws: `DecodingError` for no JSON, ``UnmixingError`` for a method there is not.
  package init(completing text: String) throws {
    guard case .object(var description) = try StoredValue(json: text),
      case .object(var configuration)? = description["configuration"], case .text(let method)? = configuration["method"]
    else {
      self.text = text
      return
    }
    func begin<Options: ModelOptions>(_ type: Options.Type) throws -> StoredValue {
      try StoredValue(encoding: Options())
    }
    let beginnings = [
      "model": try begin(Catalogue.entry(method).options), "objective": try StoredValue(encoding: NegativeELBO()),
      "training": try StoredValue(encoding: TrainingOptions()),
    ]
    for (key, beginning) in beginnings { configuration[key] = configuration[key].map(beginning.overlaid) }
    description["configuration"] = .object(configuration)
    self.text = try StoredValue.object(description).json
  }
}

/// A value of JSON.
private indirect enum StoredValue: Codable {
  case object([String: StoredValue])
  case list([StoredValue])
  case truth(Bool)
  case integer(Int64)
  case natural(UInt64)
  case number(Double)
  case text(String)
  case nothing

  init(json: String) throws { self = try JSONDecoder().decode(Self.self, from: Data(json.utf8)) }

  init(encoding value: some Encodable) throws {
    self = try JSONDecoder().decode(Self.self, from: JSONEncoder().encode(value))
  }

  init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .nothing
    } else if let found = try? value.decode(Bool.self) {
      self = .truth(found)
    } else if let found = try? value.decode(Int64.self) {
      self = .integer(found)
    } else if let found = try? value.decode(UInt64.self) {
      self = .natural(found)
    } else if let found = try? value.decode(Double.self) {
      self = .number(found)
    } else if let found = try? value.decode(String.self) {
      self = .text(found)
    } else if let found = try? value.decode([StoredValue].self) {
      self = .list(found)
    } else {
      self = .object(try value.decode([String: StoredValue].self))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var value = encoder.singleValueContainer()
    switch self {
    case .object(let found): try value.encode(found)
    case .list(let found): try value.encode(found)
    case .truth(let found): try value.encode(found)
    case .integer(let found): try value.encode(found)
    case .natural(let found): try value.encode(found)
    case .number(let found): try value.encode(found)
    case .text(let found): try value.encode(found)
    case .nothing: try value.encodeNil()
    }
  }

  var json: String {
    get throws { String(decoding: try JSONEncoder().encode(self), as: UTF8.self) }
  }

  /// This value with what another one says in its place, key by key.
  func overlaid(by other: StoredValue) -> StoredValue {
    guard case .object(let own) = self, case .object(let others) = other else { return other }
    return .object(own.merging(others) { $0.overlaid(by: $1) })
  }
}

import Unmixing

/// The options of one classical method.
struct ClassicalListing: Encodable {
  struct Setting: Encodable { let value: String, choices: [String]?, meaning: String? }
  let method: String
  let title: String
  let summary: String
  let source: String
  let settings: [String: Setting]
  private let order: [String]

  private enum CodingKeys: String, CodingKey { case method, title, summary, source, settings }

  init(_ id: String) throws {
    let entry = try OptionName.looked(up: "--method") { try ClassicalCatalogue.entry(id) }
    (method, title, summary, source) = (id, entry.title, entry.summary, entry.source)
    let found = try Self.settings(of: entry.options)
    let choices = type(of: entry.options).choices
    settings = Dictionary(
      uniqueKeysWithValues: found.map { path, value in
        let meaning = OptionMeanings.meaning(of: path, in: id)
        return (path, Setting(value: value, choices: choices[path], meaning: meaning))
      })
    order = found.map(\.path)
  }

  private static func settings<Options: ClassicalOptions>(
    of options: Options
  ) throws -> [(path: String, value: String)] {
    try SettingResolver(options, choices: Options.choices).settings
  }

  var text: String {
    var table = TextTable(["option", "default", "choices", "what it is"])
    for path in order {
      let setting = settings[path]
      table.add([
        path, setting?.value ?? "", setting?.choices?.joined(separator: ", ") ?? "", setting?.meaning ?? "",
      ])
    }
    let options = order.isEmpty ? "no options" : table.text
    return "\(title): \(summary)\(source.isEmpty ? "" : " (\(source))")\n\n\(options)"
  }
}

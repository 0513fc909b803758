/// Rows of comma-separated values, quoted where a comma, a quote or a line break asks for it.
///
/// - Source: RFC 4180; lines end with a line feed alone.
package enum CommaSeparated {
  /// One line, with its end.
  package static func line(_ fields: some Sequence<String>) -> String {
    fields.map(quoted).joined(separator: ",") + "\n"
  }

  private static func quoted(_ field: String) -> String {
    guard field.contains(where: { $0 == "," || $0 == "\"" || $0.isNewline }) else { return field }
    return "\"" + field.replacing("\"", with: "\"\"") + "\""
  }

  /// The fields of every line that is not empty; `nil` when a quote is left open.
  package static func rows(of text: String) -> [[String]]? {
    var (rows, row, field) = ([[String]](), [String](), "")
    var (isQuoted, wasQuote) = (false, false)
    func isBlank(_ row: [String]) -> Bool { row.count == 1 && row[0].allSatisfy(\.isWhitespace) }
    for character in text {
      if isQuoted {
        if character == "\"" { (isQuoted, wasQuote) = (false, true) } else { field.append(character) }
      } else if character == "\"" {
        if wasQuote { field.append("\"") }
        (isQuoted, wasQuote) = (true, false)
      } else if character == "," || character.isNewline {
        row.append(field)
        (field, wasQuote) = ("", false)
        if character != "," {
          if !isBlank(row) { rows.append(row) }
          row = []
        }
      } else {
        wasQuote = false
        field.append(character)
      }
    }
    if isQuoted { return nil }
    row.append(field)
    if !isBlank(row) { rows.append(row) }
    return rows
  }
}

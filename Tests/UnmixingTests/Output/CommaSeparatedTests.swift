import Testing
import Unmixing

/// Fields come back from a line whatever is in them.
struct CommaSeparatedTests {
  @Test func fieldsSurviveALine() {
    let rows = [["plain", "with, comma", "with \"quotes\""], ["two\nlines", "", " blanks "], ["1.5", "-2e-3", "ß"]]
    let text = rows.map { CommaSeparated.line($0) }.joined()
    #expect(CommaSeparated.rows(of: text) == rows)
  }

  @Test func lineEndsOfEverySystemAreRead() {
    #expect(CommaSeparated.rows(of: "a,b\r\n1,2\r\n") == [["a", "b"], ["1", "2"]])
    #expect(CommaSeparated.rows(of: "a,b\n1,2") == [["a", "b"], ["1", "2"]])
  }

  @Test func blankLinesAreNoRows() {
    #expect(CommaSeparated.rows(of: "\n1,2\n  \n\n3,4\n") == [["1", "2"], ["3", "4"]])
    #expect(CommaSeparated.rows(of: "") == [])
  }

  @Test func anOpenQuoteIsRefused() {
    #expect(CommaSeparated.rows(of: "a,\"b\n") == nil)
  }
}

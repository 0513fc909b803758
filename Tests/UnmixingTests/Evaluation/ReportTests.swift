import Scenes
import Tensors
import Testing
import Unmixing

@Suite struct ReportTests {
  private func metrics() throws -> Metrics {
    let scene = evaluationScene([[1, 0], [0.25, 0.75]], [[1, 0], [0, 1]], names: ["Tree", "Water"])
    let guess = Prediction(
      abundances: matrix([[1, 0], [0.5, 0.5]]),
      endmembers: SpectralLibrary(names: ["a", "b"], spectra: matrix([[1, 0], [1, 1]])))
    return try Evaluation().metrics(of: guess, in: scene, test: [0])
  }

  @Test func alignsNamesUnitsNumbersAndIds() throws {
    let text = Report(try metrics(), title: "fixture").text()
    // √((0.25² + 0.25²)/4) = 0.17678; each endmember √(0.25²/2) = 0.17678; a vector error of 0.25 in one of two pixels.
    #expect(
      text == """
        fixture

        metric                                unit       all     test  id
        ---------------------------------------------------------------------------------------------
        compared pixels                                    2        1  pixels
        abundance RMSE, all entries                  0.17678  0.00000  abundance.rmse.entry
        abundance RMSE, mean over endmembers         0.17678  0.00000  abundance.rmse.endmemberMean
        abundance RMSE, vector norm                  0.25000  0.00000  abundance.rmse.vector
        abundance RMSE, mean over pixels             0.12500  0.00000  abundance.rmse.pixelMean
        abundance RMSE of Tree                       0.17678  0.00000  abundance.rmse.endmember.Tree
        abundance RMSE of Water                      0.17678  0.00000  abundance.rmse.endmember.Water
        endmember angle, mean                 rad    0.39270        –  endmember.sad.mean
        endmember angle, mean                 °     22.50000        –  endmember.sad.degrees.mean
        endmember angle of Tree               rad    0.00000        –  endmember.sad.Tree
        endmember angle of Water              rad    0.78540        –  endmember.sad.Water

        matched by sad: Tree ← estimate 1, Water ← estimate 2

        """)
  }

  @Test func definesEveryNumberOnDemand() throws {
    let report = Report(try metrics())
    #expect(!report.text().contains("Definitions"))
    let text = report.text(definitions: true)
    for line in ["abundance.rmse.vector\n      sqrt( Σₙ ‖âₙ − aₙ‖² / N )", "endmember.sad.<name>\n      θ(êₖ, eₖ)"] {
      #expect(text.contains(line), "\(text)")
    }
  }

  @Test func writesMarkdown() throws {
    let lines = Report(try metrics(), title: "Samson").markdown(definitions: true).split(separator: "\n")
    #expect(lines[0] == "## Samson")
    #expect(lines[1] == "| metric | unit | all | test | id |")
    #expect(lines[2] == "| --- | --- | ---: | ---: | --- |")
    #expect(lines.contains("| abundance RMSE, all entries |  | 0.17678 | 0.00000 | abundance.rmse.entry |"))
    #expect(lines.contains { $0.hasPrefix("- `abundance.rmse.entry`: sqrt(") })
  }

  @Test func setsMethodsSideBySide() throws {
    let text = Report(comparing: [("FCLS", try metrics()), ("guess", try metrics())]).text()
    #expect(text.contains("FCLS    guess"))
    #expect(text.contains("FCLS: test pixels, matched by sad"))
  }
}

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

  @Test func alignsIdsUnitsAndNumbers() throws {
    let text = Report(try metrics(), title: "fixture").text
    // √((0.25² + 0.25²)/4) = 0.17678; each endmember √(0.25²/2) = 0.17678; a vector error of 0.25 in one of two pixels.
    #expect(
      text == """
        fixture

        metric                          unit     all  test
        ──────────────────────────────  ────  ──────  ────
        pixels                                     2     1
        abundance.rmse.entry                  0.1768     0
        abundance.rmse.endmemberMean          0.1768     0
        abundance.rmse.vector                   0.25     0
        abundance.rmse.pixelMean               0.125     0
        abundance.rmse.endmember.Tree         0.1768     0
        abundance.rmse.endmember.Water        0.1768     0
        endmember.sad.mean              rad   0.3927     –
        endmember.sad.degrees.mean      °       22.5     –
        endmember.sad.Tree              rad        0     –
        endmember.sad.Water             rad   0.7854     –

        matched by sad: each true endmember with the estimate of its number
        """)
  }

  @Test func tellsAFewOfManyUnpairedEstimates() throws {
    let scene = evaluationScene([[1, 0], [0.25, 0.75]], [[1, 0], [0, 1]], names: ["Tree", "Water"])
    let none = [Scalar](repeating: 0, count: 39)
    let guess = Prediction(
      abundances: matrix([[1] + none, [1] + none]),
      endmembers: SpectralLibrary(
        names: (1...40).map { "s\($0)" }, spectra: matrix((0..<40).map { [1, Scalar($0)] })))
    // Tree ← 1, Water ← 40: 38 are left, of which the first twelve are 2 to 13.
    let remarks = Report(try Evaluation().metrics(of: guess, in: scene)).remarks
    let told = "estimate 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 and 26 others"
    #expect(remarks.last?.hasSuffix(told) == true, "\(remarks)")
  }

  @Test func definesEveryNumberOnDemand() throws {
    let lines = Report(try metrics()).definitions.split(separator: "\n")
    for line in [
      "abundance.rmse.vector: abundance RMSE, vector norm: sqrt( Σₙ ‖âₙ − aₙ‖² / N ): √K times the one over all entries",
      "endmember.sad.<name>: endmember angle of <name>: θ(êₖ, eₖ) [rad]",
    ] { #expect(lines.contains { $0 == line }, "\(lines)") }
  }

  @Test func keepsDetailsBackUnlessAskedFor() throws {
    let scene = evaluationScene([[1, 0], [0.25, 0.75]], [[1, 0], [0, 1]], names: ["Tree", "Water"])
    var guess = Prediction(abundances: matrix([[1, 0], [0.5, 0.5]]))
    guess.marginals = .dirichlet(concentration: matrix([[3, 1], [2, 2]]))
    guess.draw = matrix([[0.5, 0.5], [0.25, 0.75]])
    var report = Report(try Evaluation(matching: .none).metrics(of: guess, in: scene))
    let details = ["calibration.coverage50 ", "calibration.coverage90.Tree ", "abundance.rmse.sample.endmember.Tree "]
    #expect(report.text.contains("calibration.coverage90 ") && report.text.contains("abundance.rmse.sample.entry "))
    for id in details { #expect(!report.text.contains(id), "\(id)") }
    report.showsDetails = true
    for id in details { #expect(report.text.contains(id), "\(id)") }
  }

  @Test func saysWhichEstimatesAreLeftOut() throws {
    let scene = evaluationScene([[0.6, 0.4]], [[1, 0], [0, 1]])
    let guess = Prediction(
      abundances: matrix([[0.1, 0.5, 0.4]]),
      endmembers: SpectralLibrary(names: ["x", "y", "z"], spectra: matrix([[1, 1], [1, 0], [0, 1]])))
    let metrics = try Evaluation().metrics(of: guess, in: scene)
    #expect(metrics.unpaired == [0])
    #expect(
      Report(metrics).remarks == [
        "matched by sad: m0 ← estimate 2, m1 ← estimate 3",
        "left out, as no true endmember is paired with it: estimate 1",
      ])
  }

  @Test func writesMarkdown() throws {
    let lines = Report(try metrics(), title: "Samson").markdown.split(separator: "\n")
    #expect(lines[0] == "## Samson")
    #expect(lines[1] == "| metric | unit | all | test |")
    #expect(lines[2] == "| --- | --- | ---: | ---: |")
    #expect(lines.contains("| abundance.rmse.entry |  | 0.1768 | 0 |"))
    #expect(lines.last == "- matched by sad: each true endmember with the estimate of its number")
  }

  @Test func setsMethodsSideBySide() throws {
    let text = Report(comparing: [("FCLS", try metrics()), ("guess", try metrics())]).text
    #expect(text.contains("FCLS  guess"))
    #expect(text.contains("FCLS: test pixels, matched by sad"))
  }
}

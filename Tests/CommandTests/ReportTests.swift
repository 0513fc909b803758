import Foundation
import TestSupport
import Testing

/// A run or a result becomes one page that shows every pixel.
struct ReportTests {
  /// A run, and its result as rasters with which the page is compared.
  private func reported(_ arguments: String...) throws -> Workspace {
    let workspace = try Workspace()
    try workspace.makeScene()
    let trained = try workspace.run(
      Workspace.quickTraining + ["--split", "random:0.8", "--set", "epochs=3", "-o", "run"] + arguments)
    try #require(trained.code == 0, "\(trained.errors)")
    let unmixed = try workspace.run("unmix", "--run", "run", "--scene", "scene.h5", "-q", "-o", "result")
    try #require(unmixed.code == 0, "\(unmixed.errors)")
    let outcome = try workspace.run("report", "run", "-o", "report.html")
    try #require(outcome.code == 0, "\(outcome.errors)")
    return workspace
  }

  /// A raster's numbers of one pixel of the 12 × 12 scene, a band after the other.
  private func numbers(_ name: String, row: Int, column: Int, in workspace: Workspace) throws -> [Double] {
    let bytes = try Data(contentsOf: workspace.url("result/\(name).img"))
    return (0..<3).map { band in
      let place = 4 * (band * 144 + row * 12 + column)
      let bits = bytes[place..<place + 4].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      return Double(Float(bitPattern: bits))
    }
  }

  /// The text a page shows of a pixel has means and intervals to three digits.
  private func expectPixel(_ text: String, row: Int, column: Int, in workspace: Workspace) throws {
    #expect(text.hasPrefix("Row \(row), column \(column): "))
    let found = text.matches(of: /(\d\.\d{3}) \((\d\.\d{3}) to (\d\.\d{3})\)/).map {
      [Double($0.1) ?? -1, Double($0.2) ?? -1, Double($0.3) ?? -1]
    }
    #expect(found.count == 3)
    for (index, name) in ["abundances", "abundances-q05", "abundances-q95"].enumerated() {
      let expected = try numbers(name, row: row, column: column, in: workspace)
      // Half of the last digit, and half of 1/65,535.
      #expect(zip(found, expected).allSatisfy { abs($0[index] - $1) < 5.2e-4 }, "\(name): \(text), \(expected)")
    }
  }

  @Test func thePageNeedsNothingElse() throws {
    let workspace = try reported()
    let page = try workspace.text("report.html")
    let addresses = page.matches(of: /https?:\/\/[^"'\s)]*/).map { String($0.0) }
    #expect(Set(addresses).isSubset(of: ["http://www.w3.org/2000/svg"]))
    #expect(page.matches(of: /(src|href)="([^"]*)"/).allSatisfy { $0.2.hasPrefix("#") })
    #expect(!page.contains("{{"))
    // 144 pixels of 188 bands, and the script.
    #expect(page.utf8.count < 200_000)
  }

  @Test func whatTagsANameHoldsStayText() throws {
    let workspace = try Workspace()
    try workspace.makeScene("a<b>&.h5")
    var words = Workspace.quickTraining
    words[words.firstIndex(of: "scene.h5") ?? 0] = "a<b>&.h5"
    try workspace.run(words + ["--set", "epochs=2", "-o", "run"])
    let outcome = try workspace.run("report", "run", "-q", "-o", "report.html")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let page = try workspace.text("report.html")
    #expect(!page.contains("<b>&") && page.contains("\\u003cb>&"))
  }

  @Test func aClassicalResultKnowsItsScene() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    let unmixed = try workspace.run("unmix", "--method", "fcls", "--scene", "scene.h5", "-q", "-o", "result")
    try #require(unmixed.code == 0, "\(unmixed.errors)")
    let outcome = try workspace.run("report", "result", "-o", "report.html")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let page = try workspace.text("report.html")
    #expect(page.contains("mixture of the endmembers") && page.contains("abundance.rmse.endmemberMean"))
    // Another scene is another size.
    let other = try workspace.run("synthesize", "--recipe", "matern-128", "-q", "-o", "large.h5")
    try #require(other.code == 0, "\(other.errors)")
    let refused = try workspace.run("report", "result", "--scene", "large.h5", "-o", "other.html")
    #expect(refused.code == 1 && refused.errors.contains("12 × 12"), "\(refused.errors)")
  }

  @Test(
    "Jasper Ridge with all its spectra takes less than five megabytes",
    .requiresData("jasper/jasperRidge2_R198.mat", "jasper/Jasper_GT.mat"))
  func jasperIsSmall() throws {
    let workspace = try Workspace()
    let files = try ["jasper/jasperRidge2_R198.mat", "jasper/Jasper_GT.mat"].map { try #require(dataFile($0)).path }
    let trained = try workspace.run(
      "train", "--model", "mlp-ldvae", "--scene", files[0], "--truth", files[1], "--set", "epochs=1", "-q", "-o", "run")
    try #require(trained.code == 0, "\(trained.errors)")
    let outcome = try workspace.run("report", "run", "-o", "report.html")
    #expect(outcome.code == 0 && outcome.output.contains("spectra of every pixel in all bands"), "\(outcome.errors)")
    #expect(try Data(contentsOf: workspace.url("report.html")).count < 5_000_000)
  }

  @Test func whatIsMissingIsNamed() throws {
    let workspace = try reported()
    let told = try workspace.run("report", "result", "-o", "told.html")
    #expect(told.code == 0, "its record tells the scene: \(told.errors)")
    try FileManager.default.removeItem(at: workspace.url("result/method.yaml"))
    let other = try workspace.run("report", "result", "-o", "other.html")
    #expect(other.code == 1 && other.errors.contains("--scene"), "\(other.errors)")
    let again = try workspace.run("report", "run", "-o", "report.html")
    #expect(again.code == 1 && again.errors.contains("--overwrite"), "\(again.errors)")
    let none = try workspace.run("report", "nothing", "-o", "other.html")
    #expect(none.code == 1 && none.errors.contains("No such file"), "\(none.errors)")
    let folder = try workspace.run("report", ".", "-o", "other.html")
    #expect(folder.code == 1 && folder.errors.contains("checkpoint.h5"), "\(folder.errors)")
    #expect(!workspace.exists("other.html"))
  }

  @Test(.enabled(if: Browser.binary != nil, "needs Chromium (Debian's package chromium)"))
  func aClickShowsThePixel() throws {
    let workspace = try reported()
    let browser = try Browser(opening: workspace.url("report.html"))
    #expect(try browser.text(of: "document.getElementById('failure').hidden") == "true")
    // The first map; row 3 and column 7 of 12, at their middle.
    let box = "document.querySelector('.map canvas').getBoundingClientRect()"
    let places = try ["left", "top", "width", "height"].map { Double(try browser.text(of: "\(box).\($0)")) ?? 0 }
    try browser.click(x: places[0] + places[2] * 7.5 / 12, y: places[1] + places[3] * 3.5 / 12)
    let pixel = "document.getElementById('pixel-text').textContent"
    try expectPixel(browser.text(of: pixel), row: 3, column: 7, in: workspace)
    #expect(try browser.text(of: "location.hash") == "#row=3&column=7")
    // The map has the focus now, and the arrows move the pixel.
    try browser.press("ArrowDown")
    try browser.press("ArrowLeft")
    try expectPixel(browser.text(of: pixel), row: 4, column: 6, in: workspace)
    #expect(try browser.text(of: "document.querySelectorAll('#posterior tbody tr').length") == "3")
    // A spectrum and its fit, each drawn as a line of many places.
    let lines =
      "Array.from(document.querySelectorAll('#spectrum path.curve')).filter((p) => p.getAttribute('d').length > 1000).length"
    #expect(try browser.text(of: lines) == "2")
  }

  @Test(.enabled(if: Browser.binary != nil, "needs Chromium (Debian's package chromium)"))
  func everyMapAndTableIsThere() throws {
    let workspace = try reported()
    let browser = try Browser(opening: workspace.url("report.html"))
    func count(_ selector: String) throws -> String {
      try browser.text(of: "document.querySelectorAll('\(selector)').length")
    }
    // Means, deviations and errors of three endmembers; angle, RMSE and total concentration.
    #expect(try count(".map") == "12")
    #expect(try count("#endmembers figure") == "3")
    #expect(try count("#residuals svg") == "1" && count("#curve svg") == "1")
    #expect((Int(try count("#metrics tbody tr")) ?? 0) > 20)
    // Whatever is drawn or can be focused has a name for those who do not see it.
    let nameless = "svg[role=img]:not([aria-label]), [tabindex=\\'0\\']:not([aria-label]), button:not([aria-label])"
    #expect(try count(nameless) == "0")
    let picture = try browser.screenshot()
    #expect(picture.count > 20_000)
    if let folder = ProcessInfo.processInfo.environment["ALUNITE_SCREENSHOTS"] {
      try picture.write(to: URL(fileURLWithPath: folder).appendingPathComponent("report.png"))
    }
  }
}

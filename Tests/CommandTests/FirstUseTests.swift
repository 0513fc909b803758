import Foundation
import Testing

/// What somebody meets who has never seen the command.
struct FirstUseTests {
  @Test func aNumberMayBeginAsAnOptionDoes() throws {
    let workspace = try Workspace()
    try SmallCube().mapping { index, sample in index / 10 == 5 ? -9999 : sample }.write("cube", in: workspace)
    let outcome = try workspace.run(
      "unmix", "--method", "ls", "--scene", "cube.hdr", "--endmembers", "3", "--ignore-value", "-9999", "-o", "result")
    #expect(outcome.code == 0 && outcome.output.contains("63 pixels unmixed, 1 masked"), "\(outcome.errors)")
    let noisy = try workspace.run("synthesize", "--recipe", "dffn-blocks", "--snr", "-5", "-q", "-o", "noisy.h5")
    #expect(noisy.code == 0, "\(noisy.errors)")
  }

  @Test func onePixelHasNoEndmembersToFind() throws {
    let workspace = try Workspace()
    var cube = SmallCube().with("samples", "1").with("lines", "1")
    cube.samples = Array(cube.samples.prefix(10))
    try cube.write("pixel", in: workspace)
    for method in ["fcls", "nmf"] {
      let outcome = try workspace.run(
        "unmix", "--method", method, "--scene", "pixel.hdr", "--endmembers", "2", "-o", "result")
      #expect(outcome.code == 1, "\(method)")
      #expect(outcome.errors.contains("valid pixels: expected at least 2"), "\(method): \(outcome.errors)")
    }
  }

  @Test func aMethodWithoutASpreadSpeaksOfNone() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    func words(_ method: String) throws -> String {
      let outcome = try workspace.run("unmix", "--method", method, "--scene", "scene.h5", "-o", method)
      try #require(outcome.code == 0, "\(outcome.errors)")
      return outcome.output + (try workspace.text("\(method)/abundances.hdr"))
    }
    let (point, posterior) = (try words("fcls"), try words("gibbs"))
    for word in ["mean sd", "posterior means", "standard deviations"] {
      #expect(!point.contains(word) && posterior.contains(word), "\(word)")
    }
  }

  @Test func aComparisonWithALibraryNamesItsPairs() throws {
    let workspace = try Workspace()
    try workspace.makeScene()
    let unmixed = try workspace.run("unmix", "--method", "fcls", "--scene", "scene.h5", "-q", "-o", "result")
    try #require(unmixed.code == 0, "\(unmixed.errors)")
    let outcome = try workspace.run("evaluate", "--result", "result", "--endmembers", "scene.h5")
    for name in ["Alunite", "Muscovite", "Nontronite"] {
      let pair = "Endmember [123] → \(name)"
      #expect(outcome.output.range(of: pair, options: .regularExpression) != nil, "\(outcome.output)")
    }
    #expect(!outcome.output.contains("of its number"))
  }

  @Test func inspectSaysWhyATextIsNoLibrary() throws {
    let workspace = try Workspace()
    try workspace.write("wavelength;a\n400,5;0,25\n500,5;0,5\n", to: "comma.csv")
    let outcome = try workspace.run("inspect", "comma.csv")
    #expect(outcome.code == 1 && outcome.errors.contains("lines: expected columns of numbers"), "\(outcome.errors)")
  }

  @Test func everyOptionOfAClassicalMethodIsExplained() throws {
    struct Listing: Decodable {
      struct Method: Decodable { let id: String }
      struct Setting: Decodable { let meaning: String? }
      struct Classical: Decodable { let settings: [String: Setting] }
      let methods: [Method]
      let classical: Classical?
    }
    func listing(_ arguments: String...) throws -> Listing {
      let outcome = try Workspace().run(["models", "--json"] + arguments)
      return try JSONDecoder().decode(Listing.self, from: Data(outcome.output.utf8))
    }
    let methods = try listing().methods
    #expect(methods.count >= 17)
    for method in methods {
      let settings = try #require(try listing("--method", method.id).classical?.settings)
      for (name, setting) in settings { #expect(setting.meaning?.isEmpty == false, "\(method.id) \(name)") }
    }
    let table = try Workspace().run("models", "--method", "sunsal").output
    #expect(table.contains("the price of an abundance"), "\(table)")
  }

  @Test func materialsAreListed() throws {
    let workspace = try Workspace()
    #expect(try workspace.run("synthesize", "--help").output.contains("dry-grass"))
    let arguments = ["synthesize", "--recipe", "cuprite-like", "-o", "scene.h5", "--minerals"]
    let unknown = try workspace.run(arguments + ["alunite,xyzzyxyzzy"])
    #expect(unknown.code == 1 && unknown.errors.contains("there are "), "\(unknown.errors)")
    let number = try workspace.run(arguments + ["1,2"])
    #expect(number.code == 1 && number.errors.contains("numbers are those of spectra in a library"), "\(number.errors)")
  }
}

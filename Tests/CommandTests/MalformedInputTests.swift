import Foundation
import Testing

/// Every input that is wrong gets one clear line and an exit code, and leaves nothing behind.
struct MalformedInputTests {
  @Test func filesThatAreNotWhatTheyShouldBe() throws { try check(MalformedInput.files) }

  @Test func thingsThatDoNotGoTogether() throws { try check(MalformedInput.conflicts) }

  @Test func configurationsAndTables() throws { try check(MalformedInput.settings) }

  @Test func wrongUsage() throws { try check(MalformedInput.usage) }

  @Test func optionsThatSayWhatTheyNeverMay() throws { try check(MalformedInput.options) }

  @Test func theTablesAreLong() {
    let worldly = MalformedInput.files + MalformedInput.conflicts + MalformedInput.settings
    #expect(worldly.count + MalformedInput.options.count >= 60)
    #expect(worldly.allSatisfy { $0.code == 1 })
    #expect((MalformedInput.usage + MalformedInput.options).allSatisfy { $0.code == 2 })
  }

  private func check(_ inputs: [MalformedInput]) throws {
    let workspace = try Workspace()
    try prepare(workspace)
    let before = try workspace.content()
    for input in inputs {
      let outcome = try workspace.run(input.arguments)
      let line = outcome.errors.split(separator: "\n").first.map(String.init) ?? ""
      let wanted = "alunite: error: " + input.message.replacing("{dir}", with: workspace.directory.path)
      let command = Comment(rawValue: input.arguments.joined(separator: " "))
      #expect(outcome.code == input.code, command)
      // Numbers and libraries' own words may follow where the message ends with a colon or a space.
      if wanted.last == " " || wanted.hasSuffix("truncated file") {
        #expect(line.hasPrefix(wanted), command)
      } else {
        #expect(line == wanted, command)
      }
      if input.code == 1 { #expect(outcome.errors.split(separator: "\n").count == 1, command) }
      #expect(outcome.output.isEmpty, command)
      let left = try workspace.content().subtracting(before)
      #expect(left.isEmpty, command)
    }
  }

  private func prepare(_ workspace: Workspace) throws {
    try workspace.makeScene()
    try workspace.makeRun()
    try makeCubes(workspace)
    let scene = try Data(contentsOf: workspace.url("scene.h5"))
    try scene.prefix(scene.count / 2).write(to: workspace.url("half.h5"))
    var corrupt = scene
    corrupt.replaceSubrange(2_000..<9_000, with: Data(repeating: 0xA5, count: 7_000))
    try corrupt.write(to: workspace.url("corrupt.h5"))
    try Data().write(to: workspace.url("empty.h5"))
    var mat = Data("MATLAB 5.0 MAT-file, made".utf8)
    mat += Data(repeating: 0x20, count: 124 - mat.count) + Data([0, 1, 0x49, 0x4D, 14, 0, 0, 0, 0xFF, 0xFF, 0, 0])
    try mat.write(to: workspace.url("head.mat"))
    try FileManager.default.createDirectory(at: workspace.url("foreign"), withIntermediateDirectories: false)
    try workspace.write("mine", to: "foreign/precious.txt")
    try FileManager.default.copyItem(at: workspace.url("run"), to: workspace.url("broken-run"))
    let checkpoint = try Data(contentsOf: workspace.url("run/checkpoint.h5"))
    try checkpoint.prefix(3_000).write(to: workspace.url("broken-run/checkpoint.h5"))
    let texts = [
      "text.txt": "hello\n", "text.doc": "hello\n", "unknown.yaml": "training:\n  epoch: 3\n",
      "broken.yaml": "training: [1, 2\n",
      "type.yaml": "training:\n  epochs: many\n", "scalar.yaml": "training: 3\n", "negative.csv": "0.5,0.6,-0.1\n",
      "sum.csv": "0.5,0.6,0.1\n", "short.csv": "0.5,0.5\n", "word.csv": "Alunite,Muscovite,Nontronite\n0.5,x,0.5\n",
      "names.csv": "Alunite,Gold,Nontronite\n0.5,0.2,0.3\n", "empty.csv": "",
    ]
    for (name, text) in texts { try workspace.write(text, to: name) }
  }

  private func makeCubes(_ workspace: Workspace) throws {
    let good = SmallCube()
    try good.write("good", in: workspace)
    try good.write("no-data", in: workspace, withData: false)
    try good.with("lines", "9").write("long", in: workspace)
    try good.with("bands", nil).write("no-bands", in: workspace)
    try good.with("bands", "-3").write("negative-bands", in: workspace)
    try good.with("data type", "99").write("type", in: workspace)
    try good.with("interleave", "xyz").write("interleave", in: workspace)
    try good.with("wavelength units", "Nanometers").with("wavelength", "{400, 500, 600}")
      .write("wavelengths", in: workspace)
    try good.with("samples", "2000000000").with("lines", "2000000000").write("huge", in: workspace)
    try good.mapping { _, _ in 0 }.write("zeros", in: workspace)
    try good.mapping { _, _ in .nan }.write("nan", in: workspace)
    try good.mapping { index, sample in index % 10 == 3 ? 0.5 : sample }.write("constant", in: workspace)
    try good.mapping { _, sample in sample * 10_000 }.write("scaled", in: workspace)
    try good.mapping { index, _ in 0.1 * Float(index % 10 + 1) / 1.1 }.write("same", in: workspace)
  }
}

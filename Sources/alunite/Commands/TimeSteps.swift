import ArgumentParser
import Foundation
import Scenes
import Unmixing

/// `alunite time-steps`: how long one training step takes. For `make bench`; not listed in the help.
struct TimeSteps: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "time-steps", abstract: "Time training steps and print JSON.", shouldDisplay: false)

  @Option(help: "The scene to learn from.")
  var scene: String

  @Option(help: "True abundances, where the scene's file holds none.")
  var truth: String?

  @Option(help: "For how long to train.")
  var seconds = 20.0

  @OptionGroup var method: ModelArguments
  @OptionGroup var computing: ThreadArguments
  @OptionGroup var reading: ReadingArguments

  private struct Figures: Encodable {
    let steps: Int
    let stepMilliseconds: Double
    let processorMilliseconds: Double
    let peakMegabytes: Double
  }

  func run() throws {
    computing.apply()
    let scene = try InputScene(reading: reading.options, quiet: true).scene(self.scene, truth: truth)
    var configuration = try method.configuration(hasTruth: scene.truth != nil)
    configuration.training.epochs = 1_000_000
    var run = try TrainingRun(
      on: scene, configuration, split: method.split ?? .random(training: 0.8), seed: method.seed ?? 0)
    let watch = Stopwatch()
    var (wall, processor): ([Double], [Double]) = ([], [])
    var (lastWall, lastProcessor) = (watch.seconds, Self.processorSeconds)
    try run.train { _ in
      let (now, used) = (watch.seconds, Self.processorSeconds)
      wall.append(now - lastWall)
      processor.append(used - lastProcessor)
      (lastWall, lastProcessor) = (now, used)
      return now > seconds && wall.count > 12 ? .stop : .proceed
    }
    let figures = Figures(
      steps: wall.count, stepMilliseconds: 1e3 * Self.median(wall), processorMilliseconds: 1e3 * Self.median(processor),
      peakMegabytes: (PeakMemory.bytes ?? 0) / 1e6)
    Console.print(try JSONText.text(figures))
  }

  /// The middle value; the first ten steps fill caches and are left out.
  private static func median(_ times: [Double]) -> Double {
    let settled = times.dropFirst(10).sorted()
    return settled[settled.count / 2]
  }

  /// Seconds all threads of this process have computed.
  private static var processorSeconds: Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
  }
}

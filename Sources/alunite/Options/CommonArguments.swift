import ArgumentParser
import Foundation
import Tensors

/// What every command that writes has.
struct OutputArguments: ParsableArguments {
  @Flag(help: "Replace what stands at the output.")
  var overwrite = false

  @Flag(name: .shortAndLong, help: "Say nothing but errors.")
  var quiet = false
}

/// How many threads compute. The number changes speed, never a result.
struct ThreadArguments: ParsableArguments {
  @Option(help: ArgumentHelp("How many threads to use (default: all cores).", valueName: "n"))
  var threads: Int?

  func validate() throws {
    if let threads, !(1...1024).contains(threads) {
      throw ValidationError("--threads: expected 1 … 1024, found \(threads)")
    }
  }

  /// Sets the number of threads.
  func apply() {
    Threads.use(threads ?? max(1, ProcessInfo.processInfo.activeProcessorCount))
  }
}

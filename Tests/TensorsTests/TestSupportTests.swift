import Tensors
import TestSupport
import Testing

/// The shared checkers must themselves be able to fail.
@Suite struct TestSupportTests {
  struct Sound: Module {
    var weights = Tensor.ones([2])
    var children = [Tensor.zeros([]), Tensor.zeros([])]
    var optional: Tensor? = Tensor.zeros([3])
    var statistics = Tensor.zeros([2])

    mutating func forEachParameter(_ body: (inout Tensor) -> Void) {
      weights.forEachParameter(body)
      children.forEachParameter(body)
      optional.forEachParameter(body)
    }
  }

  struct Forgetful: Module {
    var first = Tensor.ones([2])
    var second = Tensor.ones([2])
    mutating func forEachParameter(_ body: (inout Tensor) -> Void) { body(&first) }
  }

  struct Repetitive: Module {
    var first = Tensor.ones([2])
    mutating func forEachParameter(_ body: (inout Tensor) -> Void) {
      body(&first)
      body(&first)
    }
  }

  @Test func soundModulesPass() { checkModule(Sound(), notLearned: ["statistics"]) }

  @Test func forgottenTensorsAreNamed() {
    #expect(visitingProblems(of: Forgetful()) == ["forEachParameter does not visit self.second"])
    #expect(visitingProblems(of: Sound()) == ["forEachParameter does not visit self.statistics"])
  }

  @Test func repeatedVisitsAreNoticed() { #expect(visitingProblems(of: Repetitive()).count == 1) }

  @Test func wrongDerivativesAreNoticed() {
    withKnownIssue {
      checkGradient(of: { x in .recording(x.detached.squared(), (x, { $0 })) }, at: Tensor([1.5, 2]))
    }
  }

  @Test func rightDerivativesPass() {
    checkGradient(of: { x in x.squared() }, at: Tensor([1.5, 2]))
  }

  @Test func closenessFollowsTheTolerance() {
    expectClose(Tensor([1, .infinity, .nan]), Tensor([1.001, .infinity, .nan]), absolute: 0.002, because: "stated")
    withKnownIssue { expectClose(1.0, 1.1, relative: 0.05, because: "stated") }
    withKnownIssue { expectClose(Tensor([1.0]), Tensor(1), because: "shapes differ") }
    withKnownIssue { expectClose([1.0], [.nan], absolute: 10, because: "a NaN is close to no number") }
  }

  @Test(.requiresData("no/such/file")) func missingDataSkips() { Issue.record("should have been skipped") }
}

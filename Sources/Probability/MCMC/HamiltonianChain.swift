import Foundation

/// One chain, which is asked for the position it wants evaluated and told what was found there, until it has all its
/// draws. Chains of different rows so share evaluations without waiting for one another.
///
/// A trajectory without U-turn doubles, in a random direction each time; its subtrees are walked leaf by leaf, keeping
/// only the ends that a later U-turn check needs (Phan, Pradhan and Jankowiak 2019, Algorithm 2). Draws are multinomial
/// within a subtree and progressive, biased towards the newer half, between them (Betancourt 2017, A.3).
///
/// All vectors lie in one stretch of memory: a leapfrog in few dimensions is otherwise spent on allocations.
struct HamiltonianChain {
  /// An error of the energy beyond which a trajectory counts as divergent.
  static let largestError = 1000.0

  /// Points of phase space in memory: position, momentum, and the gradient of log p there.
  private enum Point: Int {
    case current, left, right, moving, proposal, branchProposal
  }

  private let trajectory: HamiltonianMonteCarlo.Trajectory
  private let schedule: HamiltonianMonteCarlo
  private let dimensions: Int
  private var random: RowRandom
  private(set) var adaptation: StepAdaptation
  private(set) var transition = 0
  private(set) var divergences = 0
  private(set) var acceptance = 0.0
  private(set) var leapfrogs = 0
  /// Positions after every transition that counts.
  private(set) var draws: [Double] = []

  /// The points, the momentum sums of trajectory and branch, the variances, then two vectors for each mark.
  private var memory: [Double]
  private var currentValue: Double
  private var energy = 0.0
  private var direction = 1.0
  private var (depth, leaf) = (0, 0)
  private var (logWeight, branchLogWeight) = (0.0, -Double.infinity)
  private var (proposalValue, branchValue): (Double, Double)
  private var (acceptanceSum, acceptanceCount) = (0.0, 0.0)

  private var momentumSumAt: Int { 18 * dimensions }
  private var branchMomentumSumAt: Int { 19 * dimensions }
  private var variancesAt: Int { 20 * dimensions }
  private func markAt(_ level: Int) -> Int { (21 + 2 * level) * dimensions }

  init(_ schedule: HamiltonianMonteCarlo, position: [Double], value: Double, gradient: [Double], random: RowRandom) {
    self.schedule = schedule
    trajectory = schedule.trajectory
    self.random = random
    dimensions = position.count
    adaptation = StepAdaptation(schedule, dimensions: position.count)
    let levels = if case .withoutUTurn(let deepest) = schedule.trajectory { deepest + 1 } else { 0 }
    memory = [Double](repeating: 0, count: (21 + 2 * levels) * position.count)
    currentValue = value
    (proposalValue, branchValue) = (value, value)
    memory.replaceSubrange(0..<dimensions, with: position)
    memory.replaceSubrange(2 * dimensions..<3 * dimensions, with: gradient)
    memory.replaceSubrange(variancesAt..<variancesAt + dimensions, with: adaptation.variances)
    draws.reserveCapacity(schedule.draws * position.count)
    begin()
  }

  /// Whether all draws were made.
  var isDone: Bool { transition == schedule.warmup + schedule.draws }

  /// Takes the first half of a leapfrog and tells where log p is wanted.
  mutating func proceed(to wanted: UnsafeMutablePointer<Double>) {
    let (step, d, variances) = (direction * adaptation.stepSize, dimensions, variancesAt)
    let at = Point.moving.rawValue * 3 * d
    memory.withUnsafeMutableBufferPointer { memory in
      for i in 0..<d {
        memory[at + d + i] += 0.5 * step * memory[at + 2 * d + i]
        memory[at + i] += step * memory[variances + i] * memory[at + d + i]
        wanted[i] = memory[at + i]
      }
    }
  }

  /// Takes the second half, with what was found at the position.
  mutating func receive(value: Double, gradient: UnsafePointer<Double>) {
    let (step, d, variances) = (direction * adaptation.stepSize, dimensions, variancesAt)
    let at = Point.moving.rawValue * 3 * d
    leapfrogs += 1
    let kinetic = memory.withUnsafeMutableBufferPointer { memory in
      var sum = 0.0
      for i in 0..<d {
        memory[at + 2 * d + i] = gradient[i]
        memory[at + d + i] += 0.5 * step * gradient[i]
        sum += memory[variances + i] * memory[at + d + i] * memory[at + d + i]
      }
      return 0.5 * sum
    }
    let error = energy - (value - kinetic)
    let gain = error.isFinite ? -error : -Double.infinity
    acceptanceSum += min(1, exp(gain))
    acceptanceCount += 1
    switch trajectory {
    case .fixed(let steps): walk(value: value, gain: gain, steps: steps)
    case .withoutUTurn(let deepest): grow(value: value, gain: gain, deepest: deepest)
    }
  }

  private mutating func copy(_ from: Point, to: Point) {
    let (length, source, target) = (3 * dimensions, from.rawValue * 3 * dimensions, to.rawValue * 3 * dimensions)
    memory.withUnsafeMutableBufferPointer { memory in
      for i in 0..<length { memory[target + i] = memory[source + i] }
    }
  }

  /// A new momentum and a trajectory of one point.
  private mutating func begin() {
    random.begin(transition)
    let (d, variances) = (dimensions, variancesAt)
    var kinetic = 0.0
    for i in 0..<d {
      let momentum = random.normal() / memory[variances + i].squareRoot()
      kinetic += memory[variances + i] * momentum * momentum
      memory[d + i] = momentum
      memory[momentumSumAt + i] = momentum
    }
    energy = currentValue - 0.5 * kinetic
    copy(.current, to: .left)
    copy(.current, to: .right)
    copy(.current, to: .proposal)
    proposalValue = currentValue
    (logWeight, depth) = (0, 0)
    (acceptanceSum, acceptanceCount) = (0, 0)
    if case .fixed = trajectory {
      copy(.current, to: .moving)
      (direction, leaf) = (1, 0)
    } else {
      branch()
    }
  }

  /// Starts a subtree of 2^depth leaves at one end.
  private mutating func branch() {
    direction = random.uniform() < 0.5 ? -1 : 1
    copy(direction > 0 ? .right : .left, to: .moving)
    (leaf, branchLogWeight) = (0, -.infinity)
    for i in 0..<dimensions { memory[branchMomentumSumAt + i] = 0 }
  }

  private mutating func walk(value: Double, gain: Double, steps: Int) {
    leaf += 1
    let diverges = gain < -Self.largestError
    if diverges { divergences += transition >= schedule.warmup ? 1 : 0 }
    if leaf < steps && !diverges { return }
    if !diverges && log(random.uniform()) < gain {
      copy(.moving, to: .proposal)
      proposalValue = value
    }
    (acceptanceSum, acceptanceCount) = (min(1, exp(gain)), 1)
    end()
  }

  private mutating func grow(value: Double, gain: Double, deepest: Int) {
    if gain < -Self.largestError {
      divergences += transition >= schedule.warmup ? 1 : 0
      return end()
    }
    branchLogWeight = Self.logSum(branchLogWeight, gain)
    if log(random.uniform()) < gain - branchLogWeight {
      copy(.moving, to: .branchProposal)
      branchValue = value
    }
    if addsMomentumAndTurns() { return end() }
    leaf += 1
    if leaf < 1 << depth { return }
    if log(random.uniform()) < branchLogWeight - logWeight {
      copy(.branchProposal, to: .proposal)
      proposalValue = branchValue
    }
    logWeight = Self.logSum(logWeight, branchLogWeight)
    copy(.moving, to: direction > 0 ? .right : .left)
    depth += 1
    if depth >= deepest || joinsAndTurns() { return end() }
    branch()
  }

  /// Adds the leaf's momentum to the branch's and checks it against the first leaves of all balanced subtrees that it
  /// completes.
  private mutating func addsMomentumAndTurns() -> Bool {
    let (d, sum, variances, place, leaf) = (
      dimensions, branchMomentumSumAt, variancesAt, (leaf >> 1).nonzeroBitCount, leaf
    )
    let momentum = (Point.moving.rawValue * 3 + 1) * d
    let marks = markAt(0)
    return memory.withUnsafeMutableBufferPointer { memory in
      for i in 0..<d { memory[sum + i] += memory[momentum + i] }
      if leaf & 1 == 0 {
        let mark = marks + 2 * place * d
        for i in 0..<d { (memory[mark + i], memory[mark + d + i]) = (memory[momentum + i], memory[sum + i]) }
        return false
      }
      let completed = (~leaf).trailingZeroBitCount
      for level in stride(from: place, through: place - completed + 1, by: -1) {
        let mark = marks + 2 * level * d
        var (atFirst, atLast) = (0.0, 0.0)
        for i in 0..<d {
          let (first, last) = (memory[mark + i], memory[momentum + i])
          // ρ of the subtree: the sum so far without what came before its first leaf.
          let whole = memory[sum + i] + memory[mark + i] - memory[mark + d + i]
          let centre = memory[variances + i] * (whole - 0.5 * (first + last))
          atFirst += first * centre
          atLast += last * centre
        }
        if atFirst <= 0 || atLast <= 0 { return true }
      }
      return false
    }
  }

  /// Adds the branch's momentum to the trajectory's and tells whether either end of that moves against
  /// ρ − (p + p′)/2, ρ the sum of the momenta from end to end.
  private mutating func joinsAndTurns() -> Bool {
    let (d, sum, branch, variances) = (dimensions, momentumSumAt, branchMomentumSumAt, variancesAt)
    let (left, right) = ((Point.left.rawValue * 3 + 1) * d, (Point.right.rawValue * 3 + 1) * d)
    return memory.withUnsafeMutableBufferPointer { memory in
      var (atFirst, atLast) = (0.0, 0.0)
      for i in 0..<d {
        memory[sum + i] += memory[branch + i]
        let (first, last) = (memory[left + i], memory[right + i])
        let centre = memory[variances + i] * (memory[sum + i] - 0.5 * (first + last))
        atFirst += first * centre
        atLast += last * centre
      }
      return atFirst <= 0 || atLast <= 0
    }
  }

  private mutating func end() {
    copy(.proposal, to: .current)
    currentValue = proposalValue
    let mean = acceptanceSum / max(acceptanceCount, 1)
    if transition < schedule.warmup {
      adaptation.learn(acceptance: mean, position: Array(memory[0..<dimensions]))
      for i in 0..<dimensions { memory[variancesAt + i] = adaptation.variances[i] }
    } else {
      draws += memory[0..<dimensions]
      acceptance += mean / Double(schedule.draws)
    }
    transition += 1
    if !isDone { begin() }
  }

  private static func logSum(_ a: Double, _ b: Double) -> Double {
    let high = max(a, b)
    return high == -.infinity ? high : high + log1p(exp(min(a, b) - high))
  }
}

import Foundation

/// A point of phase space: position, momentum, and the gradient of log p there.
struct PhasePoint {
  var position: [Double]
  var momentum: [Double]
  var gradient: [Double]
}

/// One chain, which is asked for the position it wants evaluated and told what was found there, until it has all its
/// draws. Chains of different rows so share evaluations without waiting for one another.
///
/// A trajectory without U-turn doubles, in a random direction each time; its subtrees are walked leaf by leaf, keeping
/// only the ends that a later U-turn check needs (Phan, Pradhan and Jankowiak 2019, Algorithm 2). Draws are multinomial
/// within a subtree and progressive, biased towards the newer half, between them (Betancourt 2017, A.3).
struct HamiltonianChain {
  /// An error of the energy beyond which a trajectory counts as divergent.
  static let largestError = 1000.0

  private let trajectory: HamiltonianMonteCarlo.Trajectory
  private let schedule: HamiltonianMonteCarlo
  private var random: RowRandom
  private(set) var adaptation: StepAdaptation
  private(set) var transition = 0
  private(set) var divergences = 0
  private(set) var acceptance = 0.0
  private(set) var leapfrogs = 0
  /// Positions after every transition that counts.
  private(set) var draws: [Double] = []

  private var current: PhasePoint
  private var currentValue: Double
  private var energy = 0.0
  private var left: PhasePoint
  private var right: PhasePoint
  private var moving: PhasePoint
  private var direction = 1.0
  private var (depth, leaf) = (0, 0)
  private var (logWeight, branchLogWeight) = (0.0, -Double.infinity)
  private var (momentumSum, branchMomentumSum): ([Double], [Double])
  private var (proposal, branchProposal): (PhasePoint, PhasePoint)
  private var (proposalValue, branchValue): (Double, Double)
  private var checkpoints: [(momentum: [Double], sum: [Double])] = []
  private var (acceptanceSum, acceptanceCount) = (0.0, 0.0)

  init(_ schedule: HamiltonianMonteCarlo, position: [Double], value: Double, gradient: [Double], random: RowRandom) {
    self.schedule = schedule
    trajectory = schedule.trajectory
    self.random = random
    adaptation = StepAdaptation(schedule, dimensions: position.count)
    let zeros = [Double](repeating: 0, count: position.count)
    current = PhasePoint(position: position, momentum: zeros, gradient: gradient)
    currentValue = value
    (left, right, moving, proposal, branchProposal) = (current, current, current, current, current)
    (proposalValue, branchValue) = (value, value)
    (momentumSum, branchMomentumSum) = (zeros, zeros)
    draws.reserveCapacity(schedule.draws * position.count)
    begin()
  }

  /// Whether all draws were made.
  var isDone: Bool { transition == schedule.warmup + schedule.draws }

  /// Takes the first half of a leapfrog and returns where log p is wanted.
  mutating func proceed() -> [Double] {
    let step = direction * adaptation.stepSize
    for i in moving.position.indices {
      moving.momentum[i] += 0.5 * step * moving.gradient[i]
      moving.position[i] += step * adaptation.variances[i] * moving.momentum[i]
    }
    return moving.position
  }

  /// Takes the second half, with what was found at the position.
  mutating func receive(value: Double, gradient: ArraySlice<Double>) {
    let step = direction * adaptation.stepSize
    leapfrogs += 1
    for (i, slope) in gradient.enumerated() {
      moving.gradient[i] = slope
      moving.momentum[i] += 0.5 * step * slope
    }
    let error = energy - (value - kinetic(moving.momentum))
    let gain = error.isFinite ? -error : -Double.infinity
    acceptanceSum += min(1, exp(gain))
    acceptanceCount += 1
    switch trajectory {
    case .fixed(let steps): walk(value: value, gain: gain, steps: steps)
    case .withoutUTurn(let deepest): grow(value: value, gain: gain, deepest: deepest)
    }
  }

  private func kinetic(_ momentum: [Double]) -> Double {
    var sum = 0.0
    for i in momentum.indices { sum += adaptation.variances[i] * momentum[i] * momentum[i] }
    return 0.5 * sum
  }

  /// A new momentum and a trajectory of one point.
  private mutating func begin() {
    random.begin(transition)
    for i in current.momentum.indices {
      current.momentum[i] = random.normal() / adaptation.variances[i].squareRoot()
    }
    energy = currentValue - kinetic(current.momentum)
    (left, right, proposal, proposalValue) = (current, current, current, currentValue)
    (logWeight, momentumSum, depth) = (0, current.momentum, 0)
    (acceptanceSum, acceptanceCount) = (0, 0)
    if case .fixed = trajectory { (moving, direction, leaf) = (current, 1, 0) } else { branch() }
  }

  /// Starts a subtree of 2^depth leaves at one end.
  private mutating func branch() {
    direction = random.uniform() < 0.5 ? -1 : 1
    moving = direction > 0 ? right : left
    (leaf, branchLogWeight) = (0, -.infinity)
    for i in branchMomentumSum.indices { branchMomentumSum[i] = 0 }
  }

  private mutating func walk(value: Double, gain: Double, steps: Int) {
    leaf += 1
    let diverges = gain < -Self.largestError
    if diverges { divergences += transition >= schedule.warmup ? 1 : 0 }
    if leaf < steps && !diverges { return }
    if !diverges && log(random.uniform()) < gain { (proposal, proposalValue) = (moving, value) }
    (acceptanceSum, acceptanceCount) = (min(1, exp(gain)), 1)
    end()
  }

  private mutating func grow(value: Double, gain: Double, deepest: Int) {
    if gain < -Self.largestError {
      divergences += transition >= schedule.warmup ? 1 : 0
      return end()
    }
    branchLogWeight = Self.logSum(branchLogWeight, gain)
    if log(random.uniform()) < gain - branchLogWeight { (branchProposal, branchValue) = (moving, value) }
    for i in branchMomentumSum.indices { branchMomentumSum[i] += moving.momentum[i] }
    if turnsWithinBranch() { return end() }
    leaf += 1
    if leaf < 1 << depth { return }
    if log(random.uniform()) < branchLogWeight - logWeight { (proposal, proposalValue) = (branchProposal, branchValue) }
    logWeight = Self.logSum(logWeight, branchLogWeight)
    if direction > 0 { right = moving } else { left = moving }
    for i in momentumSum.indices { momentumSum[i] += branchMomentumSum[i] }
    depth += 1
    if depth >= deepest || turns(left.momentum, right.momentum, momentumSum) { return end() }
    branch()
  }

  /// Checks the leaf against the first leaves of all balanced subtrees that it completes.
  private mutating func turnsWithinBranch() -> Bool {
    let place = (leaf >> 1).nonzeroBitCount
    if leaf & 1 == 0 {
      let mark = (moving.momentum, branchMomentumSum)
      if place < checkpoints.count { checkpoints[place] = mark } else { checkpoints.append(mark) }
      return false
    }
    let completed = (~leaf).trailingZeroBitCount
    for level in stride(from: place, through: place - completed + 1, by: -1) {
      let mark = checkpoints[level]
      var sum = branchMomentumSum
      for i in sum.indices { sum[i] += mark.momentum[i] - mark.sum[i] }
      if turns(mark.momentum, moving.momentum, sum) { return true }
    }
    return false
  }

  /// Whether either end moves against ρ − (p + p′)/2, ρ the sum of the momenta from end to end.
  private func turns(_ first: [Double], _ last: [Double], _ sum: [Double]) -> Bool {
    var (atFirst, atLast) = (0.0, 0.0)
    for i in sum.indices {
      let centre = adaptation.variances[i] * (sum[i] - 0.5 * (first[i] + last[i]))
      atFirst += first[i] * centre
      atLast += last[i] * centre
    }
    return atFirst <= 0 || atLast <= 0
  }

  private mutating func end() {
    (current, currentValue) = (proposal, proposalValue)
    let mean = acceptanceSum / max(acceptanceCount, 1)
    if transition < schedule.warmup {
      adaptation.learn(acceptance: mean, position: current.position)
    } else {
      draws += current.position
      acceptance += mean / Double(schedule.draws)
    }
    transition += 1
    if !isDone { begin() }
  }

  private static func logSum(_ a: Double, _ b: Double) -> Double {
    let high = max(a, b)
    return high == -.infinity ? high : high + log(exp(a - high) + exp(b - high))
  }
}

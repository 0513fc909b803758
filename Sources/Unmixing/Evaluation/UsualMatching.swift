import Scenes

extension MatchingRule {
  /// The rule an estimate is judged by unless another is asked for.
  ///
  /// - Labels fix the order of endmembers, so an estimate that learnt from labels is judged in that order: ``none``, or
  ///   ``names`` where the truth lists the same names in another order.
  /// - What was found without labels has to be paired: by ``spectralAngle``, or by ``abundance`` where the truth or the
  ///   estimate has no spectra.
  ///
  /// - Parameters:
  ///   - isLabelled: whether names and order of the estimate's endmembers are those of labels it learnt from.
  public static func usual(for estimate: Estimate, isLabelled: Bool, against truth: GroundTruth?) -> MatchingRule {
    if isLabelled { return isReordering(estimate.names, truth?.names ?? []) ? .names : .none }
    return truth?.endmembers == nil || estimate.endmembers == nil ? .abundance : .spectralAngle
  }

  /// Whether two lists hold the same different names, whatever their case, in another order.
  private static func isReordering(_ names: [String], _ others: [String]) -> Bool {
    let (names, others) = (names.map { $0.lowercased() }, others.map { $0.lowercased() })
    return names != others && Set(names).count == names.count && others.count == names.count
      && Set(names) == Set(others)
  }
}

extension RunDescription {
  /// Whether the run learnt from labels, which then name its endmembers and fix their order.
  public var isLabelled: Bool { configuration.usesLabels }
}

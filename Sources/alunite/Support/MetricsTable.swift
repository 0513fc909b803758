import Unmixing

/// What a training run prints of its metrics.
typealias MetricsTable = Report

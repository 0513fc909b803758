import Tensors

/// What can be wrong with a program: each names the site.
public enum ProbabilityError: Error, Equatable, CustomStringConvertible {
  /// One of a program's two functions.
  public enum Side: String, Sendable {
    /// The function that draws observations from latent values.
    case model
    /// The function that draws latent values from observations.
    case guide
  }

  /// Two sites of one run have the same name.
  case nameUsedTwice(String)
  /// A site that one side draws does not occur on the other, named here. `shape` is that of a draw, where it is known.
  case siteMissing(String, shape: Shape?, side: Side)
  /// A value does not have the shape of a draw from the site's distribution.
  case shapesDisagree(String, expected: Shape, found: Shape)
  /// A site's density counts other rows than the sites before it.
  case rowsDisagree(String, expected: Int, found: Int)
  /// The site has an unnormalised density, which cannot be drawn from.
  case cannotDraw(String)
  /// The guide observes here or has a factor, which a distribution of latent values cannot.
  case scoredInGuide(String)
  /// The guide's distribution cannot be differentiated through its draws.
  case notReparameterized(String)

  /// One sentence that names the site and what was expected and found.
  public var description: String {
    switch self {
    case .nameUsedTwice(let site):
      "two sites are called '\(site)'"
    case .siteMissing(let site, let shape, let side):
      "site '\(site)'\(shape.map { " of shape \($0)" } ?? "") does not occur in the \(side.rawValue)"
    case .shapesDisagree(let site, let expected, let found):
      "site '\(site)' has a value of shape \(found) where its distribution draws \(expected)"
    case .rowsDisagree(let site, let expected, let found):
      "site '\(site)' has \(found) rows where the sites before it have \(expected)"
    case .cannotDraw(let site):
      "site '\(site)' has a density that cannot be drawn from"
    case .scoredInGuide(let site):
      "site '\(site)' is observed in the guide, or a factor there; a guide only samples"
    case .notReparameterized(let site):
      "site '\(site)' is drawn in the guide from a distribution without differentiable draws"
    }
  }
}

/// What the options of classical methods mean, a line each, under the names `--set` takes.
enum OptionMeanings {
  /// The meaning of an option of a method; nothing for one nobody described.
  static func meaning(of option: String, in method: String) -> String? { own["\(method).\(option)"] ?? shared[option] }

  /// Where methods give a name different meanings.
  private static let own = [
    "ls.sumToOne": "whether abundances sum to one",
    "sunsal.sumToOne": "whether abundances sum to one, which those of a library seldom do",
    "sunsal.lambda": "λ, the price of an abundance; the more noise, the larger (usually 1e-4 to 1e-1)",
    "sunsal.rounds": "the most rounds; with 0 the exact end does everything",
    "collaborative-sunsal.lambda": "λ, the price of the length of an abundance map",
    "glnmf.smoothness": "μ, the weight of smoothness over similar spectra",
    "sgsnmf.sparsity": "λ, the weight of the superpixels' sparsity",
    "sswnmf.offset": "ε, the norm of an abundance map below which its weight stops growing",
    "tv-rsnmf.coupling": "μ, how closely the smooth maps are coupled to the abundances",
    "elmm.smoothness": "λ_ψ, the weight of the factors' smoothness",
    "glmm.smoothness": "λ_Ψ, the weight of the factors' smoothness",
    "plmm.coupling": "γ, how closely a pixel's endmembers are held to the scene's",
    "plmm.smoothness": "α, the weight of the abundances' smoothness",
    "elmm.tolerance": "the relative change at which it ends",
    "glmm.tolerance": "the relative change at which it ends",
    "plmm.tolerance": "the relative change at which it ends",
  ].merging(
    ["sunsal", "collaborative-sunsal", "sunsal-tv"].map {
      ("\($0).tolerance", "what residuals are to be below, relative to the abundances, for the rounds to end")
    }, uniquingKeysWith: { first, _ in first })

  private static let shared = [
    "spectra": "division of pixels and endmembers before all else: none, by the scene's maximum, by each norm",
    "dividesBySum": "whether a pixel's abundances are divided by their sum afterwards",
    "lambda": "λ, the price of an abundance",
    "lambdaTV": "λ_TV, the price of a difference between neighbours",
    "rounds": "the most rounds of the alternating method",
    "exact": "whether the conditions of optimality are made to hold exactly in the end",
    "sumToOne": "δ, the weight of the sum to one",
    "iterations": "the most iterations",
    "tolerance": "the relative change of the objective that counts as standstill",
    "sparsity": "λ, the weight of sparsity",
    "sparsityScale": "λ, in multiples of the scene's own sparseness",
    "smoothness": "the weight of smoothness",
    "neighbours": "how many of the most similar spectra every pixel is joined with",
    "offset": "ε, the abundance below which weights stop growing",
    "totalVariation": "the weight of the abundances' total variation over the image",
    "coupling": "how closely a pixel's endmembers are held to scaled ones",
    "isIsotropic": "whether differences across and down are taken together",
    "denoisingRounds": "the rounds of gradient projection an iteration makes",
    "width": "the width of superpixels, in pixels",
    "spatialWeight": "how much a superpixel's position counts against its spectrum",
    "descent": "the share of the projected gradient at which a step ends",
    "penalty": "ρ, the penalty of the abundances' solver",
    "anchoring": "β, how closely the scene's endmembers are held to those it begins with",
    "noise": "what fits leave of a band, what other bands do not explain of it, or drawn with the abundances",
    "concentration": "α of the Dirichlet prior; 1 is even",
    "warmup": "sweeps before the first draw",
    "draws": "the draws kept of each pixel",
    "thinning": "sweeps from one draw to the next",
  ]
}

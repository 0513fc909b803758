import Tensors

/// Where a pixel's endmembers are drawn to, and how strongly.
protocol EndmemberReference: Sendable {
  /// λ, the weight of the squared distance of a pixel's endmembers from the reference.
  var coupling: Double { get }
  /// The least a pixel's endmembers may be.
  var floor: Double { get }
  /// Writes the reference of a pixel, `[endmembers, bands]`.
  func write(_ pixel: Int, to endmembers: UnsafeMutablePointer<Double>)
}

/// Endmembers of every pixel's own, between what its spectrum asks for and a reference: never stored, only summed up.
///
///     S = argmin over S ≥ floor of ½ ‖y − Sᵀa‖² + (λ/2) ‖S − T‖²
///       = max(T + θ a, floor) band by band, with θ such that λ θ = y − Σₖ aₖ sₖ
///
/// The equation for θ is piecewise linear, convex and increasing: where the floor plays no part θ is
/// (y − Σ aₖ tₖ) / (λ + ‖a‖²), else Newton's method finds it in at most as many steps as there are endmembers.
///
/// - Complexity: O(pixels · bands · endmembers²).
/// - Source: Drumetz et al., IEEE TIP 25, 2016, which sets entries below the floor to it; here the bounded problem
///   is solved exactly, so that the objective cannot grow.
struct AdaptedEndmembers: Sendable {
  /// S Sᵀ of every pixel, `[pixels, endmembers, endmembers]`.
  private(set) var gram: [Double]
  /// S y of every pixel, `[pixels, endmembers]`.
  private(set) var products: [Double]

  /// Adapts the endmembers of every pixel.
  ///
  /// - Parameter visit: Shown each pixel's endmembers once, `[endmembers, bands]`, block by block of ``SpectraBlocks``;
  ///   blocks are visited side by side.
  init(
    _ spectra: SpectraBlocks, abundances: [Double], _ reference: some EndmemberReference,
    _ visit: @Sendable (_ block: Int, _ pixel: Int, _ endmembers: UnsafePointer<Double>) -> Void = { _, _, _ in }
  ) {
    let count = abundances.count / max(spectra.count, 1)
    gram = [Double](repeating: 0, count: spectra.count * count * count)
    products = [Double](repeating: 0, count: spectra.count * count)
    gram.withUnsafeMutableBufferPointer { gram in
      products.withUnsafeMutableBufferPointer { products in
        let (gram, products) = (Shared(gram.baseAddress), Shared(products.baseAddress))
        parallelFor(spectra.blocks.count) { block in
          guard let gram = gram.pointer, let products = products.pointer else { return }
          Self.forEachPixel(of: block, spectra, abundances, reference) { pixel, spectrum, own in
            Self.sum(
              own, spectrum, count: count, bands: spectra.bands, gram + pixel * count * count,
              products + pixel * count)
            visit(block, pixel, own)
          }
        }
      }
    }
  }

  private static func forEachPixel(
    of block: Int, _ spectra: SpectraBlocks, _ abundances: [Double], _ reference: some EndmemberReference,
    _ body: (_ pixel: Int, _ spectrum: UnsafePointer<Scalar>, _ endmembers: UnsafePointer<Double>) -> Void
  ) {
    let (count, bands) = (abundances.count / spectra.count, spectra.bands)
    spectra.blocks[block].withUnsafeScalars { values in
      abundances.withUnsafeBufferPointer { abundances in
        withUnsafeTemporaryAllocation(of: Double.self, capacity: count * bands) { own in
          guard let values = values.baseAddress, let abundances = abundances.baseAddress, let own = own.baseAddress
          else { return }
          for (row, pixel) in spectra.range(of: block).enumerated() {
            reference.write(pixel, to: own)
            let shares = abundances + pixel * count
            let adaptation = PixelAdaptation(
              shares, count: count, coupling: reference.coupling, floor: reference.floor)
            for band in 0..<bands {
              adaptation.adapt(own + band, stride: bands, to: Double(values[row * bands + band]))
            }
            body(pixel, values + row * bands, own)
          }
        }
      }
    }
  }

  private static func sum(
    _ endmembers: UnsafePointer<Double>, _ spectrum: UnsafePointer<Scalar>, count: Int, bands: Int,
    _ gram: UnsafeMutablePointer<Double>, _ products: UnsafeMutablePointer<Double>
  ) {
    for k in 0..<count {
      for j in 0...k {
        var sum = 0.0
        for band in 0..<bands { sum += endmembers[k * bands + band] * endmembers[j * bands + band] }
        gram[k * count + j] = sum
        gram[j * count + k] = sum
      }
      var sum = 0.0
      for band in 0..<bands { sum += endmembers[k * bands + band] * Double(spectrum[band]) }
      products[k] = sum
    }
  }
}

/// The adaptation of one pixel's endmembers in one band.
struct PixelAdaptation {
  private let abundances: UnsafePointer<Double>
  private let count: Int
  private let coupling: Double
  private let floor: Double
  private let square: Double

  init(_ abundances: UnsafePointer<Double>, count: Int, coupling: Double, floor: Double) {
    (self.abundances, self.count, self.coupling, self.floor) = (abundances, count, coupling, floor)
    var sum = 0.0
    for k in 0..<count { sum += abundances[k] * abundances[k] }
    square = sum
  }

  /// Replaces a reference by what is adapted to a reflectance; the endmembers' numbers lie `stride` apart.
  func adapt(_ values: UnsafeMutablePointer<Double>, stride: Int, to reflectance: Double) {
    var rest = reflectance
    for k in 0..<count { rest -= abundances[k] * values[k * stride] }
    let pull = rest / (coupling + square)
    var lowest = Double.infinity
    for k in 0..<count { lowest = min(lowest, values[k * stride] + pull * abundances[k]) }
    let exact = lowest >= floor ? pull : boundedPull(values, stride, reflectance, from: pull)
    for k in 0..<count { values[k * stride] = max(values[k * stride] + exact * abundances[k], floor) }
  }

  /// Newton's method on λ θ + Σ aₖ max(tₖ + θ aₖ, floor) − y, from a point on either side of its root.
  private func boundedPull(
    _ values: UnsafePointer<Double>, _ stride: Int, _ reflectance: Double, from start: Double
  ) -> Double {
    var pull = start
    for _ in 0..<count + 2 {
      var (height, slope) = (coupling * pull - reflectance, coupling)
      for k in 0..<count {
        let moved = values[k * stride] + pull * abundances[k]
        height += abundances[k] * max(moved, floor)
        if moved > floor { slope += abundances[k] * abundances[k] }
      }
      let next = pull - height / slope
      if next == pull { break }
      pull = next
    }
    return pull
  }
}

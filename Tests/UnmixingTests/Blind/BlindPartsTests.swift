import Foundation
import Scenes
import TestSupport
import Tensors
import Testing
import Unmixing

/// The parts blind methods are made of, each beside a closed form or its definition.
@Suite struct BlindPartsTests {
  // MARK: Total variation

  private func line(_ columns: Int) -> ImageNeighbours {
    ImageNeighbours(Scene(name: "line", rows: 1, columns: columns, spectra: .ones([columns, 1])))
  }

  @Test func variationOfAStepIsItsHeight() {
    let variation = TotalVariation(line(6), maps: 1, isIsotropic: false)
    expectClose(variation.value(of: [1, 1, 1, 4, 4, 4]), 3, absolute: 1e-15, because: "one jump of 3")
  }

  @Test func denoisingAStepMovesItsLevelsTogether() {
    // Of two levels of three pixels each, w of total variation takes w/3 from the upper and gives it to the lower.
    var variation = TotalVariation(line(6), maps: 1, isIsotropic: false)
    let found = variation.denoised([1, 1, 1, 4, 4, 4], weight: 0.6, rounds: 2000)
    expectClose(
      found, [1.2, 1.2, 1.2, 3.8, 3.8, 3.8], absolute: 1e-8, because: "2000 rounds of an O(1/rounds²) method")
  }

  @Test func isotropicVariationTakesBothDirectionsTogether() {
    let scene = Scene(name: "square", rows: 2, columns: 2, spectra: .ones([4, 1]))
    let corner = [0.0, 3, 4, 0]
    let isotropic = TotalVariation(ImageNeighbours(scene), maps: 1, isIsotropic: true).value(of: corner)
    // √(3² + 4²) at the first pixel, 3 down from the second, 4 across from the third.
    expectClose(isotropic, 12, absolute: 1e-12, because: "5 + 3 + 4")
    let anisotropic = TotalVariation(ImageNeighbours(scene), maps: 1, isIsotropic: false).value(of: corner)
    expectClose(anisotropic, 14, absolute: 1e-12, because: "3 + 4 + 3 + 4")
  }

  @Test func maskedPixelsSeparate() {
    let scene = Scene(
      name: "gap", rows: 1, columns: 5, spectra: .ones([5, 1]), isValid: [true, true, false, true, true])
    let neighbours = ImageNeighbours(scene)
    #expect(neighbours.right == [1, -1, 3, -1] && neighbours.left == [-1, 0, -1, 2])
    #expect(TotalVariation(neighbours, maps: 1, isIsotropic: false).value(of: [1, 1, 9, 9]) == 0)
  }

  // MARK: Smoothing

  @Test func smoothingSolvesItsSystem() {
    // (2 + L) x = b on three pixels in a row, L = [[1, −1, 0], [−1, 2, −1], [0, −1, 1]], by elimination.
    var values = [0.0, 0, 0]
    GridSmoothing(line(3), maps: 1, weight: 1).solve(&values, diagonal: [2], right: [3, 0, 0])
    let determinant = 3.0 * (4 * 3 - 1) - 3
    expectClose(
      values, [3 * 11 / determinant, 3 * 3 / determinant, 3 * 1 / determinant], absolute: 1e-12,
      because: "three steps of conjugate gradients are exact")
  }

  @Test func mapsAreSmoothedByThemselves() {
    var both = [1.0, 5, 2, 0, 4, 1]
    var first = [1.0, 2, 4]
    let right = [3.0, 1, 0, 2, 1, 1]
    GridSmoothing(line(3), maps: 2, weight: 0.7).solve(&both, diagonal: [2, 0.5], right: right)
    GridSmoothing(line(3), maps: 1, weight: 0.7).solve(&first, diagonal: [2], right: [3, 0, 1])
    expectClose([both[0], both[2], both[4]], first, absolute: 1e-7, because: "both are solved to 10⁻⁸ of their norm")
  }

  // MARK: Simplex

  @Test func projectsOntoTheSimplex() {
    func projected(_ values: [Double]) -> [Double] {
      var values = values
      values.withUnsafeMutableBufferPointer { buffer in
        if let base = buffer.baseAddress { SimplexProjection.project(base, count: buffer.count) }
      }
      return values
    }
    expectClose(projected([0.5, 0.3, 0.2]), [0.5, 0.3, 0.2], absolute: 1e-15, because: "is there already")
    expectClose(projected([2, 0, 0]), [1, 0, 0], absolute: 1e-15, because: "a corner")
    expectClose(projected([1, 1, -5]), [0.5, 0.5, 0], absolute: 1e-15, because: "an edge")
    expectClose(projected([-3, -3.5]), [0.75, 0.25], absolute: 1e-15, because: "all negative")
    expectClose(projected([7]), [1], absolute: 0, because: "one number")
  }

  // MARK: Graph

  @Test func graphJoinsNearestSpectra() {
    // On a line at 0, 1, 3 and 10: each asks for its nearest, and being asked joins as well.
    let graph = PixelGraph(SpectraBlocks(Tensor([4, 1], [0, 1, 3, 10])), nearest: 1)
    #expect(graph.starts == [0, 1, 3, 5, 6])
    #expect(graph.ends == [1, 0, 2, 1, 3, 2])
    let width = (1.0 + 1 + 2 + 7) / 4
    let expected = [1.0, 1, 4, 4, 49, 49].map { exp(-$0 / (width * width)) }
    expectClose(graph.weights, expected, absolute: 1e-12, because: "the heat kernel in Double")
    expectClose(
      graph.degrees, [expected[0], expected[0] + expected[2], expected[2] + expected[4], expected[4]],
      absolute: 1e-12, because: "sums of weights")
  }

  @Test func graphAgreesWithTryingAllPairs() {
    // 1100 spectra make three blocks.
    let (count, bands, nearest) = (1100, 5, 4)
    let spectra = irregular([count, bands], in: 0...1, salt: 9)
    let values = spectra.doubles
    let graph = PixelGraph(SpectraBlocks(spectra), nearest: nearest)
    var joined = [Set<Int32>](repeating: [], count: count)
    for i in 0..<count {
      let squares = (0..<count).map { j in
        (0..<bands).reduce(0.0) { $0 + pow(values[i * bands + $1] - values[j * bands + $1], 2) }
      }
      for j in (0..<count).filter({ $0 != i }).sorted(by: { squares[$0] < squares[$1] }).prefix(nearest) {
        joined[i].insert(Int32(j))
        joined[j].insert(Int32(i))
      }
    }
    let found = (0..<count).map { Set(graph.ends[graph.starts[$0]..<graph.starts[$0 + 1]]) }
    let different = (0..<count).filter { found[$0] != joined[$0] }
    #expect(different.isEmpty, "\(different.count) pixels differ")
  }

  // MARK: Superpixels

  /// Two halves of different spectra, with noise.
  private func halves() -> Scene {
    let (rows, columns) = (20, 24)
    let noise = irregular([rows * columns, 8], in: -0.005...0.005)
    let spectra = Tensor(
      [rows * columns, 8],
      (0..<rows * columns * 8).map { place in
        let isLeft = place / 8 % columns < 11
        return (isLeft ? Scalar(place % 8) / 8 : 0.6 - Scalar(place % 8) / 20) + 0.1
      })
    return Scene(name: "halves", rows: rows, columns: columns, spectra: spectra + noise)
  }

  @Test func superpixelsKeepToOneMaterial() {
    var scene = halves()
    for pixel in [0, 57, 200, 201] { scene.isValid[pixel] = false }
    let valid = scene.validPixels
    let spectra = scene.spectra.gatheringRows(valid)
    let found = Superpixels(of: scene, spectra: spectra, width: 6, spatialWeight: 0.5)
    #expect(found.labels.count == valid.count && found.distances.allSatisfy { $0.isFinite && $0 >= 0 })
    #expect(Set(found.labels) == Set(0..<found.count))
    // 480 pixels in hexagons of 31 each, some merged, some cut at the border.
    #expect((8...40).contains(found.count), "\(found.count) regions")
    var sides = [Set<Bool>](repeating: [], count: found.count)
    for (place, label) in found.labels.enumerated() { sides[label].insert(valid[place] % scene.columns < 11) }
    #expect(sides.allSatisfy { $0.count == 1 })
  }

  @Test func superpixelsAreConnectedAndNotTiny() {
    let scene = halves()
    let found = Superpixels(of: scene, spectra: scene.spectra, width: 6, spatialWeight: 0.5)
    let neighbours = ImageNeighbours(scene)
    for label in 0..<found.count {
      let members = found.labels.indices.filter { found.labels[$0] == label }
      #expect(members.count >= 9, "a quarter of 6²")
      var reached: Set<Int> = [members[0]]
      var next = [members[0]]
      while let place = next.popLast() {
        let beside = [neighbours.right, neighbours.left, neighbours.below, neighbours.above].map { Int($0[place]) }
        for other in beside where other >= 0 && found.labels[other] == label && !reached.contains(other) {
          reached.insert(other)
          next.append(other)
        }
      }
      #expect(reached.count == members.count)
    }
  }

  // MARK: Descent

  @Test func descentFindsTheBoundedMinimum() {
    // ½ xᵀG x − hᵀx with G = [[2, 1], [1, 2]] and h = (3, −1): free minimum (7/3, −5/3), bounded one (3/2, 0).
    let found = descended(from: [0.2, 0.9], gram: [2, 1, 1, 2], right: [3, -1], weight: 0)
    expectClose(found, [1.5, 0], absolute: 1e-5, because: "the projected gradient is 10⁻⁸ of the first")
  }

  @Test func descentUnderAGroupPenaltyBalancesIt() {
    // ½ x² − h x + c |w x| in one dimension: x = h − c w.
    let found = descended(from: [1], gram: [1], right: [2], weight: 0.5, weights: [0.8])
    expectClose(found, [1.6], absolute: 1e-6, because: "2 − 0.5 · 0.8")
  }

  @Test func slopesAgreeWithDifferences() {
    let (gram, right, weights): ([Double], [Double], [Double]) = (
      [3, 1, 0.5, 1, 2, 0.2, 0.5, 0.2, 4], [1, -2, 0.5], [0.3, 0.9, 0.6]
    )
    gram.withUnsafeBufferPointer { gram in
      right.withUnsafeBufferPointer { right in
        weights.withUnsafeBufferPointer { weights in
          guard let g = gram.baseAddress, let h = right.baseAddress, let w = weights.baseAddress else { return }
          expectSlopes(
            of: PixelObjective(count: 3, gram: g, right: h, groupWeight: 0.7, weights: w), at: [0.4, 0.2, 0.9])
        }
      }
    }
    let products = [0.3, 0.8, -0.2, 0.1, 0.5, 0.7]
    expectSlopes(
      of: EndmemberObjective(gram: [2, 0.4, 0.4, 1], products: products, endmembers: 2),
      at: [0.1, 0.6, 0.2, 0.9, 0.3, 0.5])
  }

  private func expectSlopes(of objective: some DescentObjective, at point: [Double]) {
    var slopes = [Double](repeating: 0, count: point.count)
    objective.gradient(at: point, into: &slopes)
    let differences = point.indices.map { index in
      var (up, down) = (point, point)
      up[index] += 1e-6
      down[index] -= 1e-6
      return (objective.value(at: up) - objective.value(at: down)) / 2e-6
    }
    expectClose(slopes, differences, absolute: 1e-8, because: "central differences in Double")
  }

  private func descended(
    from start: [Double], gram: [Double], right: [Double], weight: Double, weights: [Double] = [1, 1]
  ) -> [Double] {
    var point = start
    point.withUnsafeMutableBufferPointer { point in
      gram.withUnsafeBufferPointer { gram in
        right.withUnsafeBufferPointer { right in
          weights.withUnsafeBufferPointer { weights in
            guard let x = point.baseAddress, let g = gram.baseAddress, let h = right.baseAddress,
              let w = weights.baseAddress
            else { return }
            ProjectedGradient(tolerance: 1e-8).descend(
              x, PixelObjective(count: point.count, gram: g, right: h, groupWeight: weight, weights: w))
          }
        }
      }
    }
    return point
  }
}

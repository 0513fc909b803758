import Synthetic
import Tensors
import TestSupport
import Testing

@Suite struct AbundanceFieldTests {
  static let fields: [AbundanceField] = [
    .dirichlet(.flatAndSparse), .dirichlet(DirichletMixture([.init(concentration: 0.001)])),
    .mosaic(Mosaic()), .mosaic(Mosaic(cells: .blocks, size: 5, filter: 3)), .mosaic(Mosaic(size: 100)),
    .matern(MaternField()), .matern(MaternField(rule: .softmax, sharpness: 8)),
    .matern(MaternField(smoothness: 0.3, length: 1)), .blocks(BlockField()), .blocks(BlockField(size: 3, filter: 1)),
  ]

  @Test(arguments: fields) func fractionsLieOnTheSimplex(field: AbundanceField) {
    let (rows, columns, endmembers) = (37, 23, 7)
    let (fractions, remarks) = field.abundances(rows: rows, columns: columns, endmembers: endmembers, seed: 3)
    #expect(fractions.shape == [rows * columns, endmembers])
    #expect(remarks.isEmpty)
    let values = fractions.scalars
    #expect(values.allSatisfy { $0 >= 0 && $0 <= 1 })
    for pixel in 0..<rows * columns {
      let sum = (0..<endmembers).reduce(0) { $0 + Double(values[pixel * endmembers + $1]) }
      expectClose(sum, 1, absolute: 1e-6, because: "seven fractions rounded to Float once")
    }
  }

  @Test(arguments: fields) func seedsMakeDifferentFields(field: AbundanceField) {
    func fractions(_ seed: UInt64) -> Tensor {
      field.abundances(rows: 20, columns: 30, endmembers: 5, seed: seed).fractions
    }
    #expect(fractions(1) == fractions(1))
    #expect(fractions(1) != fractions(2))
  }
}

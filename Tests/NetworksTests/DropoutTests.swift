import Networks
import TestSupport
import Tensors
import Testing

@Suite("Dropout")
struct DropoutTests {
  @Test("drops the given share and scales the rest")
  func share() {
    var pass = Pass(.training, random: RandomStream(seed: 1))
    let y = Dropout(rate: 0.25)(Tensor.ones([1000, 100]), in: &pass).scalars
    #expect(Set(y) == [0, 1 / (1 - Scalar(0.25))])
    let dropped = Double(y.filter { $0 == 0 }.count)
    // Binomial(10⁵, ¼) has standard deviation 137; six of them are exceeded once in 5·10⁸ seeds.
    #expect(abs(dropped - 25_000) < 822)
  }

  @Test("derivatives pass where the numbers did")
  func derivative() {
    var x = Tensor.ones([50, 4])
    var kept = Tensor.zeros([50, 4])
    let gradient = valueAndGradient(at: &x) { x in
      var pass = Pass(.training, random: RandomStream(seed: 2))
      let y = Dropout(rate: 0.5)(x, in: &pass)
      kept = y.detached
      return (3 * y).sum()
    }.gradient
    #expect(gradient == 3 * kept)
  }

  @Test("leaves numbers and the random stream alone at inference and at rate 0")
  func inference() {
    let x = Tensor([1, 2, 3])
    for (rate, mode) in [(Scalar(0.5), Pass.Mode.inference), (0, .training)] {
      var pass = Pass(mode, random: RandomStream(seed: 3))
      #expect(Dropout(rate: rate)(x, in: &pass) == x)
      #expect(pass.random == RandomStream(seed: 3))
    }
  }

  @Test("a pixel keeps its mask in another batch")
  func rows() {
    var pass = Pass(.training, random: RandomStream(seed: 4))
    var other = pass
    pass.random.rows = [17, 5, 9]
    other.random.rows = [9, 17]
    let (a, b) = (Dropout(rate: 0.5)(.ones([3, 40]), in: &pass), Dropout(rate: 0.5)(.ones([2, 40]), in: &other))
    #expect(a.slice(along: 0, 2..<3) == b.slice(along: 0, 0..<1))
    #expect(a.slice(along: 0, 0..<1) == b.slice(along: 0, 1..<2))
  }
}

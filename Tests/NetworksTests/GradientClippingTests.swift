import Networks
import TestSupport
import Tensors
import Testing

@Suite("Gradient clipping")
struct GradientClippingTests {
  @Test("the norm is that of all parameters together, and tells itself before clipping")
  func norm() {
    var gradient = [Tensor([3, 0]), Tensor([1, 1], [4])]
    #expect(GradientClipping.none(&gradient) == 5)
    #expect(gradient == [Tensor([3, 0]), Tensor([1, 1], [4])])
    #expect(GradientClipping.globalNorm(10)(&gradient) == 5)
    #expect(gradient == [Tensor([3, 0]), Tensor([1, 1], [4])])
    #expect(GradientClipping.globalNorm(2.5)(&gradient) == 5)
    #expect(gradient == [Tensor([1.5, 0]), Tensor([1, 1], [2])])
  }

  @Test("values are brought within bounds one by one")
  func value() {
    var gradient = [Tensor([3, -7]), Tensor([0.5])]
    GradientClipping.value(2)(&gradient)
    #expect(gradient == [Tensor([2, -2]), Tensor([0.5])])
  }

  @Test("a gradient that is not finite is left for the caller to see")
  func notFinite() {
    var gradient = [Tensor([.infinity, 1]), Tensor([4])]
    #expect(GradientClipping.globalNorm(1)(&gradient) == .infinity)
    #expect(gradient == [Tensor([.infinity, 1]), Tensor([4])])
    gradient[0] = Tensor([.nan, 1])
    #expect(GradientClipping.value(1)(&gradient).isNaN)
    #expect(gradient[1] == Tensor([4]))
  }

  @Test("squares too large for Float do not overflow the norm")
  func large() {
    #expect(abs([Tensor([3e25, 4e25])].globalNorm / 5e25 - 1) < 1e-6)
  }
}

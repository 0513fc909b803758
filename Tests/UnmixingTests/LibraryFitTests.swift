import Scenes
import Tensors
import TestSupport
import Testing
import Unmixing

@Suite struct LibraryFitTests {
  private static let wavelengths = stride(from: 500.0, through: 900, by: 10).map { $0 }

  private func scene(shiftedBy shift: Double = 0) -> Scene {
    Scene(
      name: "made", rows: 1, columns: 2, spectra: .ones([2, Self.wavelengths.count]),
      axis: SpectralAxis(wavelengths: Self.wavelengths.map { $0 + shift }))
  }

  /// A ramp, of which a shift by 30 nm is seen as 0.03.
  private let library = SpectralLibrary(
    names: ["ramp"], spectra: Tensor([1, wavelengths.count], wavelengths.map { Scalar($0 / 1000) }),
    axis: SpectralAxis(wavelengths: wavelengths), source: "ramp.sli")

  @Test func nearlyTheSameBandsAreTaken() throws {
    #expect(try library.fitted(to: scene(shiftedBy: 4)).spectra == library.spectra)
    var unknown = scene()
    unknown.axis = nil
    #expect(try library.fitted(to: unknown).spectra == library.spectra)
  }

  @Test func asManyBandsElsewhereAreNotTheSame() throws {
    let found = try library.fitted(to: scene(shiftedBy: 30))
    // Inside the range the ramp is read 30 nm further up; beyond it there is nothing.
    expectClose(
      found.spectra.slice(along: 1, 5..<30), library.spectra.slice(along: 1, 5..<30) + 0.03, absolute: 1e-4,
      because: "a ramp is its own average")
    #expect(found.completeBands.count < found.bands)
    #expect(throws: UnmixingError.self) { try found.endmembers(of: scene(shiftedBy: 30)) }
  }

  @Test func bandsFarAwayAreRefusedByTheirWavelengths() throws {
    #expect {
      _ = try library.fitted(to: scene(shiftedBy: 5000))
    } throws: { error in
      "\(error)".contains("wavelengths of ramp.sli") && "\(error)".contains("5500.0 to 5900.0 nm")
    }
  }
}

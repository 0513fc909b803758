import Scenes
import Tensors
import Testing

@Suite("Patches")
struct PatchesTests {
  /// The definition, sample by sample.
  private func expected(
    _ scene: Scene, _ pixel: Int, side: Int, _ padding: View.Padding
  ) -> [Scalar] {
    func mirrored(_ place: Int, _ extent: Int) -> Int {
      var place = place
      while place < 0 || place >= extent {
        if extent == 1 { return 0 }
        place = place < 0 ? -place : 2 * (extent - 1) - place
      }
      return place
    }
    var result: [Scalar] = []
    for down in 0..<side {
      for right in 0..<side {
        let row = pixel / scene.columns + down - side / 2
        let column = pixel % scene.columns + right - side / 2
        let isInside = row >= 0 && row < scene.rows && column >= 0 && column < scene.columns
        for band in 0..<scene.bands {
          if isInside {
            result.append(scene.value(row, column, band))
          } else if padding == .zero {
            result.append(0)
          } else {
            result.append(scene.value(mirrored(row, scene.rows), mirrored(column, scene.columns), band))
          }
        }
      }
    }
    return result
  }

  @Test("windows are what their definition says, also beyond small scenes", arguments: [1, 3, 5, 7, 9, 11])
  func windows(side: Int) {
    for (rows, columns) in [(6, 7), (1, 1), (1, 5), (4, 1), (2, 3), (12, 13)] {
      let scene = rampScene(rows: rows, columns: columns, bands: 3)
      for padding in View.Padding.allCases {
        let patches = Patches(of: scene, view: .window(side: side, padding: padding))
        #expect(patches.count == rows * columns)
        let pixels = Array((0..<patches.count).reversed())
        let batch = patches.batch(pixels)
        #expect(batch.shape == [pixels.count, side, side, 3])
        let all = pixels.flatMap { expected(scene, $0, side: side, padding) }
        #expect(batch.scalars == all)
      }
    }
  }

  @Test("the middle of every window is its pixel")
  func middles() {
    let scene = rampScene(rows: 5, columns: 4)
    let patches = Patches(of: scene, view: .window(side: 3, padding: .reflect))
    let pixels = [7, 0, 19, 7]
    let middle = patches.batch(pixels).slice(along: 1, 1..<2).slice(along: 2, 1..<2)
    #expect(middle.scalars == patches.centers(pixels).scalars)
  }

  @Test("a pixel's view is its spectrum; a scene's view is the image")
  func otherViews() {
    let scene = rampScene()
    let pixels = Patches(of: scene, view: .pixel)
    #expect(pixels.batch([5, 2]).shape == [2, 5])
    #expect(pixels.batch([5, 2])[0] == scene.spectra[5])
    let whole = Patches(of: scene, view: .scene)
    #expect(whole.count == 1)
    #expect(whole.batch([0]).shape == [1, 3, 4, 5])
    #expect(whole.batch([0]).scalars == scene.spectra.scalars)
    #expect(whole.centers([0]) == scene.spectra)
  }

  @Test("an empty batch has no windows")
  func emptyBatch() {
    let patches = Patches(of: rampScene(), view: .window(side: 3, padding: .zero))
    #expect(patches.batch([]).shape == [0, 3, 3, 5])
  }
}

internal import CHDF5

extension HDF5File {
  /// Makes datasets the scales of another's dimensions, in order, as netCDF-4 has them.
  ///
  /// - Throws: ``SceneError`` naming the file.
  package func attach(_ scales: [String], to item: String) throws {
    let dataset = try openObject(item)
    defer { H5Oclose(dataset) }
    for (dimension, scale) in scales.enumerated() {
      let own = try openObject(scale)
      defer { H5Oclose(own) }
      let name = String(scale.split(separator: "/").last ?? "")
      if H5DSis_scale(own) <= 0, H5DSset_scale(own, name) < 0 { throw unwritable(scale) }
      guard H5DSattach_scale(dataset, own, UInt32(dimension)) >= 0 else { throw unwritable(item) }
    }
  }
}

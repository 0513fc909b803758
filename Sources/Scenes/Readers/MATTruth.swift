import Tensors

extension MATSource {
  /// Abundances, with endmembers and names where the file has them.
  mutating func truth(for scene: Scene?) throws -> GroundTruth {
    var binding = try abundanceBinding()
    // A window's extents are not those of the whole image that the file holds.
    if let scene, options.window == nil {
      binding.rows = scene.rows
      binding.columns = scene.columns
    }
    let found = try abundances(binding, besides: nil)
    notes += found.binding.notes
    let count = found.layout.bands
    var cropped = found
    cropped.layout = try found.layout.cropped(options.window, path: path)
    let names = try self.names(count: count)
    let endmembers = try self.endmembers(
      count: count, names: names, bands: scene?.bands, reach: scene.flatMap(reach), except: found.array.name)
    let truth = try self.truth(cropped, names: names, endmembers: endmembers, notes: notes)
    return try truth.checked(rows: cropped.layout.rows, columns: cropped.layout.columns, against: scene, path: path)
  }

  /// The abundances that lie in a scene's own file, if there is exactly one such array.
  mutating func innerTruth(besides cube: String, _ scene: StoredScene) throws -> GroundTruth? {
    var binding = try abundanceBinding()
    binding.rows = scene.rows
    binding.columns = scene.columns
    let found: Found
    do {
      found = try abundances(binding, besides: cube)
    } catch SceneError.ambiguous(_, _, let candidates, _) {
      notes.append(
        Note(
          .warning, field: "truth", found: candidates.joined(separator: ", "),
          action: "none is read as reference abundances", remedy: "name the variable that holds them"))
      return nil
    } catch SceneError.malformed(_, let field, let expected, let found) where options.abundanceVariable == nil {
      notes.append(
        Note(
          .warning, field: "truth", found: "\(field): expected \(expected), found \(found)",
          action: "not read as reference abundances", remedy: "name the variable that holds them"))
      return nil
    } catch SceneError.missing where options.abundanceVariable == nil {
      return nil
    }
    var own = self
    let names = try own.names(count: found.layout.bands)
    let endmembers = try own.endmembers(
      count: found.layout.bands, names: names, bands: scene.bands, reach: nil, except: found.array.name)
    guard endmembers.map({ $0.bands == scene.bands }) ?? true else {
      throw SceneError.malformed(
        path: path, field: options.endmemberVariable ?? "endmembers", expected: "\(scene.bands) bands",
        found: "\(endmembers?.bands ?? 0)")
    }
    notes.append(
      Note(
        .information, field: "truth", found: "\(found.array.label) sums to 1 wherever it is known",
        action: "read as reference abundances"))
    return try truth(
      found, names: names, endmembers: endmembers, notes: Array(own.notes.dropFirst(notes.count - 1)))
  }

  /// The numbers as they are stored, without the rows that state no abundances.
  private func truth(
    _ found: Found, names: [String]?, endmembers: SpectralLibrary?, notes: [Note]
  ) throws -> GroundTruth {
    let stored = StoredScene(
      path: path, name: found.array.name, format: "MATLAB", rows: found.layout.rows, columns: found.layout.columns,
      values: try values(found.array.name, found.layout), notes: notes)
    var options = options
    options.scale = .factor(1)
    return try stored.groundTruth(options, names: names, endmembers: endmembers)
  }

  struct Found {
    var array: ArrayDescription
    var layout: ArrayLayout
    var binding: ArrayBinding
  }

  private func abundanceBinding() throws -> ArrayBinding {
    var binding = try self.binding()
    binding.inner = "endmembers"
    binding.bandCounts = Set(
      try file.variables.filter { $0.kind == .cells }.compactMap { try file.texts($0)?.count }.filter { $0 > 1 })
    return binding
  }

  private func abundances(_ binding: ArrayBinding, besides cube: String?) throws -> Found {
    if let name = options.abundanceVariable {
      let array = try array(name)
      do {
        return try candidate(array, binding)
      } catch let error as SceneError {
        throw otherSize(array, binding) ?? error
      }
    }
    let others = arrays.filter { $0.name != cube && $0.count > 1 }
    let found = try others.compactMap { array -> Found? in
      guard let found = try? candidate(array, binding), hasSizeOfAbundances(found),
        try mixture(array, found.layout).isMixture
      else { return nil }
      return found
    }
    guard let first = found.first else { throw try reasonAgainst(others, binding) }
    guard found.count == 1 else {
      throw SceneError.ambiguous(
        path: path, field: "the abundances", candidates: found.map(\.array.label), remedy: "name the variable")
    }
    return first
  }

  func values(_ name: String, _ layout: ArrayLayout) throws -> Tensor {
    try file.withValues(of: file.variable(name)) { $0.gathered(layout) }
  }

  /// The only matrix with `count` spectra over the scene's bands, by extents; over all bands of the sensor, if a vector
  /// says which of them the scene has; over at least the bands of its file that the scene chose.
  private mutating func endmembers(
    count: Int, names: [String]?, bands: Int?, reach: Int?, except abundances: String
  ) throws -> SpectralLibrary? {
    let candidates = try endmemberCandidates(count: count, bands: bands, reach: reach, except: abundances)
    guard candidates.count == 1, let array = candidates.first else {
      try noteMissing(candidates, count: count, bands: bands, except: abundances)
      return nil
    }
    let spectraAxis = array.dimensions[1] == count ? 1 : 0
    let all = array.dimensions[1 - spectraAxis]
    let layout = ArrayLayout(
      rows: count, columns: 1, bands: all, rowStride: array.strides[spectraAxis], columnStride: 0,
      bandStride: array.strides[1 - spectraAxis])
    let library = SpectralLibrary(
      names: names ?? (1...count).map { "Endmember \($0)" }, spectra: try values(array.name, layout), source: path)
    guard let bands, all != bands, let chosen = try selection(of: bands, from: all) else { return library }
    notes.append(
      Note(
        .warning, field: array.label, found: "\(all) bands for a scene of \(bands)",
        action: "those in \(chosen.name) are taken"))
    return library.selecting(bands: chosen.indices)
  }

  /// Says that no endmembers are read, and why where matrices have as many spectra over other bands.
  private mutating func noteMissing(
    _ candidates: [ArrayDescription], count: Int, bands: Int?, except abundances: String
  ) throws {
    let misfits = candidates.isEmpty ? try spectraMatrices(count: count, except: abundances) : []
    if let bands, !misfits.isEmpty {
      notes.append(
        Note(
          .warning, field: "endmembers",
          found: "\(misfits.map(\.label).joined(separator: ", ")), for \(count) endmembers over \(bands) bands",
          action: "none is read, so no spectra are compared", remedy: "the variable that holds them can be named"))
      return
    }
    notes.append(
      Note(
        .information, field: "endmembers",
        found: candidates.isEmpty ? "missing" : candidates.map(\.label).joined(separator: ", "),
        action: "none is read", remedy: "the variable that holds them can be named"))
  }

  /// Matrices of numbers, other than coded texts, one extent of which is the number of endmembers.
  private func spectraMatrices(count: Int, except abundances: String) throws -> [ArrayDescription] {
    try arrays.filter { array in
      try array.name != abundances && array.dimensions.count == 2 && array.dimensions.contains(count)
        && array.dimensions.allSatisfy { $0 > 1 } && texts(of: file.variable(array.name)) == nil
    }
  }

  private func endmemberCandidates(
    count: Int, bands: Int?, reach: Int?, except abundances: String
  ) throws -> [ArrayDescription] {
    if let name = options.endmemberVariable {
      let array = try array(name)
      guard array.dimensions.count == 2, array.dimensions.contains(count) else {
        throw SceneError.malformed(
          path: path, field: name, expected: "a matrix of \(count) spectra", found: array.extents)
      }
      return [array]
    }
    let matrices = arrays.filter { array in
      array.name != abundances && array.dimensions.count == 2 && array.dimensions.contains(count)
        && array.dimensions.allSatisfy { $0 > 1 }
    }
    guard let bands else { return matrices }
    let exact = matrices.filter { $0.dimensions == [bands, count] || $0.dimensions == [count, bands] }
    if !exact.isEmpty { return exact }
    func all(_ array: ArrayDescription) -> Int {
      array.dimensions[0] == count ? array.dimensions[1] : array.dimensions[0]
    }
    let listed = try matrices.filter { try all($0) > bands && selection(of: bands, from: all($0)) != nil }
    if !listed.isEmpty { return listed }
    return reach.map { reach in matrices.filter { all($0) >= reach } } ?? []
  }

  /// How many bands endmembers need for the scene's choice among its file's bands to have a meaning for them.
  private func reach(of scene: Scene) -> Int? {
    guard options.bands != nil || scene.sourceBands != Array(0..<scene.bands) else { return nil }
    return scene.sourceBands.max().map { $0 + 1 }
  }
}

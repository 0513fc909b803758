extension [HeaderField] {
  /// The fields that place an image on the ground, for the part of it inside a window.
  func moved(to window: ReadingOptions.Window) -> [HeaderField] {
    let (right, down) = (window.columns.lowerBound, window.rows.lowerBound)
    if right == 0 && down == 0 { return self }
    return compactMap { field in
      switch field.key {
      case "x start": field.moved(by: right)
      case "y start": field.moved(by: down)
      case "map info": field.movedReference(right, down)
      // Their pixel coordinates would be wrong in the window.
      case "geo points": nil
      default: field
      }
    }
  }
}

extension HeaderField {
  /// A whole number, so much larger; none if it is no number.
  fileprivate func moved(by offset: Int) -> HeaderField? {
    // A comment may follow.
    Numbers.integer(value.prefix { $0 != ";" }).map { HeaderField(key, "\($0 + offset)") }
  }

  /// `map info` with its reference pixel counted from the window's corner.
  fileprivate func movedReference(_ right: Int, _ down: Int) -> HeaderField? {
    let spaces: (Character) -> Bool = { $0.isWhitespace || $0 == "{" || $0 == "}" }
    var items = value.split(separator: ",", omittingEmptySubsequences: false).map { item in
      String(item.drop(while: spaces).reversed().drop(while: spaces).reversed())
    }
    guard items.count > 2, let column = Numbers.double(items[1]), let row = Numbers.double(items[2]) else {
      return nil
    }
    items[1] = Numbers.text(column - Double(right))
    items[2] = Numbers.text(row - Double(down))
    return HeaderField(key, "{\(items.joined(separator: ", "))}")
  }
}

import Unmixing

/// A name that an option gives and a catalogue looks up: what nobody knows is wrong usage of that option.
enum OptionName {
  /// What `find` finds.
  ///
  /// - Throws: ``WorldFault/usage(option:expected:found:)`` with the names there are and the likeliest one meant; for the
  ///   name of a method of the other kind the command that takes it.
  static func looked<Value>(up option: String, _ find: () throws -> Value) throws -> Value {
    do {
      return try find()
    } catch UnmixingError.unknownName(_, let found, let known) {
      throw WorldFault.usage(
        option: option, expected: known.joined(separator: " or "),
        found: "\"\(found)\"\(kin(of: found) ?? Nearest.hint(to: found, among: known))")
    }
  }

  private static func kin(of name: String) -> String? {
    if Catalogue.entries.contains(where: { $0.id == name }) { return ", a network (alunite train --model \(name))" }
    guard ClassicalCatalogue.entries.contains(where: { $0.id == name }) else { return nil }
    return ", a classical method (alunite unmix --method \(name))"
  }
}

extension MineralSpectrum {
  /// Micas and feldspars: Al–OH at 2200 nm in muscovite, ammonium at 1560, 2020 and 2120 nm in buddingtonite, a faint
  /// crystal field of Fe²⁺ at 1250 nm in anorthite, next to nothing in adularia.
  static let micasAndFeldspars: [MineralSpectrum] = [
    MineralSpectrum(
      "muscovite", "Muscovite",
      continuum: [
        (350, 0.27), (400, 0.35), (500, 0.45), (700, 0.495), (900, 0.515), (1100, 0.545), (1350, 0.67), (1600, 0.74),
        (1800, 0.77), (2080, 0.755), (2280, 0.64), (2500, 0.56), (2600, 0.50),
      ],
      bands: [
        electronic(720, 110, 0.03), electronic(912, 140, 0.03), vibration(1411, 34, 0.20), vibration(1912, 90, 0.09),
        vibration(2118, 40, 0.04), vibration(2202, 46, 0.34), vibration(2250, 40, 0.06), vibration(2348, 48, 0.20),
        vibration(2442, 55, 0.12),
      ],
      source: "Clark et al. (1990), JGR 95(B8); Duke (1994), Geology 22: Al–OH at 2.195–2.215 µm"),
    MineralSpectrum(
      "buddingtonite", "Buddingtonite",
      continuum: [
        (350, 0.17), (400, 0.235), (500, 0.36), (600, 0.47), (700, 0.56), (800, 0.615), (1000, 0.645), (1300, 0.67),
        (1700, 0.67), (1850, 0.665), (2280, 0.61), (2450, 0.585), (2600, 0.57),
      ],
      bands: [
        vibration(1415, 50, 0.05), vibration(1560, 110, 0.075), vibration(1910, 60, 0.06), vibration(2020, 95, 0.24),
        vibration(2118, 105, 0.36), vibration(2210, 60, 0.05), vibration(2350, 60, 0.04),
      ],
      source: "Krohn & Altaner (1987), Geophysics 52: ammonium at 1.56, 2.02 and 2.12 µm"),
    MineralSpectrum(
      "adularia", "Adularia",
      continuum: [
        (350, 0.68), (400, 0.715), (500, 0.77), (700, 0.80), (1000, 0.81), (1500, 0.83), (2100, 0.835), (2600, 0.825),
      ],
      bands: [
        vibration(1412, 45, 0.012), vibration(1912, 70, 0.025), vibration(2205, 60, 0.015), vibration(2345, 60, 0.01),
      ],
      source: "Hunt & Salisbury (1970), Mod. Geol. 1: feldspars show traces of water and mica only"),
    MineralSpectrum(
      "anorthite", "Anorthite",
      continuum: [
        (350, 0.64), (400, 0.69), (500, 0.77), (650, 0.825), (850, 0.845), (1600, 0.835), (2100, 0.845), (2600, 0.85),
      ],
      bands: [
        electronic(1260, 330, 0.075), vibration(1415, 40, 0.012), vibration(1912, 80, 0.02), vibration(2205, 60, 0.015),
        vibration(2312, 60, 0.025),
      ],
      source: "Adams & Goullaud (1978), Proc. Lunar Planet. Sci. Conf. 9: Fe²⁺ at 1.25 µm grows with anorthite"),
  ]
}

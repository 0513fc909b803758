extension MineralSpectrum {
  /// Sulfates of hydrothermal alteration. OH stretch overtones lie at 1430–1530 nm, OH–sulfate combinations at 1765 and
  /// 1850 nm, metal–OH combinations at 2170–2270 nm; jarosite adds the crystal field of Fe³⁺ at 437 and 920 nm.
  static let sulfates: [MineralSpectrum] = [
    MineralSpectrum(
      "alunite", "Alunite",
      continuum: [
        (350, 0.47), (400, 0.56), (500, 0.71), (600, 0.81), (700, 0.85), (900, 0.885), (1300, 0.88), (1600, 0.82),
        (1850, 0.775), (2050, 0.665), (2260, 0.635), (2380, 0.53), (2600, 0.27),
      ],
      bands: [
        vibration(1010, 45, 0.02), vibration(1430, 38, 0.19), vibration(1480, 48, 0.22), vibration(1765, 48, 0.13),
        vibration(1955, 90, 0.15), vibration(2168, 62, 0.28), vibration(2208, 40, 0.12), vibration(2322, 42, 0.12),
        vibration(2420, 45, 0.06),
      ],
      source: "Hunt, Salisbury & Lenhoff (1971), Mod. Geol. 3; Clark et al. (1990), JGR 95(B8)"),
    MineralSpectrum(
      "potassium-jarosite", "Jarosite (K)",
      continuum: [
        (350, 0.04), (400, 0.11), (460, 0.27), (500, 0.36), (550, 0.49), (600, 0.58), (700, 0.76), (800, 0.77),
        (1000, 0.71), (1150, 0.67), (1300, 0.71), (1400, 0.77), (1800, 0.79), (2100, 0.69), (2350, 0.61), (2600, 0.36),
      ],
      bands: [
        electronic(437, 26, 0.28), electronic(650, 90, 0.04), electronic(922, 210, 0.46), vibration(1468, 48, 0.15),
        vibration(1525, 60, 0.08), vibration(1852, 58, 0.14), vibration(1945, 80, 0.08), vibration(2215, 50, 0.08),
        vibration(2265, 60, 0.34), vibration(2405, 60, 0.11), vibration(2465, 50, 0.10),
      ],
      source: "Hunt, Salisbury & Lenhoff (1971); Bishop & Murad (2005), Am. Mineral. 90; Kokaly et al. (2017)"),
    MineralSpectrum(
      "sodium-jarosite", "Jarosite (Na)",
      continuum: [
        (350, 0.03), (400, 0.08), (460, 0.20), (500, 0.30), (550, 0.46), (600, 0.55), (700, 0.71), (800, 0.73),
        (1000, 0.70), (1150, 0.67), (1300, 0.72), (1400, 0.77), (1800, 0.82), (2100, 0.75), (2350, 0.67), (2600, 0.42),
      ],
      bands: [
        electronic(433, 26, 0.30), electronic(640, 90, 0.05), electronic(908, 200, 0.47), vibration(1480, 48, 0.17),
        vibration(1548, 55, 0.08), vibration(1848, 56, 0.20), vibration(1960, 80, 0.04), vibration(2228, 50, 0.09),
        vibration(2268, 58, 0.30), vibration(2415, 60, 0.08), vibration(2475, 60, 0.12),
      ],
      source: "Bishop & Murad (2005), Am. Mineral. 90; Kokaly et al. (2017), USGS Data Series 1035"),
  ]
}

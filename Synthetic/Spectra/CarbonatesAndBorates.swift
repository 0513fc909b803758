extension MineralSpectrum {
  /// Calcite, whose CO₃ overtones and combinations lie at 1875, 1995, 2155, 2340 and 2530 nm, and the borate howlite.
  static let carbonatesAndBorates: [MineralSpectrum] = [
    MineralSpectrum(
      "calcite", "Calcite",
      continuum: [
        (350, 0.78), (400, 0.86), (450, 0.92), (550, 0.945), (900, 0.96), (1700, 0.965), (2050, 0.95), (2200, 0.93),
        (2450, 0.85), (2600, 0.78),
      ],
      bands: [
        vibration(1752, 40, 0.015), vibration(1876, 50, 0.06), vibration(1995, 62, 0.07), vibration(2155, 55, 0.05),
        vibration(2300, 90, 0.13), vibration(2342, 55, 0.25), vibration(2530, 120, 0.45),
      ],
      source: "Gaffey (1986), Am. Mineral. 71; Hunt & Salisbury (1971), Mod. Geol. 2"),
    MineralSpectrum(
      "howlite", "Howlite",
      continuum: [
        (350, 0.71), (400, 0.77), (500, 0.85), (650, 0.91), (850, 0.935), (1250, 0.93), (1400, 0.88), (1700, 0.79),
        (1850, 0.77), (2050, 0.735), (2350, 0.57), (2600, 0.40),
      ],
      bands: [
        vibration(985, 60, 0.035), vibration(1245, 70, 0.02), vibration(1340, 40, 0.03), vibration(1445, 75, 0.26),
        vibration(1535, 80, 0.14), vibration(1640, 60, 0.06), vibration(1940, 100, 0.09), vibration(2130, 105, 0.40),
        vibration(2245, 85, 0.22), vibration(2472, 85, 0.34),
      ],
      source: "Hunt, Salisbury & Lenhoff (1972), Mod. Geol. 3, borates; Kokaly et al. (2017)"),
  ]
}

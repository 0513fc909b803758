extension MineralSpectrum {
  /// Silica, garnets and other silicates: silanol at 2250 nm in chalcedony, the crystal field of Fe³⁺ and Fe²⁺ in garnets,
  /// charge transfer between Fe and Ti in sphene and dumortierite.
  static let silicates: [MineralSpectrum] = [
    MineralSpectrum(
      "chalcedony", "Chalcedony",
      continuum: [
        (350, 0.37), (400, 0.43), (500, 0.515), (650, 0.59), (900, 0.67), (1200, 0.705), (1650, 0.67), (1850, 0.655),
        (2080, 0.61), (2400, 0.50), (2600, 0.40),
      ],
      bands: [
        vibration(1412, 40, 0.08), vibration(1450, 90, 0.07), vibration(1913, 55, 0.16), vibration(1960, 110, 0.09),
        vibration(2210, 70, 0.08), vibration(2258, 80, 0.14),
      ],
      source: "Langer & Flörke (1974), Fortschr. Mineral. 52: silanol at 2.21–2.26 µm; Kokaly et al. (2017)"),
    MineralSpectrum(
      "dumortierite", "Dumortierite",
      continuum: [
        (350, 0.49), (420, 0.51), (500, 0.53), (600, 0.57), (700, 0.65), (800, 0.735), (1000, 0.81), (1300, 0.84),
        (1600, 0.825), (1800, 0.76), (2080, 0.65), (2320, 0.51), (2600, 0.33),
      ],
      bands: [
        electronic(500, 130, 0.28), electronic(620, 110, 0.08), vibration(1389, 30, 0.14), vibration(1420, 50, 0.10),
        vibration(1465, 60, 0.07), vibration(2185, 50, 0.14), vibration(2258, 44, 0.08), vibration(2345, 45, 0.04),
      ],
      source: "Alexander et al. (1986), Am. Mineral. 71, Fe–Ti charge transfer; Kokaly et al. (2017)"),
    MineralSpectrum(
      "andradite", "Andradite",
      continuum: [
        (350, 0.12), (400, 0.22), (450, 0.34), (500, 0.46), (560, 0.58), (700, 0.74), (850, 0.79), (1000, 0.84),
        (1300, 0.89), (1700, 0.92), (2050, 0.91), (2180, 0.88), (2450, 0.77), (2600, 0.68),
      ],
      bands: [
        electronic(440, 32, 0.12), electronic(595, 90, 0.05), electronic(862, 180, 0.16), vibration(1413, 60, 0.06),
        vibration(1950, 80, 0.015), vibration(2242, 70, 0.07), vibration(2400, 60, 0.07),
      ],
      source: "Manning (1972), Can. Mineral. 11; Burns (1993), Mineralogical Applications of Crystal Field Theory"),
    MineralSpectrum(
      "pyrope", "Pyrope",
      continuum: [
        (350, 0.09), (400, 0.145), (450, 0.20), (500, 0.26), (600, 0.385), (700, 0.525), (800, 0.61), (1000, 0.69),
        (1300, 0.715), (1600, 0.735), (2100, 0.745), (2600, 0.73),
      ],
      bands: [
        electronic(504, 35, 0.04), electronic(573, 45, 0.05), electronic(695, 30, 0.02), electronic(860, 150, 0.08),
        electronic(1275, 260, 0.05), electronic(1700, 380, 0.03), electronic(2280, 420, 0.015),
      ],
      source: "Burns (1993): Fe²⁺ bands of garnet at 1.27, 1.69 and 2.28 µm, spin-forbidden at 0.50–0.69 µm"),
    MineralSpectrum(
      "sphene", "Sphene",
      continuum: [
        (350, 0.075), (450, 0.105), (550, 0.14), (650, 0.185), (800, 0.25), (1000, 0.285), (1300, 0.325), (1700, 0.36),
        (2100, 0.38), (2400, 0.375), (2600, 0.365),
      ],
      bands: [
        electronic(575, 130, 0.06), vibration(1405, 50, 0.012), vibration(1930, 80, 0.025), vibration(2205, 50, 0.015),
        vibration(2330, 60, 0.025),
      ],
      source: "Burns (1993), Fe–Ti charge transfer; Hunt & Salisbury (1970), Mod. Geol. 1"),
    MineralSpectrum(
      "fassaite", "Fassaite",
      continuum: [
        (350, 0.10), (400, 0.165), (440, 0.215), (500, 0.275), (560, 0.32), (700, 0.335), (800, 0.35), (1000, 0.385),
        (1350, 0.50), (1650, 0.55), (2100, 0.56), (2400, 0.495), (2600, 0.46),
      ],
      bands: [
        electronic(450, 36, 0.13), electronic(655, 130, 0.10), electronic(945, 180, 0.06), electronic(1120, 260, 0.03),
        vibration(1395, 50, 0.025), vibration(1920, 80, 0.045), vibration(2252, 55, 0.08), vibration(2330, 60, 0.08),
        vibration(2385, 40, 0.04),
      ],
      source: "Burns (1993), calcic clinopyroxene; Kokaly et al. (2017), USGS Data Series 1035"),
  ]
}

extension MineralSpectrum {
  /// Building and road materials: CH overtones at 1730 nm and combinations at 2310 nm in bitumen and plastic, ferric
  /// iron in fired brick, carbonate and bound water in concrete.
  static let manMade: [MineralSpectrum] = [
    MineralSpectrum(
      "road", "Road (asphalt)",
      continuum: [
        (350, 0.075), (450, 0.105), (550, 0.13), (700, 0.15), (1000, 0.175), (1500, 0.205), (2000, 0.215),
        (2250, 0.215), (2600, 0.195),
      ],
      bands: [
        electronic(870, 220, 0.015), vibration(1412, 60, 0.012), vibration(1728, 50, 0.012), vibration(1915, 80, 0.03),
        vibration(2205, 60, 0.015), vibration(2312, 70, 0.05),
      ],
      source: "Herold et al. (2004), IEEE TGRS 42(9): hydrocarbon bands of bitumen at 1.73 and 2.31 µm"),
    MineralSpectrum(
      "brick", "Brick",
      continuum: [
        (350, 0.06), (450, 0.075), (520, 0.095), (560, 0.15), (600, 0.225), (700, 0.30), (800, 0.34), (1000, 0.39),
        (1300, 0.44), (1700, 0.48), (2150, 0.50), (2600, 0.47),
      ],
      bands: [
        electronic(535, 50, 0.08), electronic(660, 90, 0.04), electronic(870, 180, 0.13), vibration(1412, 60, 0.02),
        vibration(1915, 80, 0.06), vibration(2206, 60, 0.03),
      ],
      source: "Herold et al. (2004), IEEE TGRS 42(9), tile and brick; Sherman & Waite (1985) for Fe³⁺"),
    MineralSpectrum(
      "concrete", "Concrete",
      continuum: [
        (350, 0.17), (420, 0.215), (500, 0.265), (600, 0.32), (800, 0.37), (1100, 0.405), (1350, 0.42), (1700, 0.435),
        (2150, 0.425), (2300, 0.405), (2600, 0.345),
      ],
      bands: [
        electronic(880, 220, 0.02), vibration(1412, 40, 0.03), vibration(1450, 90, 0.04), vibration(1925, 85, 0.12),
        vibration(2205, 60, 0.02), vibration(2340, 75, 0.07), vibration(2520, 100, 0.12),
      ],
      source: "Herold et al. (2004), IEEE TGRS 42(9); Gaffey (1986) for the carbonate bands"),
    MineralSpectrum(
      "polyethylene", "Polyethylene sheet",
      continuum: [
        (350, 0.45), (400, 0.60), (500, 0.70), (700, 0.735), (1100, 0.74), (1350, 0.73), (1650, 0.70), (1900, 0.67),
        (2200, 0.61), (2600, 0.42),
      ],
      bands: [
        vibration(930, 40, 0.03), vibration(1192, 36, 0.06), vibration(1213, 28, 0.11), vibration(1394, 36, 0.11),
        vibration(1416, 34, 0.10), vibration(1540, 50, 0.03), vibration(1728, 30, 0.31), vibration(1764, 30, 0.25),
        vibration(1820, 40, 0.06), vibration(2020, 60, 0.05), vibration(2308, 44, 0.42), vibration(2350, 44, 0.36),
        vibration(2460, 80, 0.30),
      ],
      source: "Cloutis (1989), Science 245; Kühn, Oppermann & Hörig (2004), Int. J. Remote Sens. 25"),
  ]
}

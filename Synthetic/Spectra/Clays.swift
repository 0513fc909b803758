extension MineralSpectrum {
  /// Clay minerals. The first OH overtone lies near 1400 nm, bound water at 1410 and 1910 nm, Al–OH at 2200 nm, Fe–OH at
  /// 2290 nm, Mg–OH at 2320 nm; the 2165/2207 nm doublet of kaolinite deepens with the order of the crystal.
  static let clays: [MineralSpectrum] = [
    MineralSpectrum(
      "kaolinite-well-crystallised", "Kaolinite (well crystallised)",
      continuum: [
        (350, 0.55), (400, 0.66), (500, 0.82), (600, 0.89), (800, 0.95), (1000, 0.97), (1300, 0.965), (1650, 0.96),
        (1900, 0.91), (2080, 0.84), (2260, 0.73), (2420, 0.58), (2600, 0.38),
      ],
      bands: [
        vibration(960, 45, 0.02), vibration(1396, 22, 0.20), vibration(1413, 24, 0.26), vibration(1820, 50, 0.03),
        vibration(1925, 60, 0.03), vibration(2162, 36, 0.30), vibration(2206, 32, 0.40), vibration(2314, 28, 0.07),
        vibration(2352, 30, 0.11), vibration(2382, 28, 0.13), vibration(2445, 45, 0.08),
      ],
      source: "Hunt (1977), Geophysics 42; Clark et al. (1990), JGR 95(B8): 1.396/1.413 and 2.162/2.206 µm"),
    MineralSpectrum(
      "kaolinite-poorly-crystallised", "Kaolinite (poorly crystallised)",
      continuum: [
        (350, 0.40), (400, 0.51), (500, 0.72), (600, 0.86), (800, 0.91), (1000, 0.925), (1300, 0.935), (1650, 0.92),
        (1900, 0.88), (2080, 0.82), (2260, 0.72), (2420, 0.56), (2600, 0.37),
      ],
      bands: [
        electronic(920, 120, 0.01), vibration(960, 45, 0.02), vibration(1394, 28, 0.12), vibration(1414, 28, 0.25),
        vibration(1912, 60, 0.07), vibration(2165, 52, 0.16), vibration(2207, 38, 0.37), vibration(2314, 34, 0.05),
        vibration(2352, 36, 0.08), vibration(2384, 34, 0.11), vibration(2445, 50, 0.07),
      ],
      source: "Clark et al. (1990), JGR 95(B8), comparison of KGa-1 and KGa-2; Kokaly et al. (2017)"),
    MineralSpectrum(
      "montmorillonite", "Montmorillonite",
      continuum: [
        (350, 0.62), (400, 0.72), (500, 0.83), (650, 0.90), (800, 0.92), (1200, 0.93), (1650, 0.89), (1850, 0.86),
        (2100, 0.77), (2280, 0.68), (2420, 0.56), (2600, 0.36),
      ],
      bands: [
        vibration(960, 60, 0.025), vibration(1150, 55, 0.025), vibration(1411, 30, 0.24), vibration(1455, 70, 0.11),
        vibration(1909, 46, 0.38), vibration(1955, 100, 0.20), vibration(2208, 50, 0.21), vibration(2440, 60, 0.08),
      ],
      source: "Hunt & Salisbury (1970), Mod. Geol. 1; Bishop, Pieters & Edwards (1994), Clays Clay Miner. 42"),
    MineralSpectrum(
      "nontronite", "Nontronite",
      continuum: [
        (350, 0.05), (400, 0.075), (450, 0.115), (500, 0.18), (550, 0.28), (600, 0.36), (700, 0.42), (800, 0.49),
        (1000, 0.52), (1300, 0.54), (1700, 0.53), (2000, 0.50), (2200, 0.47), (2600, 0.26),
      ],
      bands: [
        electronic(448, 40, 0.10), electronic(642, 95, 0.18), electronic(948, 220, 0.29), vibration(1428, 45, 0.23),
        vibration(1910, 52, 0.38), vibration(1960, 100, 0.16), vibration(2230, 45, 0.04), vibration(2288, 45, 0.25),
        vibration(2402, 50, 0.10),
      ],
      source: "Clark et al. (1990), JGR 95(B8); Bishop et al. (2008), Clay Miner. 43: Fe–OH at 2.285–2.29 µm"),
    MineralSpectrum(
      "corrensite", "Corrensite",
      continuum: [
        (350, 0.09), (450, 0.17), (550, 0.255), (650, 0.28), (800, 0.335), (1000, 0.36), (1300, 0.445), (1600, 0.54),
        (1850, 0.595), (2150, 0.60), (2280, 0.565), (2600, 0.46),
      ],
      bands: [
        electronic(720, 130, 0.05), electronic(920, 180, 0.06), electronic(1110, 220, 0.04), vibration(1395, 40, 0.04),
        vibration(1455, 80, 0.03), vibration(1915, 70, 0.14), vibration(2255, 50, 0.03), vibration(2330, 70, 0.10),
        vibration(2400, 50, 0.04),
      ],
      source: "King & Clark (1989), JGR 94(B10), chlorites; Kokaly et al. (2017), USGS Data Series 1035"),
  ]
}

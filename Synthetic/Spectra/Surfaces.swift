extension MineralSpectrum {
  /// Land cover: leaves with chlorophyll at 450 and 675 nm and water at 970, 1190, 1450 and 1940 nm, dry plants with
  /// cellulose at 2100 nm, soil with clay and adsorbed water, and open water, dark beyond the red.
  static let surfaces: [MineralSpectrum] = [
    MineralSpectrum(
      "tree", "Tree",
      continuum: [
        (350, 0.025), (420, 0.028), (480, 0.032), (510, 0.045), (553, 0.085), (590, 0.06), (640, 0.045), (675, 0.033),
        (690, 0.05), (705, 0.115), (720, 0.215), (740, 0.355), (765, 0.43), (800, 0.45), (900, 0.47), (1080, 0.475),
        (1300, 0.42), (1650, 0.33), (1850, 0.26), (2200, 0.18), (2600, 0.08),
      ],
      bands: [
        vibration(972, 60, 0.05), vibration(1190, 95, 0.12), vibration(1450, 120, 0.58), vibration(1780, 90, 0.06),
        vibration(1940, 140, 0.72), vibration(2100, 120, 0.10), vibration(2310, 90, 0.08),
      ],
      source: "Curran (1989), Remote Sens. Environ. 30; Clark (1999), Manual of Remote Sensing 3"),
    MineralSpectrum(
      "grass", "Grass",
      continuum: [
        (350, 0.03), (420, 0.035), (480, 0.045), (510, 0.07), (553, 0.13), (590, 0.10), (640, 0.07), (675, 0.05),
        (690, 0.075), (705, 0.16), (720, 0.29), (740, 0.45), (765, 0.53), (800, 0.55), (900, 0.57), (1080, 0.58),
        (1300, 0.53), (1650, 0.45), (1850, 0.38), (2200, 0.29), (2600, 0.15),
      ],
      bands: [
        vibration(972, 60, 0.04), vibration(1190, 95, 0.10), vibration(1450, 120, 0.50), vibration(1780, 90, 0.05),
        vibration(1940, 140, 0.64), vibration(2100, 120, 0.11), vibration(2310, 90, 0.09),
      ],
      source: "Curran (1989), Remote Sens. Environ. 30; Clark (1999), Manual of Remote Sensing 3"),
    MineralSpectrum(
      "dry-grass", "Dry grass",
      continuum: [
        (350, 0.04), (420, 0.085), (500, 0.18), (600, 0.27), (700, 0.335), (900, 0.365), (1300, 0.375), (1650, 0.345),
        (1850, 0.31), (2200, 0.255), (2400, 0.21), (2600, 0.15),
      ],
      bands: [
        vibration(675, 40, 0.03), vibration(1205, 80, 0.035), vibration(1460, 120, 0.17), vibration(1725, 50, 0.05),
        vibration(1780, 60, 0.04), vibration(1930, 90, 0.25), vibration(2100, 130, 0.19), vibration(2270, 60, 0.05),
        vibration(2335, 60, 0.09),
      ],
      source: "Elvidge (1990), Int. J. Remote Sens. 11: cellulose at 2.1 µm, lignin at 2.27 µm"),
    MineralSpectrum(
      "soil", "Soil",
      continuum: [
        (350, 0.065), (420, 0.09), (500, 0.135), (600, 0.205), (700, 0.255), (900, 0.315), (1100, 0.36), (1350, 0.41),
        (1700, 0.455), (2100, 0.455), (2300, 0.425), (2600, 0.36),
      ],
      bands: [
        electronic(490, 80, 0.05), electronic(890, 230, 0.045), vibration(1414, 60, 0.08), vibration(1914, 75, 0.17),
        vibration(2206, 52, 0.09), vibration(2345, 60, 0.03),
      ],
      source: "Stoner & Baumgardner (1981), Soil Sci. Soc. Am. J. 45; Ben-Dor, Irons & Epema (1999)"),
    MineralSpectrum(
      "water", "Water",
      continuum: [
        (350, 0.05), (420, 0.065), (480, 0.085), (540, 0.10), (570, 0.095), (600, 0.07), (650, 0.052), (690, 0.042),
        (720, 0.028), (760, 0.018), (810, 0.02), (860, 0.014), (950, 0.006), (1050, 0.007), (1200, 0.003),
        (1400, 0.002), (2600, 0.0015),
      ],
      bands: [electronic(440, 60, 0.10), electronic(675, 22, 0.06)],
      source: "Pope & Fry (1997), Appl. Opt. 36; Kirk (2011), Light and Photosynthesis in Aquatic Ecosystems"),
  ]
}

extension MineralSpectrum {
  /// Ferric oxides and coatings: paired transitions of Fe³⁺ near 480–530 nm, crystal-field bands at 650–670 nm and
  /// 860 (hematite) or 920 nm (goethite), below an absorption edge in the visible.
  static let ironOxides: [MineralSpectrum] = [
    MineralSpectrum(
      "goethite", "Goethite",
      continuum: [
        (350, 0.025), (420, 0.04), (480, 0.065), (540, 0.14), (600, 0.25), (700, 0.36), (780, 0.40), (1000, 0.47),
        (1200, 0.60), (1350, 0.71), (1600, 0.71), (1850, 0.67), (2150, 0.65), (2300, 0.57), (2600, 0.42),
      ],
      bands: [
        electronic(480, 60, 0.12), electronic(665, 110, 0.15), electronic(922, 230, 0.48), vibration(1440, 90, 0.04),
        vibration(1940, 90, 0.12), vibration(2480, 110, 0.10),
      ],
      source: "Sherman & Waite (1985), Am. Mineral. 70; Morris et al. (1985), JGR 90(B4)"),
    MineralSpectrum(
      "hematite", "Hematite",
      continuum: [
        (350, 0.022), (450, 0.025), (520, 0.032), (555, 0.06), (590, 0.16), (640, 0.25), (750, 0.34), (850, 0.40),
        (1000, 0.53), (1150, 0.69), (1300, 0.80), (1600, 0.83), (2000, 0.825), (2600, 0.73),
      ],
      bands: [
        electronic(530, 45, 0.10), electronic(655, 90, 0.13), electronic(864, 190, 0.42), vibration(1930, 80, 0.035),
      ],
      source: "Sherman & Waite (1985), Am. Mineral. 70; Morris et al. (1985), JGR 90(B4)"),
    MineralSpectrum(
      "desert-varnish", "Desert varnish",
      continuum: [
        (350, 0.045), (450, 0.06), (550, 0.09), (650, 0.125), (800, 0.16), (1000, 0.185), (1300, 0.235), (1700, 0.285),
        (2100, 0.305), (2350, 0.285), (2600, 0.25),
      ],
      bands: [
        electronic(500, 80, 0.05), electronic(880, 230, 0.06), vibration(1412, 50, 0.02), vibration(1915, 80, 0.055),
        vibration(2205, 60, 0.07), vibration(2345, 60, 0.025),
      ],
      source: "Potter & Rossman (1979), Am. Mineral. 64; Rivard, Arvidson & Duncan (1992), GSA Bull. 104"),
  ]
}

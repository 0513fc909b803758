// swift-tools-version: 6.1
import PackageDescription

// Swift targets need it too: their compiler reads the kernels' headers itself.
let cSettings: [CSetting] = [
  .define("ALUNITE_DOUBLE", .when(traits: ["DoublePrecision"]))
]

func tests(_ name: String, _ dependencies: [Target.Dependency], data: [String] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: dependencies + ["TestSupport"], exclude: data, cSettings: cSettings)
}

let package = Package(
  name: "Alunite",
  products: [
    .library(name: "Unmixing", targets: ["Unmixing", "Synthetic"]),
    .library(name: "Probability", targets: ["Probability", "Networks"]),
    .executable(name: "alunite", targets: ["alunite"]),
  ],
  traits: [
    .trait(
      name: "DoublePrecision",
      description: "Makes Scalar a Double everywhere. Gradient checks run with it.")
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
  ],
  targets: [
    // Level 0: C.
    .systemLibrary(name: "COpenBLAS", pkgConfig: "openblas", providers: [.apt(["libopenblas-dev"])]),
    .systemLibrary(name: "CGSL", providers: [.apt(["libgsl-dev"])]),
    .systemLibrary(name: "CHDF5", pkgConfig: "hdf5", providers: [.apt(["libhdf5-dev"])]),
    .systemLibrary(name: "CMatIO", pkgConfig: "matio", providers: [.apt(["libmatio-dev"])]),
    .systemLibrary(name: "CSystem", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .target(name: "CKernels", cSettings: cSettings),
    // Level 1: values that can be differentiated.
    .target(name: "Tensors", dependencies: ["CKernels", "COpenBLAS"], cSettings: cSettings),
    // Level 2: three vocabularies that do not know each other.
    .target(name: "Networks", dependencies: ["Tensors"], cSettings: cSettings),
    .target(name: "Probability", dependencies: ["Tensors", "CKernels"], cSettings: cSettings),
    .target(name: "Scenes", dependencies: ["Tensors", "CHDF5", "CMatIO", "CSystem"], cSettings: cSettings),
    // Level 3: the methods, and the scenes they are tried on.
    .target(name: "Unmixing", dependencies: ["Networks", "Probability", "Scenes"], cSettings: cSettings),
    .target(
      name: "Synthetic",
      dependencies: ["Probability", "Scenes", "CGSL", .product(name: "Yams", package: "Yams")],
      path: "Synthetic", exclude: ["README.md", "Pictures"], resources: [.embedInCode("Recipes")], cSettings: cSettings),
    // Level 4: the command.
    .executableTarget(
      name: "alunite",
      dependencies: [
        "Unmixing", "Synthetic",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Yams", package: "Yams"),
      ], resources: [.embedInCode("Resources")], cSettings: cSettings),
    // Tests.
    .target(
      name: "TestSupport", dependencies: ["Tensors", "Probability", "Scenes"], path: "Tests/TestSupport",
      cSettings: cSettings),
    tests("Tensors", ["Tensors", "CGSL"], data: ["References"]),
    tests("Networks", ["Networks"]),
    tests("Probability", ["Probability", "Networks"], data: ["References"]),
    tests("Scenes", ["Scenes"]),
    tests("Unmixing", ["Unmixing", "Synthetic"], data: ["Blind/References", "References"]),
    tests("Synthetic", ["Synthetic"], data: ["References"]),
    tests("Command", ["alunite"]),
    .testTarget(name: "HouseRulesTests"),
  ],
  swiftLanguageModes: [.v6]
)

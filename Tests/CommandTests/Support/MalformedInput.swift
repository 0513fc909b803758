import Foundation
import Unmixing

/// A command line that cannot succeed: what stands on standard error, and the exit code.
struct MalformedInput {
  let arguments: [String]
  /// The first line on standard error without `alunite: error: `; `{dir}` stands for the workspace.
  let message: String
  let code: Int32

  /// A fault of the world: exit code 1.
  init(_ arguments: String, _ message: String, code: Int32 = 1) {
    self.arguments = arguments.split(separator: " ").map(String.init)
    self.message = message
    self.code = code
  }

  /// Training on an ENVI cube, blind.
  static func cube(_ name: String, _ message: String) -> MalformedInput {
    MalformedInput("train --model mlp-ldvae --endmembers 3 --scene \(name).hdr -o new", message)
  }

  /// Training on the workspace's scene with something more.
  static func training(_ more: String, _ message: String, code: Int32 = 1) -> MalformedInput {
    MalformedInput("train --model mlp-ldvae --scene scene.h5 --set epochs=1 -o new \(more)", message, code: code)
  }

  /// Generating from the workspace's run.
  static func generating(_ more: String, _ message: String, code: Int32 = 1) -> MalformedInput {
    MalformedInput("generate --run run -o new.csv \(more)", message, code: code)
  }

  /// Files that are not what they should be.
  static let files: [MalformedInput] = [
    .init("train --scene absent.h5 -o new", "{dir}/absent.h5: cannot open: No such file or directory"),
    .init("train --scene foreign -o new", "{dir}/foreign: cannot open: it is a directory"),
    .init("train --scene empty.h5 -o new", "{dir}/empty.h5: cannot open: file signature not found"),
    .init(
      "train --scene text.doc -o new",
      "{dir}/text.doc: not a format Alunite reads (MATLAB (mat), HDF5 (h5, hdf5, he5, nc), ENVI (hdr, img, dat, sli, "
        + "bsq, bil, bip, raw, hyspex), text (csv, txt, asc))"),
    .init(
      "train --scene text.txt -o new",
      "{dir}/text.txt: the content is text, which is not read; of texts only spectral libraries are"),
    .init(
      "synthesize --recipe cuprite-like --library text.txt -o new",
      "{dir}/text.txt: lines: expected columns of numbers, found `hello`"),
    .init("train --scene half.h5 -o new", "{dir}/half.h5: cannot open: truncated file"),
    .init("train --scene corrupt.h5 -o new", "{dir}/corrupt.h5: "),
    .init("train --scene head.mat -o new", "{dir}/head.mat: declares 65671 bytes of data and holds 136"),
    .init(
      "train --truth absent.mat --scene scene.h5 -o new", "{dir}/absent.mat: cannot open: No such file or directory"),
    .init(
      "train --variable nope --scene scene.h5 -o new",
      "{dir}/scene.h5: nope is missing; the file holds fwhm, notes, source_bands, spectra, truth, valid, wavelength"),
    .init(
      "inspect --bands 1-100 good.hdr",
      "{dir}/good.hdr: chosen bands: expected different numbers from 1 to 10, found 1-100"),
    .init("inspect absent.h5", "{dir}/absent.h5: cannot open: No such file or directory"),
    .cube(
      "no-data", "{dir}/no-data.hdr: the data file is missing; put it beside the header, as no-data.img for instance"),
    .cube("long", "{dir}/long.img: declares 2880 bytes of data and holds 2560"),
    .cube("no-bands", "{dir}/no-bands.hdr: `bands` is missing; add it to the header"),
    .cube("negative-bands", "{dir}/negative-bands.hdr: bands: expected 1 or more, found -3"),
    .cube(
      "type", "{dir}/type.hdr: data type is 99, which is not read; 1, 2, 3, 4, 5, 12, 13, 14 and 15 are"),
    .cube("interleave", "{dir}/interleave.hdr: interleave: expected bsq, bil or bip, found `xyz`"),
    .cube("wavelengths", "{dir}/wavelengths.hdr: wavelength: expected 10 numbers, one per band, found 3"),
    .cube(
      "huge",
      "{dir}/huge.hdr: size declares 2000000000 samples × 2000000000 lines × 10 bands, more than "
        + "9223372036854775807 bytes"),
    .cube("zeros", "{dir}/zeros.hdr: no valid pixel: 64 dead, 0 not finite, 0 equal to the ignore value"),
    .cube("nan", "{dir}/nan.hdr: no valid pixel: 0 dead, 64 not finite, 0 equal to the ignore value"),
    .cube(
      "constant",
      "{dir}/constant.hdr: 1 bands do not vary (1-based: 4); ask for constant bands to be dropped or kept "
        + "(--constant-bands drop or keep)"),
    .cube("scaled", "{dir}/scaled.hdr: values are not reflectance (median "),
    .init(
      "train --endmembers 3 --constant-bands keep --scene same.hdr -q -o new",
      "all 64 valid pixels are the same spectrum: there is nothing to unmix"),
  ]

  /// Things that are right by themselves and do not go together.
  static let conflicts: [MalformedInput] = [
    .init(
      "train --truth scene.h5 --scene good.hdr -o new",
      "{dir}/scene.h5: abundances: expected 8 rows × 8 columns, as the scene has, found 12 × 12"),
    .init(
      "train --endmembers 11 --scene good.hdr -o new", "endmembers: expected 2 to 10 (the scene has 10 bands), found 11"
    ),
    .init(
      "train --scene good.hdr -o new",
      "configuration, model.endmembers: expected a number, since the scene has no labelled abundances, found 0 "
        + "(--endmembers N)"),
    .init(
      "unmix --run run --scene good.hdr -o new", "bands of good: expected 188, as in scene.h5, found 10"),
    .init(
      "unmix --run absent --scene scene.h5 -o new", "{dir}/absent: no such run; alunite train -o {dir}/absent makes one"
    ),
    .init(
      "unmix --run foreign --scene scene.h5 -o new",
      "{dir}/foreign: holds no checkpoint.h5, so it is not a run of alunite train"),
    .init(
      "unmix --run broken-run --scene scene.h5 -o new", "{dir}/broken-run/checkpoint.h5: cannot open: truncated file"),
    .init("evaluate --result absent --truth scene.h5", "{dir}/absent: cannot open: No such file or directory"),
    .init(
      "evaluate --result foreign --truth scene.h5",
      "{dir}/foreign: holds neither estimate.h5 of alunite unmix nor checkpoint.h5 of alunite train"),
    .init("train --resume -o foreign", "{dir}/foreign: holds no checkpoint.h5, so it is not a run of alunite train"),
    .init("train --resume --seed 9 -o run", "--seed: expected 1, as in the run, found 9"),
    .init("train --resume --set epochs=9 -o run", "training.epochs: expected 2, as in the run, found 9"),
    .init("synthesize --recipe absent.yaml -o new", "{dir}/absent.yaml: cannot open: No such file or directory"),
    .training("--set learningRate=1e38", "training diverged in epoch 1: the loss is "),
  ]

  /// Configurations and tables.
  static let settings: [MalformedInput] = [
    .training(
      "--config unknown.yaml",
      "{dir}/unknown.yaml: expected a key of the configuration, found \"training.epoch\"; did you mean training.epochs?"
    ),
    .training("--config broken.yaml", "{dir}/broken.yaml: YAML: expected a mapping of keys, found "),
    .training("--config type.yaml", "{dir}/type.yaml: training.epochs: expected a whole number, found \"many\""),
    .training(
      "--config scalar.yaml", "{dir}/scalar.yaml: training: expected a mapping with keys such as epochs, found \"3\""),
    .training(
      "--config absent.yaml",
      "{dir}/absent.yaml: configuration: expected a readable text file, found No such file or directory"),
    .generating(
      "--abundances negative.csv",
      "{dir}/negative.csv: row 1, Nontronite: expected a fraction of at least 0, found \"-0.1\""),
    .generating("--abundances sum.csv", "{dir}/sum.csv: row 1, sum: expected 1 within 0.001, found 1.2"),
    .generating("--abundances short.csv", "{dir}/short.csv: row 1: expected 3 columns, found 2"),
    .generating(
      "--abundances word.csv", "{dir}/word.csv: row 2, Muscovite: expected a fraction of at least 0, found \"x\""),
    .generating(
      "--abundances names.csv",
      "{dir}/names.csv: row 1: expected one column Muscovite, found 0 among Alunite, Gold, Nontronite"),
    .generating("--abundances empty.csv", "{dir}/empty.csv: rows: expected at least one, found none"),
    .generating(
      "--edge Alunite:Gold",
      "--edge: expected two of Alunite, Muscovite, Nontronite, as Alunite:Muscovite, found \"Alunite:Gold\""),
    .generating(
      "--edge 2:2",
      "--edge: expected two of Alunite, Muscovite, Nontronite, as Alunite:Muscovite, found \"2:2\""),
  ]

  /// Options that say what they never may: exit code 2, too.
  static let options: [MalformedInput] = [
    .init(
      "train --model magic --scene scene.h5 -o new",
      "--model: expected \(Catalogue.entries.map(\.id).joined(separator: " or ")), found \"magic\"", code: 2),
    .init(
      "train --model spacn-ldvae --scene scene.h5 -o new",
      "--model: expected \(Catalogue.entries.map(\.id).joined(separator: " or ")), found \"spacn-ldvae\"; did you mean "
        + "spacnn-ldvae?", code: 2),
    .init(
      "train --model fcls --scene scene.h5 -o new",
      "--model: expected \(Catalogue.entries.map(\.id).joined(separator: " or ")), found \"fcls\", a classical method "
        + "(alunite unmix --method fcls)", code: 2),
    .training(
      "--preset labeled",
      "--preset: expected labelled or blind or paper, found \"labeled\"; did you mean labelled?", code: 2),
    .init(
      "train --endmembers 1 --scene good.hdr -o new",
      "--endmembers: expected 0 (from the truth) or 2 … 64, found 1", code: 2),
    .training("--restarts 0", "--restarts: expected 1 … 1000, found 0", code: 2),
    .training(
      "--set epoch=3", "--set: expected a key of the configuration, found \"epoch\"; did you mean epochs?", code: 2),
    .training("--set epochs", "--set: expected KEY=VALUE, found \"epochs\"", code: 2),
    .training("--set epochs=1.5", "--set: training.epochs: expected a whole number, found \"1.5\"", code: 2),
    .training("--set epochs=-1", "--set: training.epochs: expected 1 … 1000000, found -1", code: 2),
    .training(
      "--set head=quadratic",
      "--set: model.head: expected softmax, scaledSoftmax, softplus, exponential, found \"quadratic\"", code: 2),
    .training(
      "--set decoderHidden=7", "--set: model.decoderHidden: expected a list of whole numbers, found \"7\"", code: 2),
    .init(
      "unmix --method fcls --scene scene.h5 --set lambda=3 -o new",
      "--set: expected a key of the configuration, found \"lambda\"; there are spectra", code: 2),
    .init(
      "extract --scene scene.h5 --endmembers 3 --extract oracle -o new.csv",
      "--extract: expected extracted or vca or nfindr or ppi or smacc or atgp, found \"oracle\"", code: 2),
    .init(
      "benchmark standard --scene samsn -o new",
      "--scene: expected samson, samson-fcls, jasper, urban-crop, found \"samsn\"; did you mean samson?", code: 2),
    .init(
      "benchmark standard --seeds 3- -o new", "--seeds: expected a number, or a range as 3-7, found \"3-\"", code: 2),
    .init(
      "synthesize --recipe cuprite-like -o new.mat",
      "--output: expected a name ending in .h5, since HDF5 is written, found new.mat", code: 2),
  ]

  /// Wrong usage: exit code 2.
  static let usage: [MalformedInput] = [
    .init("dance", "Unexpected argument 'dance'", code: 2),
    .init("train --scene scene.h5", "Missing expected argument '--output <run>'", code: 2),
    .init("train -o new", "--scene is missing (only --resume does without)", code: 2),
    .init("train --resume --overwrite -o run", "--resume and --overwrite exclude each other", code: 2),
    .training("--threads 0", "--threads: expected 1 … 1024, found 0", code: 2),
    .training(
      "--split thirds",
      "The value 'thirds' is invalid for '--split <split>': split: expected none, random:SHARE or block:SHARE, as in "
        + "random:0.8, found \"thirds\"", code: 2),
    .training(
      "--split random:1.5",
      "The value 'random:1.5' is invalid for '--split <split>': split: expected a training share between 0 and 1, as in "
        + "random:0.8, found \"random:1.5\"", code: 2),
    .training("--zyxwvutsrqpon", "Unknown option '--zyxwvutsrqpon'", code: 2),
    .generating("", "give one of --abundances, --uniform, --edge and --pure", code: 2),
    .generating("--pure --uniform 3", "give one of --abundances, --uniform, --edge and --pure", code: 2),
    .generating("--pure --steps 3", "--steps: --edge is missing", code: 2),
    .generating("--pure --interval 1", "--interval: expected a probability between 0 and 1, found 1.0", code: 2),
    .init(
      "generate --run run --pure -o new.txt", "--output: expected a name ending in .csv, .sli or .h5, found new.txt",
      code: 2),
    .init(
      "transfer --recipe cuprite-like --target scene.h5 --adapt-epochs 3 -o new",
      "--adapt-epochs: --adapt encoder or all is missing", code: 2),
    .generating("--uniform 0", "--uniform: expected 1 … 10000000, found 0", code: 2),
    .init("inspect", "Missing expected argument '<path>'", code: 2),
    .init(
      "evaluate --result run --match best",
      "The value 'best' is invalid for '--match <rule>'. Please provide one of 'sad', 'abundance', 'names' or 'none'.",
      code: 2),
  ]
}

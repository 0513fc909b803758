# Alunite: make run, make test. Everything else is for those who change it.

SWIFT ?= swift
BINARY := .build/release/alunite
DEMO ?= out/demo
SOURCES := Package.swift Sources Synthetic Tests

# Tests that need benchmark scenes find them here, and are skipped where they are not.
ifneq ($(wildcard ../shared/data/.),)
ALUNITE_DATA ?= $(abspath ../shared/data)
endif
export ALUNITE_DATA

# A Python with torch, and the same work written in it.
PEERS_PYTHON ?= $(HOME)/peers/bin/python
PEERS ?= ../shared/bench

# Where gradients are checked, because in single precision they cannot be.
DOUBLE := --traits DoublePrecision --scratch-path .build/double
GRADIENTS := --filter '^(Tensors|Networks|Probability)Tests|ModelGradient|NegativeELBO'

.PHONY: run test bench bench-classical bench-nuts format format-check check-long docs build libraries

## Synthesises two scenes, trains on one, unmixes the other, and compares the result with the truth.
run: build
	mkdir -p $(DEMO)
	$(BINARY) synthesize --recipe cuprite-like --seed 1 --overwrite -o $(DEMO)/scene-1.h5
	$(BINARY) synthesize --recipe cuprite-like --seed 2 --overwrite -o $(DEMO)/scene-2.h5
	$(BINARY) train --model spacnn-ldvae --scene $(DEMO)/scene-1.h5 --split random:0.8 --seed 1 --overwrite -o $(DEMO)/run
	$(BINARY) unmix --run $(DEMO)/run --scene $(DEMO)/scene-2.h5 --overwrite -o $(DEMO)/result
	$(BINARY) evaluate --result $(DEMO)/result --truth $(DEMO)/scene-2.h5
	@echo
	@echo "Abundance maps with their uncertainty: $(abspath $(DEMO))/result/abundance-maps.png"
	@echo "All results: $(abspath $(DEMO))"

build: libraries
	$(SWIFT) build -c release --product alunite

## Every test; then those of gradients once more in double precision.
test: libraries
	$(SWIFT) build -c release --build-tests
	$(SWIFT) test -c release --skip-build
	$(SWIFT) build -c release --build-tests $(DOUBLE)
	$(SWIFT) test -c release --skip-build $(DOUBLE) $(GRADIENTS)

## Tests that take minutes: a million draws, twenty kills of a training run, 48 kinds of pixels; then the notebooks.
check-long: libraries
	$(SWIFT) build -c release --build-tests
	ALUNITE_LONG=1 $(SWIFT) test -c release --skip-build
	$(if $(wildcard $(PEERS_PYTHON)),"$(PEERS_PYTHON)",python3) .ci/notebooks $(BINARY)

## Step times and peak memory, beside PyTorch's where that is installed.
bench: build
	.ci/bench $(BINARY) "$(PEERS_PYTHON)" "$(PEERS)"

## Pixels a second of fully constrained least squares, beside other programs'. PEERS_SITE: a folder with quadprog and spams.
bench-classical: build
	"$(PEERS_PYTHON)" -u .ci/bench-classical $(BINARY) "$(PEERS)" $(PEERS_SITE)

## NUTS for a thousand pixels beside NumPyro's. PEERS_SITE: a folder with numpyro and jax.
bench-nuts: build
	"$(PEERS_PYTHON)" -u .ci/bench-nuts $(BINARY) $(PEERS_SITE)

format:
	$(SWIFT) format --in-place --parallel --recursive $(SOURCES)

format-check:
	$(SWIFT) format lint --strict --parallel --recursive $(SOURCES)

## Reference pages of the libraries in out/docs, made by the toolchain's docc.
docs: libraries
	$(SWIFT) package dump-symbol-graph --minimum-access-level public
	docc convert --fallback-display-name Alunite --fallback-bundle-identifier alunite \
	  --additional-symbol-graph-dir "$$($(SWIFT) build --show-bin-path)/../symbolgraph" --output-dir out/docs
	@echo "Open $(abspath out/docs)/index.html through a web server"

libraries:
	@.ci/libraries

#!/bin/bash -eu
# Builds the fuzz targets and their seeds into $OUT, as ClusterFuzzLite and OSS-Fuzz want them. SANITIZER is theirs, and $SRC/launder
# is this folder.
cd "$SRC/launder"

# Without link-time optimisation, which an instrumented build takes long for.
export CARGO_PROFILE_RELEASE_LTO=off
cargo fuzz build -O --debug-assertions --sanitizer "${SANITIZER:-address}"

# The package is a member of a workspace, so what is built is in the workspace's folder and not in fuzz/target.
triple=$(rustc -vV | sed -n 's/^host: //p')
for target in models differential judge; do
    cp "${CARGO_TARGET_DIR:-target}/$triple/release/$target" "$OUT/"
    case $target in judge) seeds=judge ;; *) seeds=models ;; esac
    (cd "fuzz/seeds/$seeds" && zip -q -r "$OUT/${target}_seed_corpus.zip" .)
done

"""Shows that AVX-512 gives the same bits on a machine that lacks it.

    python tests/proof/avx512.py [CHUNKS]

The digests of digest.py are computed twice: by the source compiled for AVX2 by way of SIMDe, and by
its real instructions on an emulated CPU, which is slow and takes CHUNKS (100) of the 1025 chunks of
the sample. Where the machine has AVX-512, digest.py runs it natively. simde/immintrin.h adds what
SIMDe 0.8.2 lacks; emulated.py says which emulators are wrong.
"""

import importlib.util
import re
import shutil
import sys
from pathlib import Path

import harness
from digest import DIGESTS, INPUTS

from bench.tables import record

AVX512 = "avx512f,avx512dq,avx512bw,avx512vl"


def missing() -> str | None:
    """Return what is needed and not there."""
    for module, package in [("simde_py", "simde-py"), ("bochscpu", "bochscpu-python")]:
        if importlib.util.find_spec(module) is None:
            return package
    return None


def build(name: str, target: str, compiler: list[str], flags: list[str]) -> Path:
    """Build digest.c with AVX-512's source compiled for the target, and used without VBMI2, which
    the emulated CPU lacks and the source does not use."""
    sources = harness.BUILT / f"csrc-{name}"
    shutil.copytree(harness.ROOT / "csrc", sources)
    file = sources / "isa" / "avx512.c"
    text, targets = re.subn(r'target\("avx512[^"]*"\)', f'target("{target}")', file.read_text())
    text, needs = re.subn(r"(#define AVX512_NEEDS)(.*\\\n)*.*", r"\1 NEEDS(AVX2)", text)
    if not targets or needs != 1:
        sys.exit(f"{file} does not say what it needs")
    file.write_text(text)
    return harness.build(
        "digest", f"digest-{name}", compiler, ["-w", "-Wno-psabi", *flags], sources
    )


def built_by_simde() -> Path:
    import simde_py

    include = [f"-I{harness.HERE / 'simde'}", f"-I{simde_py.get_include()}"]
    return build("simde", "avx2,fma,f16c", ["gcc"], ["-O1", "-mavx2", "-mfma", "-mf16c", *include])


def digests(*command: object) -> dict[str, list[str]]:
    """Return the digests of each divider."""
    found: dict[str, list[str]] = {}
    for line in harness.run(command).splitlines():
        isa, digest = line.split(" ", 1)
        found.setdefault(isa, []).append(digest)
    return found


def main() -> None:
    chunks = int(sys.argv[1] if sys.argv[1:] else 100)
    if (package := missing()) is not None:
        sys.exit(f"needs {package}")
    native = build("static", AVX512, ["gcc", "-static"], ["-O3"])
    expected = digests(native, chunks, "baseline")["baseline"]
    emulator = [sys.executable, harness.HERE / "emulated.py", native, chunks, "avx512"]
    runs = [("SIMDe", [built_by_simde(), 1025, "avx512"], DIGESTS), ("Bochs", emulator, expected)]
    failures = 0
    for (name, _, wanted), found in zip(
        runs, harness.in_parallel(lambda run: digests(*run[1]), runs), strict=True
    ):
        other = [isa for isa, lines in found.items() if lines != wanted]
        failures += bool(other) or not found
        print(f"{name}: {', '.join(found)}; other bits on {', '.join(other) or 'none'}")
    paths = f"SIMDe, compiled for AVX2; Bochs' CPU, {chunks} of 1025 chunks"
    record(INPUTS, paths, "the same bits", failures)


if __name__ == "__main__":
    main()

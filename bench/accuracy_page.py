"""The tables of docs/accuracy.md."""

import math
from pathlib import Path
from typing import Any

import machine

from docs.report import fill, table

PAGE = Path(__file__).resolve().parent.parent / "docs" / "accuracy.md"
Found = dict[str, dict[str, Any]]  # by dtype and function


def worst(finding: dict[str, Any]) -> str:
    error = finding["worst"]
    if math.isinf(error):
        return f"not finite at `{finding['at']}`"
    number = (
        f"{error:.1e}".replace("e+0", "e").replace("e+", "e") if error >= 1e6 else f"{error:.2f}"
    )
    return f"{number} at `{finding['at']}`"


def share(finding: dict[str, Any]) -> str:
    """Return the share of right results in per cent, never rounded up to all of them."""
    if finding["right"] == finding["inputs"]:
        return "all"
    wrong = 100 * (1 - finding["right"] / finding["inputs"])
    digits = max(1, math.ceil(-math.log10(wrong)))
    scale = 10**digits
    return f"{math.floor((100 - wrong) * scale) / scale:.{digits}f} %"


def errors_table(findings: dict[str, Found], dtype: str) -> str:
    rows = []
    for name, found in findings.items():
        pair = [found.get(f"{dtype} {function}") for function in ("softsign", "derivative")]
        if any(pair):
            cells = [cell(one) if one else "" for one in pair for cell in (worst, share)]
            rows.append([name, *cells])
    head = ["", "softsign, worst ulp", "right", "derivative, worst ulp", "right"]
    return table(head, rows)


def limits(finding: dict[str, Any], expected: dict[str, str]) -> str:
    """Return `right`, or what came out in place of it."""
    got = finding["limits"]
    wrong = [got[name] for name, value in expected.items() if got[name] != value]
    return ", ".join(dict.fromkeys(wrong)) or "right"


def limits_table(findings: dict[str, Found]) -> str:
    rows = []
    for name, found in findings.items():
        softsign, derivative = (found.get(f"float32 {f}") for f in ("softsign", "derivative"))
        rows.append(
            [
                name,
                limits(softsign, {"inf": "1", "-inf": "-1"}),
                limits(softsign, {"largest": "1"}),
                limits(softsign, {"nan": "NaN", "-0": "-0"}),
                limits(softsign, {"subnormal": "kept"}),
                limits(derivative, {"inf": "0", "-inf": "0"}) if derivative else "",
            ]
        )
    head = ["", "±∞", "largest finite", "NaN, -0", "smallest", "derivative at ±∞"]
    return table(head, rows)


def order_table(findings: dict[str, Found]) -> str:
    rows = []
    for name, found in findings.items():
        cells = []
        for function in ("softsign", "derivative"):
            finding = found.get(f"float32 {function}")
            cells += [f"{finding[k]:,}" for k in ("beyond", "unordered")] if finding else ["", ""]
        messages = {m for f in found.values() for m in f["warnings"]}
        rows.append([name, *cells, ", ".join(sorted(messages)) or "none"])
    head = ["", "\\|y\\| > 1", "out of order", "dy/dx not in [0, 1]", "out of order", "warnings"]
    return table(head, rows)


def write(findings: dict[str, Found]) -> None:
    findings = {name: found for name, found in findings.items() if found}
    texts = {dtype: errors_table(findings, dtype) for dtype in ("float32", "float16", "float64")}
    texts |= {"versions": machine.versions(), "limits": limits_table(findings)}
    fill(PAGE, texts | {"order": order_table(findings)})

#!/usr/bin/env python3
"""Writes tests/cases/AREA/NAME/expected.txt anew: what case.py beside it prints under CPython.

    python3 scripts/expected.py [AREA | AREA/NAME]…     (all cases when nothing is named; CPython 3.11 or later)

Every case runs in an empty directory of its own, as tests/conformance.rs runs it. A case that fails,
writes to standard error or prints something else the second time is reported and its file left alone.
"""
import pathlib
import subprocess
import sys
import tempfile

CASES = pathlib.Path(__file__).resolve().parent.parent / "tests" / "cases"


def run(case):
    """Runs one case and returns what it printed."""
    with tempfile.TemporaryDirectory() as room:
        done = subprocess.run([sys.executable, case], cwd=room, stdin=subprocess.DEVNULL, capture_output=True, timeout=20)
    if done.returncode != 0 or done.stderr:
        raise ValueError(f"exit status {done.returncode}\n{done.stderr.decode(errors='replace')}")
    return done.stdout


def main(wanted):
    cases = sorted(CASES.glob("*/*/case.py"))
    if wanted:
        cases = [c for c in cases if c.parts[-3] in wanted or "/".join(c.parts[-3:-1]) in wanted]
    failed = 0
    for case in cases:
        name, target = "/".join(case.parts[-3:-1]), case.with_name("expected.txt")
        try:
            printed = run(case)
            if run(case) != printed:
                raise ValueError("prints something else every time")
        except (ValueError, subprocess.TimeoutExpired) as problem:
            failed += 1
            print(f"{name}: {problem}", file=sys.stderr)
            continue
        if not target.exists() or target.read_bytes() != printed:
            target.write_bytes(printed)
            print(f"{name}: written")
    print(f"{len(cases)} cases, {failed} failed")
    return 1 if failed or not cases else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

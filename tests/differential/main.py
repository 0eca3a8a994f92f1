#!/usr/bin/env python3
"""The same random sequences of socket calls under CPython and under wirescript, outcome by outcome.

    main.py --wirescript target/debug/wirescript [--sequences 1000] [--seeds 1,2,3] [--languages lua,rhai] [--batch 250]
            [--jobs 4] [--only N] [--show N]

Ends with status 1 when there is a difference that docs/differences.md does not list; each is told shrunk to the fewest
calls that show it, as the scripts of both languages, with what both said.
"""

import argparse
import collections
import concurrent.futures
import dataclasses
import itertools
import os
import pathlib
import subprocess
import sys
import tempfile
import threading
import time

import compare
from generate import generate
from values import TAG
from program import Lua, Python, Rhai

HERE = pathlib.Path(__file__).resolve().parent
LANGUAGES = {each.name: each for each in (Python(), Lua(), Rhai())}
PRELUDES = {name: (HERE / f"prelude.{each.ending}").read_text() for name, each in LANGUAGES.items()}
# Seconds one sequence may take alone on a busy machine, and what many take at most.
PATIENCE = 15
# Runs what follows in a network of its own, where nobody else takes the ports that the kernel chooses.
ALONE = ["unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$0" "$@"']


class Run:
    """What is the same for the whole run."""

    def __init__(self, options):
        self.options = options
        self.rules = compare.rules()
        self.lock = threading.Lock()
        self.tags = itertools.count(os.getpid() % 0x1000 << 20)
        self.network = ALONE if may_be_alone() else []

    def command(self, language, script):
        program = [sys.executable, "-I"] if language == "python" else [self.options.wirescript]
        return [*self.network, *program, script]

    def execute(self, language, sequences):
        """Runs sequences in one process: the lines of each by place; and why the process did not come to its end."""
        with tempfile.TemporaryDirectory() as room:
            script = os.path.join(room, f"script.{LANGUAGES[language].ending}")
            # Abstract names belong to the whole machine: each process has its own.
            tag = f"{next(self.tags):0{len(TAG)}x}"
            text = LANGUAGES[language].program(sequences, PRELUDES[language])
            pathlib.Path(script).write_text(text.replace(TAG, tag))
            environment = {**os.environ, "RES_OPTIONS": "timeout:1 attempts:1"}
            try:
                done = subprocess.run(self.command(language, script), cwd=room, env=environment, stdin=subprocess.DEVNULL,
                                      capture_output=True, timeout=PATIENCE + len(sequences) * 0.1)  # fmt: skip
                output, complaint = done.stdout, None
                if done.returncode != 0 or done.stderr:
                    complaint = f"status {done.returncode}: {done.stderr.decode(errors='replace')[:600]}"
            except subprocess.TimeoutExpired as e:
                output, complaint = e.stdout or b"", "hangs"
        lines = {n: {} for n in sequences}
        ended = set()
        for line in output.decode(errors="replace").replace(tag, TAG).splitlines():
            number, place, rest = [*line.split(" ", 2), "", ""][:3]
            if place == "end":
                ended.add(int(number))
            elif rest:
                lines[int(number)][int(place)] = rest
        return lines, complaint or (None if len(ended) == len(sequences) else "stopped half way")

    def outcomes(self, language, sequences):
        """The lines of each sequence. A process that dies is replaced by one for each of its sequences."""
        lines, complaint = self.execute(language, sequences)
        if complaint is None:
            return lines
        if len(sequences) == 1:
            (n,) = sequences
            lines[n][len(lines[n])] = f"the process: {complaint}"
            return lines
        lines = {}
        numbers = list(sequences)
        for half in (numbers[: len(numbers) // 2], numbers[len(numbers) // 2 :]):
            lines |= self.outcomes(language, {n: sequences[n] for n in half})
        return lines

    def difference(self, sequence, python, ours, language):
        steps = sequence.steps()
        texts = [LANGUAGES["python"].write(step.expression) for step in steps]
        with self.lock:
            return compare.first_difference(steps, texts, python, ours, language, self.rules)

    def different(self, sequences, language):
        """Those of `sequences` that differ, with their first difference."""
        python, ours = self.outcomes("python", sequences), self.outcomes(language, sequences)
        found = {n: self.difference(each, python[n], ours[n], language) for n, each in sequences.items()}
        return {n: each for n, each in found.items() if each}

    def shrink(self, sequence, language, kind):
        """The sequence with every group left out that the same kind of difference can do without."""
        groups = sequence.groups
        size = max(1, len(groups) // 2)
        while True:
            shorter = [groups[:i] + groups[i + size :] for i in range(0, len(groups), size)]
            candidates = {i: dataclasses.replace(sequence, groups=each) for i, each in enumerate(shorter) if each}
            found = self.different(candidates, language) if candidates else {}
            same = [i for i, each in found.items() if kind_of(candidates[i], each) == kind]
            if same:
                groups = candidates[same[-1]].groups
                size = min(size, max(1, len(groups) // 2))
            elif size == 1:
                return dataclasses.replace(sequence, groups=groups)
            else:
                size //= 2


def may_be_alone():
    """Whether this user may make networks; where not, the programs share the machine's."""
    try:
        done = subprocess.run([*ALONE, "true"], capture_output=True, timeout=PATIENCE)
        return done.returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def kind_of(sequence, difference):
    """What makes two differences the same: the call, and the kinds of outcome."""
    place, theirs, mine = difference
    expression = sequence.steps()[place].expression
    name = next((each for each in expression[1:3] if isinstance(each, str)), expression[0])
    word = lambda text: " ".join(text.split()[: 3 if text.startswith("!") else 1])
    return name, word(theirs), word(mine)


def batch(run, seed, first, count):
    """Runs a batch in all languages; the differences that stay when the sequence runs alone, three times."""
    sequences = generate(seed, first, count)
    python = run.outcomes("python", sequences)
    steps = sum(len(each.steps()) for each in sequences.values())
    found, unsteady = [], 0
    for language in run.options.languages:
        ours = run.outcomes(language, sequences)
        for n, sequence in sequences.items():
            difference = run.difference(sequence, python[n], ours[n], language)
            if not difference:
                continue
            again = [run.different({n: sequence}, language).get(n) for _ in range(3)]
            if all(again) and len({kind_of(sequence, each) for each in again}) == 1:
                found.append((n, language, sequence, again[-1]))
            else:
                unsteady += 1
                print(f"unsteady: seed {seed}, sequence {n}, {language}: {difference}", file=sys.stderr)
    return steps, found, unsteady


def tell(run, seed, n, language, sequence, difference, times):
    """Prints a difference side by side."""
    place, theirs, mine = difference
    found = ", ".join(f"{count} of {name}" for name, count in times.items())
    print(f"\n== seed {seed}, sequence {n}, {language}; of this kind: {found}\n   timeout {sequence.timeout}, {'in company' if sequence.company else 'alone'}")
    for i, step in enumerate(sequence.steps()):
        outs = f"{', '.join(step.outs)} = " if step.outs else ""
        print(f"   {'>' if i == place else ' '} {outs}{LANGUAGES['python'].write(step.expression)}")
    print(f"   {LANGUAGES[language].name:8}{LANGUAGES[language].write(sequence.steps()[place].expression)}")
    print(f"   CPython     {theirs}\n   wirescript  {mine}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wirescript", required=True)
    parser.add_argument("--sequences", type=int, default=1000, help="of all seeds together")
    parser.add_argument("--seeds", default="1,2,3")
    parser.add_argument("--languages", default="lua,rhai", type=lambda text: text.split(","))
    parser.add_argument("--batch", type=int, default=250)
    parser.add_argument("--jobs", type=int, default=4)
    parser.add_argument("--only", type=int, help="this sequence of the first seed: its scripts are printed")
    parser.add_argument("--show", type=int, default=25, help="differences to tell in full")
    options = parser.parse_args()
    options.wirescript = os.path.abspath(options.wirescript)
    run = Run(options)
    seeds = options.seeds.split(",")
    if options.only is not None:
        sequences = generate(seeds[0], options.only, 1)
        for name, language in LANGUAGES.items():
            print(language.sequence(options.only, sequences[options.only]))
            for place, text in run.outcomes(name, sequences)[options.only].items():
                print(f"    {place} {text}")
        return 0
    start = time.monotonic()
    each = -(-options.sequences // len(seeds))
    jobs = [(seed, first, min(options.batch, each - first)) for seed in seeds for first in range(0, each, options.batch)]
    kinds, steps, unsteady = collections.defaultdict(list), 0, 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        work = {pool.submit(batch, run, *job): job for job in jobs}
        for done in concurrent.futures.as_completed(work):
            seed = work[done][0]
            some, found, shaky = done.result()
            steps, unsteady = steps + some, unsteady + shaky
            for n, language, sequence, difference in found:
                kinds[kind_of(sequence, difference)].append((seed, n, language, sequence, difference))
    for kind, cases in list(kinds.items())[: options.show]:
        seed, n, language, sequence, difference = min(cases, key=lambda case: len(case[3].steps()))
        small = run.shrink(sequence, language, kind)
        again = run.different({0: small}, language).get(0)
        times = collections.Counter(case[2] for case in cases)
        tell(run, seed, n, language, small if again else sequence, again or difference, times)
    where = "each process in a network of its own" if run.network else "all processes in the machine's network"
    print(f"\n{each * len(seeds)} sequences from seeds {options.seeds}, {steps} calls, {' and '.join(options.languages)}, "
          f"{where}, {time.monotonic() - start:.0f} s")  # fmt: skip
    print("listed differences met: " + (", ".join(f"{rule.name} {rule.used}" for rule in run.rules if rule.used) or "none"))
    count = sum(len(cases) for cases in kinds.values())
    print(f"unexplained differences: {count} ({len(kinds)} kinds); not the same twice, so not counted: {unsteady}")
    return 1 if kinds else 0


if __name__ == "__main__":
    sys.exit(main())

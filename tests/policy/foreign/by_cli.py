"""`python -m tests.policy.foreign.by_cli [CASE...]`: the real CLI previews every foreign program with the pack.

Each case is one `pulumi preview` with the real engine, language host and pack; the providers' plugins are replaced by
one that returns every resource's inputs, so that no cloud is needed. Prints a line for each case, and exits with 1
if a verdict is wrong.
"""

import argparse
import re
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from tests.policy.foreign.answers import FOUND
from tests.policy.foreign.case import Case, Verdict, problem
from tests.policy.foreign.cases import CASES
from tests.policy.foreign.record import CONFIG, PROJECT, SECRETS, registered
from tests.policy.previews import Done, NoCommand, Project, project

PROGRAM = Path(__file__).parent / "program"
TAG = "P101"  # the tag that names the manager is added to every resource in scope
BY_NAME = {case.name: case for case in CASES}


@dataclass(frozen=True, kw_only=True)
class Judged:
    """A case after its preview; `wrong` says what differs from the case's verdict, '' if nothing does."""

    case: Case
    rules: tuple[str, ...]
    seconds: float
    wrong: str

    def __str__(self) -> str:
        word = "WRONG" if self.wrong else "right"
        rules = ", ".join(self.rules) or "no finding"
        line = f"{word}  {self.case.name:48} {self.case.verdict:8} {self.seconds:5.1f} s  {rules}"
        return f"{line}\n       {self.wrong}" if self.wrong else line


@contextmanager
def platform(folder: Path, stacks: Iterable[str]) -> Iterator[Project]:
    """The project of the foreign programs, with these stacks and their configuration."""
    with project(folder, name=PROJECT, program=PROGRAM, results=FOUND) as made:
        for stack in sorted(set(stacks)):
            settings = [word for key, value in CONFIG.items() for word in setting(key, value)]
            for command in (("stack", "init", stack), ("config", "set-all", "--stack", stack, *settings)):
                done = made.pulumi(*command)
                if done.status:
                    raise AssertionError(done.output)
        yield made


def setting(key: str, value: str) -> tuple[str, str]:
    """Two words of `pulumi config set-all`."""
    whole = key if ":" in key else f"{PROJECT}:{key}"
    return ("--secret" if key in SECRETS else "--plaintext", f"{whole}={value}")


def previewed(made: Project, case: Case) -> tuple[Done, float]:
    """The finished preview of one case, and its seconds."""
    started = time.monotonic()
    return made.preview(case.stack, QUORATE_CASE=case.name), time.monotonic() - started


def judged(case: Case, done: Done, seconds: float) -> Judged:
    """The case beside what was printed. Not in a thread: it runs the program in this process, too."""
    rules = (*(finding.rule for finding in done.findings), *(f"{rule} (corrected)" for rule in done.corrected))
    return Judged(case=case, rules=tuple(sorted(rules)), seconds=seconds, wrong=difference(case, done))


def difference(case: Case, done: Done) -> str:
    """Why the preview's verdict is wrong, '' if it is right."""
    corrected = done.corrected - ({TAG} if case.verdict is not Verdict.SILENT else set())
    if not corrected <= case.expected:
        return f"{sorted(corrected)} changed an input without a fault"
    found = [(finding.rule, finding.level == "mandatory", finding.text) for finding in done.findings]
    # The engine judges what a remedy has made of a fault, so that a corrected fault passes.
    found += [(rule, True, "corrected") for rule in sorted(corrected)]
    if wrong := problem(case, found):
        return wrong
    if (done.status != 0) != (case.verdict is Verdict.REFUSED and not corrected):
        return f"the preview exits with {done.status}: {done.output[-2000:]}"
    # The CLI does not count the resources of a refused preview.
    created = re.search(r"^ +\+ (\d+) to create$", done.output, re.MULTILINE)
    wanted = len(registered(case))
    if done.status == 0 and (created is None or int(created[1]) != wanted):
        return f"the program has {wanted} resources, but: {done.output[-500:]}"
    return ""


def run(cases: Sequence[Case], *, jobs: int) -> Iterator[Judged]:
    """Preview the cases, `jobs` of them at a time. Raises `NoCommand`."""
    with (
        tempfile.TemporaryDirectory() as folder,
        platform(Path(folder), (case.stack for case in cases)) as made,
        ThreadPoolExecutor(max_workers=jobs) as pool,
    ):
        for case, (done, seconds) in zip(cases, pool.map(partial(previewed, made), cases), strict=True):
            yield judged(case, done, seconds)


def main() -> int:
    """Run, and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", metavar="CASE", help="names of cases; default: all")
    parser.add_argument("--jobs", type=int, default=2, help="previews at a time")
    chosen = parser.parse_args()
    if unknown := sorted(set(chosen.cases) - set(BY_NAME)):
        parser.error(f"no case is called {', '.join(unknown)}; the cases are {', '.join(sorted(BY_NAME))}")
    cases = [BY_NAME[name] for name in chosen.cases] or CASES
    wrong = 0
    started = time.monotonic()
    try:
        for result in run(cases, jobs=chosen.jobs):
            sys.stdout.write(f"{result}\n")
            sys.stdout.flush()
            wrong += bool(result.wrong)
    except NoCommand as error:
        parser.error(str(error))
    counts = ", ".join(f"{sum(case.verdict is verdict for case in cases)} {verdict}" for verdict in Verdict)
    seconds = time.monotonic() - started
    sys.stdout.write(f"{len(cases)} programs ({counts}): {wrong} wrong verdicts, {seconds:.0f} s\n")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())

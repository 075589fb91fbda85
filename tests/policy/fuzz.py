"""`python -m tests.policy.fuzz --inputs 100000`: hostile and mutated documents, and properties of any shape.

Every input is made of a number, so that a failure can be repeated with `--first N --inputs 1`. The server's own code
answers in a process of its own: a crash of it is seen, and the input that crashed it is named.
"""

import argparse
import multiprocessing
import sys
import time
from multiprocessing.sharedctypes import Synchronized
from typing import TYPE_CHECKING

from policies.rules import RULES
from policies.server import Analyzer
from tests.policy.hostile_documents import corpus
from tests.policy.hostile_inputs import request

if TYPE_CHECKING:
    import grpc

SLOWEST = 0.5  # seconds of processor time for one hostile document


def run(
    first: int, count: int, current: "Synchronized[int]", results: "multiprocessing.Queue[tuple[float, int, list[str]]]"
) -> None:
    """Answer every input; report the slowest, its number, and what failed."""
    texts, server = corpus(), Analyzer(RULES)
    context: grpc.ServicerContext = None  # type: ignore[assignment]  # no method of the pack uses it
    slowest, which, failed = 0.0, first, []
    for number in range(first, first + count):
        current.value = number
        message = request(number, texts)
        started = time.process_time()
        answer = server.AnalyzeStack(message, context)
        seconds = time.process_time() - started
        answer.SerializeToString()
        if seconds > slowest:
            slowest, which = seconds, number
        broken = {d.message.split("\n")[1] for d in answer.diagnostics if "the rule itself failed" in d.message}
        failed += [f"input {number}: {line}" for line in sorted(broken)[:1]]
    results.put((slowest, which, failed))


def fuzz(first: int, count: int) -> tuple[float, int, list[str]]:
    """Slowest answer in seconds of processor time, its input, and what failed; a dead server is a failure."""
    context = multiprocessing.get_context("spawn")
    current, results = context.Value("q", first), context.Queue()
    child = context.Process(target=run, args=(first, count, current, results))
    child.start()
    while child.is_alive() and results.empty():
        child.join(timeout=0.2)
    if child.exitcode not in (None, 0):
        return 0.0, current.value, [f"input {current.value}: the server died with exit status {child.exitcode}"]
    found: tuple[float, int, list[str]] = results.get()
    child.join()
    return found


def main() -> int:
    """Run, and print what was seen."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--inputs", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0)
    chosen = parser.parse_args()
    slowest, which, failed = fuzz(chosen.first, chosen.inputs)
    sys.stdout.write(f"{chosen.inputs} inputs, {len(failed)} failures, slowest {slowest:.3f} s (input {which})\n")
    sys.stdout.writelines(f"{line}\n" for line in failed[:50])
    return int(bool(failed) or slowest > SLOWEST)


if __name__ == "__main__":
    sys.exit(main())

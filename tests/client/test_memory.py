"""R1: a board whose memory a program has filled. query, verify and deploy restart its Python and work; query says so, and
nobody is told that Ctrl-C was ignored.

    test_memory.py         a sample
    test_memory.py 20      so many runs of each case
"""

import concurrent.futures
import os
import random
import sys
import tempfile

import trouble
from romfs_writer import file, sealed_image
from stock_board import SHAPES, StockBoard

AT_ONCE = 4
LEFT_KB = (1, 2, 4, 8, 16)
OF_HEAP = 4  # with less than this many KB query cannot even ask, on any shape


def judge(command, done, left_kb):
    if done.returncode != 0:
        return f"{command}: {done.stderr}"
    if command == "query" and left_kb <= OF_HEAP and "the memory was full, so Python was restarted" not in done.stderr:
        return f"query does not say that it restarted Python: {done.stdout}{done.stderr}"
    if "Ctrl-C" in done.stderr:
        return f"{command} blames Ctrl-C: {done.stderr}"
    return None


def case(shape, left_kb, runs):
    wrong = []
    with tempfile.TemporaryDirectory(prefix="mprom-test-") as state:
        trouble.prepare(shape, state, main=trouble.full_memory(left_kb * 1024))
        path = trouble.image_path(state)
        with StockBoard(shape, state=state, heap=trouble.HEAP) as board:
            for run in range(runs):
                contents = sealed_image(file("data.bin", random.Random(run).randbytes(10_000)))
                with open(path, "wb") as image:
                    image.write(contents)
                for command in (["deploy", "-q", "--no-restart", path], ["query"], ["verify", "-q"]):
                    trouble.press_reset(board)
                    done = trouble.run_mprom(command[0], "-p", board.port, *command[1:])
                    said = judge(command[0], done, left_kb)
                    wrong += [f"{shape}, {left_kb} KB left, run {run}: {said}"] if said else []
                if not board.flash().startswith(contents):
                    wrong.append(f"{shape}, {left_kb} KB left, run {run}: the segment holds something else")
    return wrong


def case_or_why(shape, left_kb, runs):
    try:
        return case(shape, left_kb, runs)
    except Exception as error:  # a board that does not answer is a finding, not the end of the run
        return [f"{shape}, {left_kb} KB left: {type(error).__name__}: {error}"]


def main(runs):
    os.environ.setdefault("MPROM_TIMEOUT_S", "60")
    cases = [(shape, left_kb) for shape in SHAPES for left_kb in LEFT_KB]
    if runs < 20:
        cases = [one for at, one in enumerate(cases) if at % 4 == 0]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as pool:
        wrong = [said for result in pool.map(lambda one: case_or_why(*one, runs), cases) for said in result]
    print("\n".join(wrong))
    print(f"memory: {len(cases)} cases, {runs} runs each, {len(wrong)} failed")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 1))

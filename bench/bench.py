"""Measures mprom against MicroPython's own tools, both in this run on this machine, and prints a row for each figure.

    scripts/bench            all rows
    scripts/bench NAME...    only those whose name begins so
"""

import sys

import bench_build
import bench_deploy
import bench_heap
import bench_lookup
import bench_memory
import bench_ports
import bench_size

ROWS = [*bench_build.ROWS, *bench_size.ROWS, *bench_ports.ROWS, *bench_lookup.ROWS, *bench_heap.ROWS,
        *bench_deploy.ROWS, *bench_memory.ROWS]
LINE = "{:<34} {:>14} {:>14} {:>9}  {:<22} {}"


def main(wanted):
    print(LINE.format("name", "ours", "theirs", "ratio", "goal", ""))
    for name, measure in ROWS:
        if wanted and not any(name.startswith(word) for word in wanted):
            continue
        for row in measure(name):
            print(LINE.format(row.name, row.ours, row.theirs, row.ratio, row.goal, "met" if row.met else "MISSED"))
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])

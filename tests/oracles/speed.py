"""How long the box's path takes beside the same path in Python, the two in turn on one machine.

    speed.py FIELDRAY BUNDLE HEAD FILE [--rounds N]

FIELDRAY is the release binary. Each round runs `fieldray bench` and then this process's own path (pydicom, Pillow, onnxruntime on
one thread, numpy) on FILE; then both as whole programs, from start to the heatmap's PNG. Prints a table of medians and ratios.
"""

import argparse
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")

import screen

STAGES = ["read", "prepare", "network", "classify", "explain"]


def ours(arguments):
    command = [arguments.fieldray, "bench", "--bundle", arguments.bundle, "--rounds", "5", arguments.file]
    table = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {stage: float(re.search(rf"^{stage}\s+([\d.]+)", table, re.M)[1]) for stage in STAGES}


def theirs(model, head, file):
    laps, clock = {stage: [] for stage in STAGES}, time.perf_counter()

    def lap(stage):
        nonlocal clock
        now = time.perf_counter()
        laps[stage].append((now - clock) * 1000)
        clock = now

    for _ in range(6):
        clock = time.perf_counter()
        film = screen.presentation_values(file)
        lap("read")
        tensor, placement = screen.prepare(film, model.manifest["preparation"])
        lap("prepare")
        seen = model.see(tensor)
        lap("network")
        _, gradient = model.judge(head, seen)
        lap("classify")
        model.heatmap(seen, gradient, placement)
        lap("explain")
    return {stage: statistics.median(times[1:]) for stage, times in laps.items()}


def program(command):
    start = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True)
    return (time.perf_counter() - start) * 1000


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ["fieldray", "bundle", "head", "file"]:
        parser.add_argument(name)
    parser.add_argument("--rounds", type=int, default=7)
    arguments = parser.parse_args()
    model = screen.Model(arguments.bundle, threads=1)
    head = next(head for head in model.manifest["heads"] if head["name"] == arguments.head)
    rounds = []
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder)
        here = str(pathlib.Path(screen.__file__))
        us = [arguments.fieldray, "screen", "--bundle", arguments.bundle, "--region", arguments.head, "--out", str(out), arguments.file]
        them = [sys.executable, here, arguments.bundle, arguments.head, arguments.file, "--heatmap", str(out / "heat.png")]
        for _ in range(arguments.rounds):
            one, other = ours(arguments), theirs(model, head, arguments.file)
            one["total"], other["total"] = sum(one.values()), sum(other.values())
            one["program"], other["program"] = program(us), program(them)
            rounds.append((one, other))
    print(f"{arguments.file}: medians of {arguments.rounds} rounds in turn, one thread, ms")
    print(f"{'stage':<10}{'fieldray':>10}{'Python':>10}{'ratio':>8}")
    for stage in [*STAGES, "total", "program"]:
        one = statistics.median(one[stage] for one, _ in rounds)
        other = statistics.median(other[stage] for _, other in rounds)
        ratio = statistics.median(one[stage] / other[stage] for one, other in rounds)
        print(f"{stage:<10}{one:>10.2f}{other:>10.2f}{ratio:>8.2f}")


if __name__ == "__main__":
    main()

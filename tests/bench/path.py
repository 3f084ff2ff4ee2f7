"""The whole path of a film beside the same path in Python (pydicom, Pillow, onnxruntime on one thread, numpy), the two in turn."""

import pathlib
import statistics
import sys
import time

import screen
from machine import bench, program

STAGES = ["read", "prepare", "network", "classify", "explain"]

# How often a film is screened in a round.
RUNS = 20


def measure(fieldray, bundle, head, film, rounds, folder):
    model = screen.Model(bundle, threads=1)
    entry = next(entry for entry in model.manifest["heads"] if entry["name"] == head)
    ours = [fieldray, "screen", "--bundle", bundle, "--region", head]
    theirs = [sys.executable, str(pathlib.Path(screen.__file__)), bundle, head, str(film)]
    programs = {
        "start to first result": ([*ours, "--json", film], theirs),
        "the same with heatmap PNG": ([*ours, "--out", folder / "pictures", film], [*theirs, "--heatmap", str(folder / "heat.png")]),
    }
    seen, memory = [], {}
    for _ in range(rounds):
        table = bench(fieldray, "--bundle", bundle, "--rounds", RUNS, film)
        one, other = {stage: table[stage][0] for stage in STAGES}, python(model, entry, str(film))
        one["all stages"], other["all stages"] = sum(one.values()), sum(other.values())
        for name, commands in programs.items():
            (one[name], our_mb), (other[name], their_mb) = (program(command) for command in commands)
            memory[name] = [max(old, new) for old, new in zip(memory.get(name, [0, 0]), [our_mb, their_mb])]
        seen.append((one, other))
    print(f"Milliseconds, medians of {rounds} rounds, one thread; memory is the most at once.\n")
    print("| stage | fieldray | Python | ratio |\n|---|---|---|---|")
    middle = {}
    for stage in seen[0][0]:
        one, other = (statistics.median(pair[side][stage] for pair in seen) for side in (0, 1))
        middle[stage] = one
        print(f"| {stage} | {one:.1f} | {other:.1f} | {statistics.median(pair[0][stage] / pair[1][stage] for pair in seen):.2f} |")
    for name, (one, other) in memory.items():
        print(f"| {name}: memory, MB | {one:.0f} | {other:.0f} | {one / other:.2f} |")
    print(f"\nThe heatmap takes {middle['explain'] / middle['network']:.1%} of the network stage.")


def python(model, head, film):
    laps, clock = {stage: [] for stage in STAGES}, time.perf_counter()

    def lap(stage):
        nonlocal clock
        now = time.perf_counter()
        laps[stage].append((now - clock) * 1000)
        clock = now

    for _ in range(6):
        clock = time.perf_counter()
        values = screen.presentation_values(film)
        lap("read")
        tensor, placement = screen.prepare(values, model.manifest["preparation"])
        lap("prepare")
        seen = model.see(tensor)
        lap("network")
        _, gradient = model.judge(head, seen)
        lap("classify")
        model.heatmap(seen, gradient, placement)
        lap("explain")
    # The first fills the caches.
    return {stage: statistics.median(times[1:]) for stage, times in laps.items()}

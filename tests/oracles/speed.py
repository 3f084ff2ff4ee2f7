"""How long the box's path takes beside the same path in Python, the two in turn on one machine.

    speed.py FIELDRAY BUNDLE HEAD FILE [--rounds N]

FIELDRAY is the release binary. Each round runs `fieldray bench` and then this process's own path (pydicom, Pillow, onnxruntime on
one thread, numpy) on FILE; then both as whole programs, from start to the heatmap's PNG. Prints a table of medians and ratios.

A second table is of the networks by themselves: the shortest of the rounds' 10th percentiles, because other programs on the machine only ever add
to it; multiply-adds; and the share of the fastest that one core was seen to multiply (numpy's matrix product in this process).
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

import numpy as np
import onnx
import onnxruntime

import screen

# How often each is run in a round.
RUNS = 20

STAGES = ["read", "prepare", "network", "classify", "explain"]


def bench(arguments, *more):
    command = [arguments.fieldray, "bench", "--bundle", arguments.bundle, "--rounds", str(RUNS), *more, arguments.file]
    table = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return {row[0]: (float(row[1]), float(row[2])) for row in re.findall(r"^(\w+)\s+([\d.]+)\s+([\d.]+)\s+[\d.]+$", table, re.M)}


def ours(arguments):
    """Medians of the stages, and the networks' 10th percentiles."""
    alone, together = bench(arguments), bench(arguments, "--side-by-side")
    stages = {stage: alone[stage][0] for stage in STAGES}
    networks = {name: low for name, (_, low) in alone.items() if name not in [*STAGES, "stage", "total"]}
    return stages, networks | {"all, one core": alone["network"][1], "all, two cores": together["network"][1]}


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


def networks_alone(networks, film):
    """Milliseconds (10th percentile) of onnxruntime for each network, and for all of them on one and on two threads."""
    times = {}
    for name, sessions in networks.items():
        runs = []
        for _ in range(RUNS):
            begun = time.perf_counter()
            for session in sessions:
                session.run(["map", "pooled"], {session.get_inputs()[0].name: film})
            runs.append((time.perf_counter() - begun) * 1000)
        times[name] = statistics.quantiles(runs, n=10)[0]
    return times


def sessions(model, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    return [onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"]) for file in model.networks.values()]


def multiply_adds(network):
    graph = onnx.load_model_from_string(network)
    graph.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1
    graph = onnx.shape_inference.infer_shapes(graph, data_prop=True).graph
    shapes = {value.name: [dim.dim_value or 1 for dim in value.type.tensor_type.shape.dim] for value in [*graph.value_info, *graph.output]}
    weights = {tensor.name.removesuffix(".f16"): tensor.dims for tensor in graph.initializer}
    convolutions = [node for node in graph.node if node.op_type == "Conv"]
    return sum(int(np.prod(shapes[node.output[0]])) * int(np.prod(weights[node.input[1]][1:])) for node in convolutions)


def fastest_gflops():
    """Of one core, as its matrix product shows it."""
    square, best = np.ones((1024, 1024), np.float32), 1.0
    for _ in range(20):
        begun = time.perf_counter()
        square @ square
        best = min(best, time.perf_counter() - begun)
    return 2 * 1024**3 / best / 1e9


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
    film = np.zeros((1, 1, *[model.manifest["preparation"]["side_px"]] * 2), np.float32)
    one_thread, two_threads = sessions(model, 1), sessions(model, 2)
    networks = {name: [session] for name, session in zip(model.networks, one_thread)}
    networks |= {"all, one core": one_thread, "all, two cores": two_threads}
    rounds, network_rounds = [], []
    with tempfile.TemporaryDirectory() as folder:
        out = pathlib.Path(folder)
        here = str(pathlib.Path(screen.__file__))
        us = [arguments.fieldray, "screen", "--bundle", arguments.bundle, "--region", arguments.head, "--out", str(out), arguments.file]
        them = [sys.executable, here, arguments.bundle, arguments.head, arguments.file, "--heatmap", str(out / "heat.png")]
        for _ in range(arguments.rounds):
            (one, ours_alone), other = ours(arguments), theirs(model, head, arguments.file)
            network_rounds.append((ours_alone, networks_alone(networks, film)))
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
    limit = fastest_gflops()
    print(f"\nnetworks by themselves: shortest times, ms; a core multiplies at most {limit:.0f} GFLOP/s")
    print(f"{'network':<24}{'M mult-adds':>12}{'fieldray':>10}{'onnxrt':>10}{'ratio':>8}{'of limit':>10}{'theirs':>8}")
    work = {name: multiply_adds(network) for name, network in model.networks.items()}
    for name in networks:
        one, other = (min(times[side][name] for times in network_rounds) for side in (0, 1))
        work_done = work.get(name, sum(work.values()))
        share = [2 * work_done / ms / 1e6 / limit / (2 if name == "all, two cores" else 1) for ms in (one, other)]
        print(f"{name:<24}{work_done / 1e6:>12.0f}{one:>10.2f}{other:>10.2f}{one / other:>8.2f}{share[0]:>10.0%}{share[1]:>8.0%}")


if __name__ == "__main__":
    main()

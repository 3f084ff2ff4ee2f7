"""The bundle's networks beside onnxruntime and ncnn on the same files, in turn.

Times are the shortest of the rounds' 10th percentiles: other programs on the machine only ever add to them. The limit is the fastest that one core
was seen to multiply in the same run.
"""

import importlib.util
import itertools
import pathlib
import statistics
import subprocess
import time

import ncnn
import numpy as np
import onnx
import onnxruntime

import screen
from machine import bench, fastest_gflops

# Only the program in it is of use: the module imports torch.
PNNX = pathlib.Path(importlib.util.find_spec("pnnx").origin).with_name("pnnx")

# How often each is run in a round.
RUNS = 20


def measure(fieldray, bundle, film, rounds, folder):
    model = screen.Model(bundle, threads=1)
    side = model.manifest["preparation"]["side_px"]
    blank = np.zeros((1, 1, side, side), np.float32)
    names = list(model.networks)
    converted = {name: convert(name, network, side, folder) for name, network in model.networks.items()}
    cases = {name: ([name], 1) for name in names} | {"all, one core": (names, 1), "all, two cores": (names, 2)}
    peers = {"onnxruntime": lambda name, threads: onnxruntime_runner(model.networks[name], threads, blank)}
    peers["ncnn"] = lambda name, threads: ncnn_runner(converted[name], threads, blank)
    runners = {
        (peer, case): [make(name, threads) for name in which]
        for (peer, make), (case, (which, threads)) in itertools.product(peers.items(), cases.items())
    }
    times, limits = {}, []
    for _ in range(rounds):
        limits.append(fastest_gflops())
        for case, ms in ours(fieldray, bundle, film, names).items():
            times.setdefault(("fieldray", case), []).append(ms)
        for key, runs in runners.items():
            times.setdefault(key, []).append(tenth_percentile(runs))
    limit = max(limits)
    work = {name: multiply_adds(network) for name, network in model.networks.items()}
    print(f"Milliseconds; the limit of a core is {limit:.0f} GFLOP/s.\n")
    print("| network | million multiply-adds | fieldray | onnxruntime | ratio | ncnn | ratio | share of the limit: ours | onnxruntime | ncnn |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    for case, (which, threads) in cases.items():
        done = sum(work[name] for name in which)
        one, ort, other = (min(times[who, case]) for who in ["fieldray", "onnxruntime", "ncnn"])
        shares = [f"{2 * done / ms / 1e6 / limit / threads:.0%}" for ms in (one, ort, other)]
        print(f"| {case} | {done / 1e6:.0f} | {one:.1f} | {ort:.1f} | {one / ort:.2f} | {other:.1f} | {one / other:.2f} | {' | '.join(shares)} |")


def ours(fieldray, bundle, film, names):
    options = ["--bundle", bundle, "--rounds", RUNS, film]
    alone, together = bench(fieldray, *options), bench(fieldray, "--side-by-side", *options)
    return {name: alone[name][1] for name in names} | {"all, one core": alone["network"][1], "all, two cores": together["network"][1]}


def tenth_percentile(runners):
    taken = []
    for _ in range(RUNS):
        begun = time.perf_counter()
        for run in runners:
            run()
        taken.append((time.perf_counter() - begun) * 1000)
    return statistics.quantiles(taken, n=10)[0]


def onnxruntime_runner(network, threads, film):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda: session.run(["map", "pooled"], {name: film})


def convert(name, network, side, folder):
    """ncnn's two files of a network."""
    (folder / name).mkdir()
    (folder / name / "network.onnx").write_bytes(network)
    command = [PNNX, "network.onnx", f"inputshape=[1,1,{side},{side}]f32", "fp16=0"]
    subprocess.run(command, check=True, cwd=folder / name, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return [str(folder / name / f"network.ncnn.{ending}") for ending in ("param", "bin")]


def ncnn_runner(files, threads, film):
    network = ncnn.Net()
    network.opt.num_threads = threads
    # Numbers of 32 bits, as everywhere in this comparison.
    for kind in ["fp16_packed", "fp16_storage", "fp16_arithmetic", "bf16_storage", "int8_inference"]:
        setattr(network.opt, f"use_{kind}", False)
    assert network.load_param(files[0]) == 0 and network.load_model(files[1]) == 0
    outputs = network.output_names()

    def run():
        extractor = network.create_extractor()
        extractor.input(network.input_names()[0], ncnn.Mat(film[0]))
        return [np.array(extractor.extract(name)[1]) for name in outputs]

    return run


def multiply_adds(network):
    graph = onnx.load_model_from_string(network)
    graph.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 1
    graph = onnx.shape_inference.infer_shapes(graph, data_prop=True).graph
    shapes = {value.name: [dim.dim_value or 1 for dim in value.type.tensor_type.shape.dim] for value in [*graph.value_info, *graph.output]}
    weights = {tensor.name.removesuffix(".f16"): tensor.dims for tensor in graph.initializer}
    convolutions = [node for node in graph.node if node.op_type == "Conv"]
    return sum(int(np.prod(shapes[node.output[0]])) * int(np.prod(weights[node.input[1]][1:])) for node in convolutions)

"""The machine that is measured on, and its limit."""

import os
import pathlib
import re
import resource
import subprocess
import sys
import time


def name():
    model = re.search(r"^model name\s*: (.*)$", pathlib.Path("/proc/cpuinfo").read_text(), re.M)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    load = os.getloadavg()[0]
    return f"{len(os.sched_getaffinity(0))} cores of {model[1] if model else os.uname().machine}, {memory:.0f} GiB, load {load:.1f} at the start"


def fastest_gflops():
    """What one core multiplies and adds in a second, as a matrix product shows it: numpy's or onnxruntime's, whichever is faster here."""
    import numpy as np  # not above: whoever runs a program here is to be small
    import onnx
    import onnxruntime

    square = np.ones((1024, 1024), np.float32)
    describe = lambda name: onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, square.shape)
    node = onnx.helper.make_node("MatMul", ["one", "other"], ["product"])
    graph = onnx.helper.make_graph([node], "product", [describe("one")], [describe("product")], [onnx.numpy_helper.from_array(square, "other")])
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 17)], ir_version=9)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    best = min(shortest(lambda: square @ square), shortest(lambda: session.run(None, {"one": square})))
    return 2 * 1024**3 / best / 1e9


def shortest(run):
    """Seconds of the shortest of ten runs."""
    times = []
    for _ in range(10):
        begun = time.perf_counter()
        run()
        times.append(time.perf_counter() - begun)
    return min(times)


def program(command):
    """Milliseconds that a program takes, and the most memory in MB that it has at once."""
    # By way of a small process: the system counts what a process had before it became the program, too.
    run = subprocess.run([sys.executable, __file__, *command], check=True, capture_output=True, text=True)
    ms, kilobytes = map(float, run.stdout.split())
    return ms, kilobytes / 1024


def measured(command):
    begun = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    print((time.perf_counter() - begun) * 1000, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


def bench(fieldray, *arguments):
    """What `fieldray bench` says: the median and the 10th percentile of each row."""
    table = subprocess.run([fieldray, "bench", *map(str, arguments)], check=True, capture_output=True, text=True).stdout
    rows = re.findall(r"^(\w+)\s+([\d.]+)\s+([\d.]+)\s+[\d.]+$", table, re.M)
    return {name: (float(median), float(low)) for name, median, low in rows}


if __name__ == "__main__":
    measured(sys.argv[1:])

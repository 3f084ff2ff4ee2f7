"""Runs networks with onnxruntime on one thread, on a blank film, and prints the median milliseconds of each. Runs on the board of instructions.py.

    onnxruntime_alone.py SIDE ROUNDS FILE...
"""

import pathlib
import statistics
import sys
import time

import numpy as np
import onnxruntime

side, rounds = map(int, sys.argv[1:3])
film = np.zeros((1, 1, side, side), np.float32)
for file in sys.argv[3:]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])
    runs = []
    for _ in range(rounds + 1):
        begun = time.perf_counter()
        session.run(["map", "pooled"], {session.get_inputs()[0].name: film})
        runs.append((time.perf_counter() - begun) * 1000)
    # The first fills the caches and is not counted.
    print(pathlib.Path(file).stem, f"{statistics.median(runs[1:]):.3f}", flush=True)

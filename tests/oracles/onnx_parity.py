"""Checks an ONNX file by the standard and runs it: onnx_parity.py NETWORK FILM MAP POOLED (the last three: raw float32)."""

import sys

import numpy as np
import onnx
import onnxruntime

network, film_file, map_file, pooled_file = sys.argv[1:]
onnx.checker.check_model(network, full_check=True)
session = onnxruntime.InferenceSession(network, providers=["CPUExecutionProvider"])
film = session.get_inputs()[0]
assert film.name == "film", film.name
_, channels, rows, columns = film.shape
values = np.fromfile(film_file, "<f4").reshape(1, channels, rows, columns)
feature_map, pooled = session.run(["map", "pooled"], {"film": values})
# The number of films is free: two at once say what each says alone.
two, _ = session.run(["map", "pooled"], {"film": np.concatenate([values * 0.5, values])})
assert np.abs(two[1] - feature_map[0]).max() <= 1e-4 * np.abs(feature_map).max()
feature_map.astype("<f4").tofile(map_file)
pooled.astype("<f4").tofile(pooled_file)

"""What a larger or smaller grid is worth: a bundle's networks at several sides, a classifier fitted anew at each, beside what each side costs.

    PYTHONPATH=tests/oracles .oracles/bin/python tests/bench/input_size.py BUNDLE FILMS SPLIT [SIDE...]

FILMS is FracAtlas's folder, SPLIT the split.json of the run that made the bundle. The classifier learns from the validation films and is asked
of the held-out ones: the networks have learned from neither. Times are onnxruntime's on one thread.
"""

import argparse
import csv
import json
import pathlib
import statistics
import time

import numpy as np
import onnx
import onnxruntime
from sklearn.linear_model import LogisticRegressionCV
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import screen

REGIONS = ["hand", "leg", "hip", "shoulder"]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle")
    parser.add_argument("films", type=pathlib.Path)
    parser.add_argument("split", type=pathlib.Path)
    parser.add_argument("sides", nargs="*", type=int, default=[160, 224, 256, 320, 384, 448])
    arguments = parser.parse_args()
    model = screen.Model(arguments.bundle, threads=1)
    with open(arguments.films / "dataset.csv", newline="") as table:
        labels = {row["image_id"]: row for row in csv.DictReader(table)}
    split = json.loads(arguments.split.read_text())
    parts = {name: [labels[film] for film in map(image, split[name]) if film in labels] for name in ("validation", "hold_out")}
    print("| side, px | milliseconds | " + " | ".join(f"AUROC, {what}" for what in ["both networks", *model.networks]) + " |")
    print("|---|---|" + "---|" * (1 + len(model.networks)))
    for side in arguments.sides:
        networks = [session(network, side) for network in model.networks.values()]
        seen = {name: features(networks, model.manifest["preparation"] | {"side_px": side}, arguments.films, films) for name, films in parts.items()}
        ms = statistics.median(seen["hold_out"][1])
        aurocs = [auroc(parts, {name: np.hstack(pooled) for name, (pooled, _) in seen.items()})]
        aurocs += [auroc(parts, {name: pooled[at] for name, (pooled, _) in seen.items()}) for at in range(len(networks))]
        print(f"| {side} | {ms:.1f} | " + " | ".join(aurocs) + " |", flush=True)


def image(film):
    """The file's name of a film's id."""
    return film.rsplit("/", 1)[-1].rsplit(":", 1)[-1]


def session(network, side):
    proto = onnx.load_from_string(network)
    for dimension in proto.graph.input[0].type.tensor_type.shape.dim[2:]:
        dimension.dim_value = side
    for output in proto.graph.output:
        output.type.tensor_type.ClearField("shape")
    proto.graph.ClearField("value_info")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    return onnxruntime.InferenceSession(proto.SerializeToString(), options, providers=["CPUExecutionProvider"])


def features(networks, preparation, folder, films):
    pooled, times = [[] for _ in networks], []
    for film in films:
        tensor, _ = screen.prepare(screen.presentation_values(str(folder / "images" / film["image_id"])), preparation)
        begun = time.perf_counter()
        for network, rows in zip(networks, pooled):
            rows.append(network.run(["pooled"], {network.get_inputs()[0].name: tensor})[0][0])
        times.append((time.perf_counter() - begun) * 1000)
    return [np.array(rows) for rows in pooled], times


def auroc(parts, rows):
    """Over all held-out films, with a 95 % interval by a bootstrap over them."""
    which = {name: np.array([[film[region] == "1" for region in REGIONS] for film in films], float) for name, films in parts.items()}
    fractured = {name: np.array([film["fractured"] == "1" for film in films]) for name, films in parts.items()}
    classifier = make_pipeline(StandardScaler(), LogisticRegressionCV(Cs=np.logspace(-5, 0, 8), l1_ratios=(0,), cv=5, scoring="roc_auc", max_iter=2000, use_legacy_attributes=False))
    classifier.fit(np.hstack([rows["validation"], which["validation"]]), fractured["validation"])
    scores, truth = classifier.decision_function(np.hstack([rows["hold_out"], which["hold_out"]])), fractured["hold_out"]
    random = np.random.default_rng(1)
    drawn = [random.integers(0, len(truth), len(truth)) for _ in range(500)]
    low, high = np.quantile([roc_auc_score(truth[one], scores[one]) for one in drawn if truth[one].any()], [0.025, 0.975])
    return f"{roc_auc_score(truth, scores):.3f} ({low:.3f} to {high:.3f})"


if __name__ == "__main__":
    main()

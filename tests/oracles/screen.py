"""The whole path of one radiograph again, with other people's tools: pydicom, Pillow, onnxruntime, numpy.

    screen.py BUNDLE HEAD FILE... [--rounds N] [--heatmap FILE]

Prints one JSON line a file: probability, decision, peak, milliseconds of each stage (medians over the rounds). It reads the bundle's
own numbers and knows nothing of our code.
"""

import argparse
import json
import statistics
import tarfile
import time

import numpy as np
import onnxruntime
from PIL import Image
from safetensors.numpy import load as load_weights

import pixels


def presentation_values(path):
    """16-bit presentation values, bone bright."""
    if path.endswith((".png", ".jpg", ".jpeg")):
        with Image.open(path) as picture:
            return np.asarray(picture.convert("L"), dtype=np.float32) * 257.0
    return pixels.presentation_values(pixels.read(path)).astype(np.float32)


def prepare(film, preparation):
    side = preparation["side_px"]
    height, width = film.shape
    longest = max(width, height)
    new = [max(1, (length * side + longest // 2) // longest) for length in (width, height)]
    small = np.asarray(Image.fromarray(film).resize(new, Image.Resampling.BILINEAR))
    ordered = np.sort(small, axis=None)
    rank = lambda percent: ordered[int(np.floor(percent / 100 * (ordered.size - 1) + 0.5))]
    low, high = rank(preparation["black_percentile"]), rank(preparation["white_percentile"])
    levels = np.floor(np.clip((small - low) * (255.0 / (high - low)), 0, 255) + 0.5)
    grid = np.zeros((side, side), np.float32)
    left, top = (side - new[0]) // 2, (side - new[1]) // 2
    grid[top : top + new[1], left : left + new[0]] = levels
    tensor = (grid / np.float32(255) - np.float32(preparation["mean"])) / np.float32(preparation["deviation"])
    return tensor[None, None], (left, top, new[0], new[1])


def calibrate(calibration, score):
    """Log-odds of a score, and log-odds a unit of score."""
    if "temperature" in calibration:
        return score / calibration["temperature"], 1 / calibration["temperature"]
    if "scores" in calibration:
        scores, log_odds = calibration["scores"], calibration["log_odds"]
        reach = max(scores[-1] - scores[0], 1e-12)
        return np.interp(score, scores, log_odds), (log_odds[-1] - log_odds[0]) / reach
    return calibration["slope"] * score + calibration["offset"], calibration["slope"]


class Model:
    def __init__(self, bundle, threads):
        with tarfile.open(bundle) as archive:
            files = {member.name: archive.extractfile(member).read() for member in archive}
        self.manifest = json.loads(files["manifest.json"])
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        self.networks = {entry["name"]: files[entry["file"]] for entry in self.manifest["backbones"]}
        self.sessions = [
            onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"]) for network in self.networks.values()
        ]
        weights = load_weights(files["weights.safetensors"])
        self.weights = {name: array.astype(np.float64) for name, array in weights.items()}

    def see(self, tensor):
        names = ["map", "pooled"]
        run = lambda session: session.run(names, {session.get_inputs()[0].name: tensor})
        return [dict(zip(names, run(session))) for session in self.sessions]

    def judge(self, head, seen):
        w = self.weights
        joined = np.concatenate([features["pooled"][0] for features in seen]).astype(np.float64)
        fused = (joined - w["fusion.mean"]) / w["fusion.deviation"]
        if "fusion.components" in w:
            fused = w["fusion.components"] @ fused
        assert head.get("vote", "soft") == "soft", "a majority vote is not said in numpy"
        odds, gradient = [], np.zeros_like(fused)
        for index, member in enumerate(head["members"]):
            part = lambda name: w[f"heads.{head['name']}.{index}.{name}"]
            classifier = member["classifier"]
            if classifier["kind"] in ("logistic", "lda", "svm_linear"):
                score, slope = part("weights") @ fused + classifier["bias"], part("weights")
            elif classifier["kind"] == "svm_rbf":
                away = fused - part("support")
                terms = part("coefficients") * np.exp(-classifier["gamma"] * (away**2).sum(1))
                score, slope = terms.sum() + classifier["bias"], -2 * classifier["gamma"] * terms @ away
            elif classifier["kind"] == "naive_bayes":
                away, variances = part("means") - fused, part("variances")
                density = -0.5 * (np.log(variances) + away**2 / variances).sum(1)
                score, slope = density[1] - density[0] + classifier["prior"], (away[1] / variances[1] - away[0] / variances[0])
            else:
                raise SystemExit(f"{classifier['kind']} is not said in numpy")
            log_odds, rise = calibrate(member["calibration"], score)
            odds.append(log_odds)
            gradient += rise * slope / len(head["members"])
        log_odds, rise = calibrate(head.get("calibration", {"slope": 1, "offset": 0}), np.mean(odds))
        return 1 / (1 + np.exp(-log_odds)), rise * gradient

    def heatmap(self, seen, gradient, placement):
        side = self.manifest["preparation"]["side_px"]
        if "fusion.components" in self.weights:
            gradient = self.weights["fusion.components"].T @ gradient
        pulled = gradient / self.weights["fusion.deviation"]
        total, first = np.zeros((side, side)), 0
        for features in seen:
            channels = features["map"].shape[1]
            cam = np.einsum("c,chw->hw", pulled[first : first + channels], features["map"][0].astype(np.float64))
            total += np.asarray(Image.fromarray(cam.astype(np.float32)).resize((side, side), Image.Resampling.BILINEAR))
            first += channels
        left, top, width, height = placement
        inside = np.zeros_like(total)
        inside[top : top + height, left : left + width] = np.maximum(total[top : top + height, left : left + width], 0)
        return inside / inside.max() if inside.max() > 0 else inside


def picture(film, heat, placement, path):
    """Film and heatmap as one PNG of at most 1024 pixels, as the box writes it."""
    left, top, width, height = placement
    scale = min(1.0, 1024 / max(film.shape))
    size = (round(film.shape[1] * scale), round(film.shape[0] * scale))
    grey = np.asarray(Image.fromarray(film).resize(size, Image.Resampling.BOX)) / 65535
    red = np.asarray(Image.fromarray(heat[top : top + height, left : left + width].astype(np.float32)).resize(size))
    share = 0.6 * red[..., None]
    blended = (1 - share) * grey[..., None] + share * np.array([1.0, 0.3, 0.1])
    Image.fromarray((blended * 255).astype(np.uint8)).save(path)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("bundle")
    parser.add_argument("head")
    parser.add_argument("files", nargs="+")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--heatmap", default=None)
    arguments = parser.parse_args()
    model = Model(arguments.bundle, arguments.threads)
    head = next(head for head in model.manifest["heads"] if head["name"] == arguments.head)
    for path in arguments.files:
        times = {}
        for _ in range(arguments.rounds):
            clock = time.perf_counter()

            def lap(stage):
                nonlocal clock
                now = time.perf_counter()
                times.setdefault(stage, []).append((now - clock) * 1000)
                clock = now

            film = presentation_values(path)
            lap("read")
            tensor, placement = prepare(film, model.manifest["preparation"])
            lap("prepare")
            seen = model.see(tensor)
            lap("network")
            probability, gradient = model.judge(head, seen)
            lap("classify")
            heat = model.heatmap(seen, gradient, placement)
            lap("explain")
            if arguments.heatmap:
                picture(film, heat, placement, arguments.heatmap)
                lap("picture")
        print(
            json.dumps(
                {
                    "file": path,
                    "probability": float(probability),
                    "elapsed_ms": {stage: statistics.median(laps) for stage, laps in times.items()},
                }
            )
        )


if __name__ == "__main__":
    main()

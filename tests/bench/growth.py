"""How the cost grows with the work: films, networks, pixels; each row with its slope from the one before."""

import hashlib
import io
import json
import os
import subprocess
import tarfile

import numpy as np
import pydicom
from PIL import Image
from safetensors.numpy import load, save

from machine import bench, program

MEGAPIXELS = [1, 2, 4, 9, 16, 36]


def measure(fieldray, bundle, folder, long):
    subprocess.run([fieldray, "phantom", "--out", folder / "films", "--count", "1", "--size", "900"], check=True, stdout=subprocess.DEVNULL)
    [film] = (folder / "films").glob("*.dcm")
    three = enlarged(film, 3, folder)
    films(fieldray, bundle, three, folder, [1, 10, 100] + [10_000] * long)
    networks(fieldray, bundle, three, folder)
    pixels(fieldray, bundle, film, folder)


def films(fieldray, bundle, film, folder, counts):
    print("`fieldray screen` over a folder of films of 3 megapixels, one a core at once:\n")
    print("| films | seconds | ms a further film | memory, MB |\n|---|---|---|---|")
    before = None
    for count in counts:
        many = folder / f"films-{count}"
        many.mkdir()
        for number in range(count):
            os.link(film, many / f"{number:05}.dcm")
        ms, memory = program([fieldray, "screen", "--bundle", bundle, "--json", many])
        print(f"| {count} | {ms / 1000:.2f} | {slope(before, (count, ms))} | {memory:.0f} |", flush=True)
        before = (count, ms)


def networks(fieldray, bundle, film, folder):
    print("\nA bundle of so many networks (the bundle's own, again and again), network stage in ms:\n")
    print("| networks | one by one | a further one | side by side | a further one |\n|---|---|---|---|---|")
    before = [None, None]
    for count in range(1, 5):
        options = [*repeated(bundle, count, folder), "--rounds", 20, film]
        now = [(count, bench(fieldray, *more, *options)["network"][0]) for more in ([], ["--side-by-side"])]
        cells = [f"{ms:.1f} | {slope(old, (count, ms))}" for old, (_, ms) in zip(before, now)]
        print(f"| {count} | {' | '.join(cells)} |", flush=True)
        before = now


def pixels(fieldray, bundle, film, folder):
    print("\nA 16-bit film of so many megapixels, ms; the slope is of all stages a megapixel:\n")
    print("| megapixels | read | prepare | network | all stages | slope | whole program | memory, MB |\n|---|---|---|---|---|---|---|---|")
    before = None
    for millions in MEGAPIXELS:
        large = enlarged(film, millions, folder)
        table = {stage: median for stage, (median, _) in bench(fieldray, "--bundle", bundle, "--rounds", 10, large).items()}
        ms, memory = program([fieldray, "screen", "--bundle", bundle, "--out", folder / "pictures", large])
        now = (millions, table["total"])
        stages = " | ".join(f"{table[stage]:.1f}" for stage in ["read", "prepare", "network", "total"])
        print(f"| {millions} | {stages} | {slope(before, now)} | {ms:.0f} | {memory:.0f} |", flush=True)
        before = now


def slope(before, now):
    return "" if before is None else f"{(now[1] - before[1]) / (now[0] - before[0]):.2f}"


def enlarged(film, millions, folder):
    """The film at another size, as a detector of so many million pixels would give it, with noise in its lowest bits."""
    data_set = pydicom.dcmread(film)
    values = data_set.pixel_array.astype(np.float32)
    factor = (millions * 1e6 / values.size) ** 0.5
    size = [round(side * factor) for side in reversed(values.shape)]
    values = np.asarray(Image.fromarray(values).resize(size, Image.Resampling.BILINEAR))
    values = values + np.random.default_rng(millions).normal(0, 4, values.shape)
    most = (1 << data_set.BitsStored) - 1
    data_set.Rows, data_set.Columns = values.shape
    data_set.PixelData = np.clip(np.rint(values), 0, most).astype("<u2").tobytes()
    path = folder / f"{millions}-megapixels.dcm"
    data_set.save_as(path)
    return path


def repeated(bundle, count, folder):
    """A bundle of the first `count` of the bundle's networks, begun again where they end; how it is named to fieldray."""
    with tarfile.open(bundle) as archive:
        files = {member.name: archive.extractfile(member).read() for member in archive}
    manifest, weights = json.loads(files.pop("manifest.json")), load(files.pop("weights.safetensors"))
    del files["manifest.json.minisig"]
    networks = manifest["backbones"]
    ends = np.cumsum([entry["channels"] for entry in networks])
    order = [number % len(networks) for number in range(count)]
    features = np.concatenate([np.arange(ends[number] - networks[number]["channels"], ends[number]) for number in order])
    for name in ["fusion.mean", "fusion.deviation", "fusion.components", "novelty.mean", "novelty.directions"]:
        weights[name] = np.ascontiguousarray(weights[name][..., features])
    manifest["backbones"] = []
    content = {name: files[name] for name in files if not name.startswith("backbones/")}
    for place, number in enumerate(order):
        file = f"backbones/{place}.onnx"
        content[file] = files[networks[number]["file"]]
        manifest["backbones"].append({**networks[number], "name": f"network_{place}", "file": file})
    content["weights.safetensors"] = save(weights)
    manifest["files"] = {name: {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in sorted(content.items())}
    return signed(manifest, content, folder / f"{count}-networks.frb")


def signed(manifest, content, path):
    key, text = path.parent / "bench", path.parent / "manifest.json"
    text.write_text(json.dumps(manifest))
    if not key.exists():
        subprocess.run(["minisign", "-G", "-W", "-s", key, "-p", f"{key}.pub"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(["minisign", "-S", "-s", key, "-m", text], check=True, stdout=subprocess.DEVNULL)
    head = {"manifest.json": text.read_bytes(), "manifest.json.minisig": (path.parent / "manifest.json.minisig").read_bytes()}
    with tarfile.open(path, "w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in [*head.items(), *sorted(content.items())]:
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return ["--bundle", path, "--key", f"{key}.pub"]

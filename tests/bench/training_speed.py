"""How fast fieldray-train learns beside a PyTorch and torchvision script of the same work, the two in turn on one machine.

    .oracles/bin/torch-python tests/bench/training_speed.py FIELDRAY_TRAIN [--data DIR] [--rounds N] [--steps N]

FIELDRAY_TRAIN is the release binary. Both learn from the same films (the prepared ones that the first round leaves), 224 px, 16 a
step, on one thread: read a batch from the file, vary it, look at it, weigh the answers of three heads, go back, cut the
gradient, take a step of AdamW, let the average follow. Prints the medians of films per second of processor time, since
other work may run beside; their ratio; and the share of the machine's arithmetic limit, measured by a matrix product.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

import numpy as np
import torch
import torchvision
from torch import nn
from torch.utils.data import DataLoader, Dataset
from torchvision import tv_tensors
from torchvision.transforms import v2

NETWORKS = ["mobilenet_v2", "resnet18"]
SIDE, BATCH = 224, 16
RECIPE = pathlib.Path(__file__).with_suffix(".toml")


class Films(Dataset):
    """The prepared films: records of a key (16 bytes), the grid, and a checksum (8 bytes). Their labels are made up."""

    def __init__(self, file):
        records = np.memmap(file, dtype=np.uint8, mode="r").reshape(-1, 16 + SIDE * SIDE + 8)
        self.grids = records[:, 16:-8].reshape(-1, SIDE, SIDE)
        self.vary = v2.Compose([
            v2.RandomHorizontalFlip(0.5),
            v2.RandomVerticalFlip(0.2),
            v2.RandomAffine(30, (0.07, 0.07), (0.8, 1.2), interpolation=v2.InterpolationMode.BILINEAR),
            v2.ToDtype({tv_tensors.Image: torch.float32, "others": None}, scale=True),
            v2.Lambda(lambda levels: levels ** float(torch.empty(()).uniform_(0.7, 1.4)), tv_tensors.Image),
            v2.ColorJitter(brightness=0.1, contrast=0.3),
            v2.GaussianNoise(sigma=0.015),
            v2.RandomErasing(0.25, (0.01, 0.06)),
            v2.Normalize([0.5], [0.25]),
        ])

    def __len__(self):
        return len(self.grids)

    def __getitem__(self, at):
        lesion = torch.zeros(1, SIDE, SIDE)
        lesion[:, 60:90, 100 : 110 + at % 40] = 1
        film, lesion = self.vary(tv_tensors.Image(self.grids[at][None].copy()), tv_tensors.Mask(lesion))
        return film, lesion, float(at % 2), at % 4


class Model(nn.Module):
    def __init__(self, name):
        super().__init__()
        net = getattr(torchvision.models, name)()
        if name == "resnet18":
            net.conv1 = nn.Conv2d(1, 64, 7, 2, 3, bias=False)
            self.body, channels = nn.Sequential(*list(net.children())[:-2]), 512
        else:
            net.features[0][0] = nn.Conv2d(1, 32, 3, 2, 1, bias=False)
            self.body, channels = net.features, 1280
        self.norm, self.dropout = nn.BatchNorm1d(channels), nn.Dropout(0.2)
        self.abnormal, self.region, self.lesion = nn.Linear(channels, 1), nn.Linear(channels, 4), nn.Conv2d(channels, 1, 1)

    def forward(self, films):
        map = self.body(films)
        pooled = self.dropout(self.norm(map.mean((2, 3))))
        return self.abnormal(pooled)[:, 0], self.region(pooled), self.lesion(map)


def loss_of(answers, lesions, abnormal, regions):
    entropy = nn.functional.binary_cross_entropy_with_logits
    share = nn.functional.adaptive_avg_pool2d(lesions, answers[2].shape[2:])
    focus = (share - answers[2].sigmoid()).abs() ** 2
    pointing = (focus * entropy(answers[2], share, reduction="none")).sum() / (share.sum() + 1)
    naming = nn.functional.cross_entropy(answers[1], regions)
    return entropy(answers[0], abnormal * 0.95 + 0.025) + 0.1 * naming + pointing


def theirs(name, grids, steps):
    """Films per second of processor time, and by the clock."""
    torch.set_num_threads(1)
    model = Model(name).to(memory_format=torch.channels_last).train()
    average = torch.optim.swa_utils.AveragedModel(
        model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(0.99), use_buffers=True
    )
    decayed = [parameter for parameter in model.parameters() if parameter.dim() > 1]
    others = [parameter for parameter in model.parameters() if parameter.dim() <= 1]
    groups = [{"params": decayed}, {"params": others, "weight_decay": 0.0}]
    optimiser = torch.optim.AdamW(groups, lr=1e-4, weight_decay=0.02, fused=True)
    loader = DataLoader(Films(grids), BATCH, shuffle=True, drop_last=True)
    batches = (batch for _ in range(steps + 1) for batch in loader)
    for step, (films, lesions, abnormal, regions) in zip(range(steps + 1), batches):
        answers = model(films.contiguous(memory_format=torch.channels_last))
        loss = loss_of(answers, lesions, abnormal.float(), regions)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 2.0)
        optimiser.step()
        average.update_parameters(model)
        assert loss.isfinite()
        if step == 0:  # the first one asks for memory that later ones use again
            processor, clock = time.process_time(), time.perf_counter()
    films = steps * BATCH
    return films / (time.process_time() - processor), films / (time.perf_counter() - clock)


def ours(program, name, out, steps, data):
    command = [program, "speed", RECIPE, "--out", out, "--only", name, "--steps", str(steps)]
    command += ["--data", data] if data else []
    plain = {name: value for name, value in os.environ.items() if not name.startswith("LD_")}
    told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=plain).stdout
    clock, processor = next(line for line in told.splitlines() if line.startswith(name)).split()[1:3]
    return float(processor), float(clock)


def multiply_adds(name):
    counted = []

    def count(module, _, output):
        if isinstance(module, nn.Conv2d):
            counted.append(module.weight.numel() * output.shape[2] * output.shape[3])

    model = Model(name).eval()
    for module in model.modules():
        module.register_forward_hook(count)
    model(torch.zeros(1, 1, SIDE, SIDE))
    return sum(counted)


def limit():
    """Operations per second of processor time of one thread in a large matrix product."""
    torch.set_num_threads(1)
    side, times = 2048, []
    one, other = torch.randn(side, side), torch.randn(side, side)
    for _ in range(5):
        start = time.process_time()
        one @ other
        times.append(time.process_time() - start)
    return 2 * side**3 / statistics.median(times)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program", metavar="FIELDRAY_TRAIN")
    parser.add_argument("--data", metavar="DIR")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=4)
    parser.add_argument("--theirs", nargs=2, metavar=("NETWORK", "GRIDS"), help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.theirs:
        return print(*theirs(*arguments.theirs, arguments.steps))
    measured = {name: ([], [], []) for name in NETWORKS}
    with tempfile.TemporaryDirectory() as out:
        for _ in range(arguments.rounds):
            for name, (us, them, limits) in measured.items():
                us.append(ours(arguments.program, name, out, arguments.steps, arguments.data))
                grids = next(pathlib.Path(out, "grids").glob("*.grids"))
                command = [sys.executable, __file__, "-", "--steps", str(arguments.steps), "--theirs", name, grids]
                told = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
                them.append(tuple(map(float, told.split())))
                limits.append(limit())
    middle = statistics.median
    peak = middle(one for _, _, limits in measured.values() for one in limits)
    print(f"films per processor second, medians of {arguments.rounds} rounds of {arguments.steps} steps in turn; "
          f"one thread's limit is {peak / 1e9:.0f} GFLOP/s")
    print(f"{'network':<14}{'fieldray':>10}{'PyTorch':>10}{'ratio':>8}{'of the limit':>15}{'by the clock':>17}")
    for name, (us, them, _) in measured.items():
        # Once forward, and twice as much back: for the films' side and for the weights' side of each convolution.
        operations = 3 * 2 * multiply_adds(name)
        one, other = middle(rate for rate, _ in us), middle(rate for rate, _ in them)
        ratio = middle(one / other for (one, _), (other, _) in zip(us, them))
        shares = " / ".join(f"{rate * operations / peak:.0%}" for rate in (one, other))
        clocks = " / ".join(f"{middle(clock for _, clock in side):.1f}" for side in (us, them))
        print(f"{name:<14}{one:>10.1f}{other:>10.1f}{ratio:>8.2f}{shares:>15}{clocks:>17}")


if __name__ == "__main__":
    main()

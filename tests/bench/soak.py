"""Whether the box stays as quick and as small as it began, over thousands of films.

    soak.py FIELDRAY [--films N] [--every N] [--size PX] [--folder DIR]

FIELDRAY is the release binary. Draws phantoms in batches, and sends one with dcmtk's storescu whenever the one before is shown. Prints a
line for every N films: how long from the last byte of a film to its result on the display (median, 99th percentile, longest), the
daemon's resident memory, open files and threads, and what lies on disk. At the end: whether every film has exactly one answer.
"""

import argparse
import collections
import pathlib
import re
import shutil
import statistics
import subprocess
import tempfile
import time

from latency import SHOWN, daemon, history, store


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fieldray")
    parser.add_argument("--films", type=int, default=10_000)
    parser.add_argument("--every", type=int, default=500, help="films a line")
    parser.add_argument("--size", type=int, default=512, help="pixels on the longer side")
    parser.add_argument("--folder", type=pathlib.Path, help="where films and archive lie; a temporary folder if it is not given")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=arguments.folder) as folder:
        soak(arguments, pathlib.Path(folder))


def soak(arguments, folder):
    batches = [
        (first, min(arguments.every, arguments.films - first)) for first in range(0, arguments.films, arguments.every)
    ]
    drawing = draw(arguments, folder / "films-0", *batches[0])
    print(f"{'films':>6}{'median ms':>11}{'99 % ms':>9}{'longest':>9}{'memory MB':>11}{'files':>7}{'threads':>9}{'archive MB':>12}{'log lines':>11}")
    with daemon(arguments.fieldray, folder / "box") as (port, messages):
        process = daemon_of(folder / "box")
        said = messages.open()
        for number, (first, count) in enumerate(batches):
            drawing.wait()
            films = folder / f"films-{number}"
            if number + 1 < len(batches):
                drawing = draw(arguments, folder / f"films-{number + 1}", *batches[number + 1])
            shown = []
            for film in sorted(films.glob("*.dcm")):
                store(port, [film]).wait()
                shown.append(next_shown(said))
            shutil.rmtree(films)
            print(line(first + count, shown, process, folder / "box" / "archive"), flush=True)
    answers = collections.Counter(answer["sop_instance"] for answer in history(arguments.fieldray, folder / "box"))
    once = sum(times == 1 for times in answers.values())
    print(f"{arguments.films} films sent, {len(answers)} films answered, {once} of them once")


def next_shown(said):
    """Milliseconds of the next film that the daemon's messages say is shown."""
    begun = time.monotonic()
    while time.monotonic() - begun < 60:
        if found := SHOWN.search(said.readline()):
            return float(found[1])
        time.sleep(0.002)
    raise SystemExit("a film has no answer after a minute")


def draw(arguments, folder, first, count):
    """A process that draws `count` phantoms, none of which was drawn before."""
    command = [arguments.fieldray, "phantom", "--out", folder, "--seed", str(first + 1), "--count", str(count), "--size", str(arguments.size)]
    return subprocess.Popen(["nice", *command], stdout=subprocess.DEVNULL)


def daemon_of(folder):
    """The process that has `folder` for its archive."""
    found = subprocess.run(["pgrep", "-f", f"run --archive {folder}/"], check=True, capture_output=True, text=True)
    return pathlib.Path("/proc") / found.stdout.split()[0]


def line(films, shown, process, archive):
    status = (process / "status").read_text()
    memory = int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024
    threads = int(re.search(r"Threads:\s+(\d+)", status)[1])
    files = len(list((process / "fd").iterdir()))
    size = sum(path.stat().st_size for path in archive.rglob("*") if path.is_file()) / 1e6
    lines = sum(1 for _ in (archive / "audit.jsonl").open())
    rare = sorted(shown)[max(0, -(-len(shown) * 99 // 100) - 1)]
    return (
        f"{films:>6}{statistics.median(shown):>11.0f}{rare:>9.0f}{max(shown):>9.0f}{memory:>11.1f}{files:>7}{threads:>9}{size:>12.0f}{lines:>11}"
    )


if __name__ == "__main__":
    main()

"""Instructions of the box's program on 64-bit ARM, beside onnxruntime on the same networks: counted by QEMU on a Cortex-A72.

What caches and memory cost on a board is not in it; the figures are the same from run to run, so that versions can be compared.
"""

import hashlib
import json
import lzma
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import time
import urllib.request

from board import QEMU, Board

# A machine that does much else emulates a hundred times slower than it computes.
PATIENCE_S = 1800

DEBIAN = "http://deb.debian.org/debian"

# Python and what onnxruntime is linked with.
PACKAGES = "python3.11-minimal libpython3.11-minimal libpython3.11-stdlib libexpat1 zlib1g libffi8 libstdc++6".split()
PYTHON = "PYTHONHOME=/side/usr LD_LIBRARY_PATH=/side/usr/lib/aarch64-linux-gnu:/side/lib/aarch64-linux-gnu OMP_NUM_THREADS=1 /side/usr/bin/python3.11"
SETTINGS = ["[archive]", "storage_mb = 64", "[board]", 'profile = "auto"', "[display]", 'show = "board"']


def measure(bundle, film, rounds, folder):
    if not (QEMU / "initramfs.gz").exists():
        raise SystemExit("error: there is no program for the board; run FIELDRAY_PROFILE=release board/image/build initramfs first.")
    if not shutil.which("qemu-system-aarch64"):
        raise SystemExit("error: qemu-system-aarch64 is missing; install it with: apt-get install qemu-system-arm")
    names, side_px = other_side(bundle, film, folder / "side")
    begun = time.monotonic()

    def told(what, said=""):
        print(f"[{time.monotonic() - begun:.0f} s] {what}\n{said}", file=sys.stderr, flush=True)

    with Board(folder / "side", PATIENCE_S) as board:
        shell = board.busy_million()
        told(f"the shell is there after {shell:.0f} million instructions")
        files = " ".join(f"/side/{name}.onnx" for name in names)
        theirs = board.shell(f"{PYTHON} /side/onnxruntime_alone.py {side_px} {rounds} {files} 2>&1")
        told("onnxruntime", theirs)
        ours = board.shell(f"fieldray bench --cold-starts 0 --bundle /side/bundle.frb --rounds {rounds} /side/film.dcm 2>&1")
        told("fieldray bench", ours)
        before = board.busy_million()
        board.shell(f"printf '%s\\n' {' '.join(map(quoted, SETTINGS))} > /etc/fieldray.toml")
        board.shell("fieldray run --config /etc/fieldray.toml --archive /data > /tmp/messages 2>&1 &")
        # A second more, in which it draws the screen that says so.
        board.shell("until grep -q listening /tmp/messages; do sleep 1; done; sleep 1")
        ready = shell + board.busy_million() - before
        told(f"ready after {ready:.0f} million instructions")
    table(names, rows(ours), rows(theirs), shell, ready)


def table(names, ours, theirs, shell, ready):
    print("Million instructions of a Cortex-A72; networks on one thread, for a blank film.\n")
    print("| | fieldray | onnxruntime | ratio |\n|---|---|---|---|")
    for name in names:
        print(f"| {name} | {ours[name]:.1f} | {theirs[name]:.1f} | {ours[name] / theirs[name]:.2f} |")
    one, other = (sum(side[name] for name in names) for side in (ours, theirs))
    print(f"| all networks | {one:.1f} | {other:.1f} | {one / other:.2f} |")
    for stage in ("read", "prepare", "network", "classify", "explain", "total"):
        print(f"| a film's {stage} | {ours[stage]:.1f} | | |")
    print(f"| boot to a shell | {shell:.0f} | | |")
    print(f"| boot to ready | {ready:.0f} | | |")


def other_side(bundle, film, folder):
    """Puts into a folder what goes onto the board's disk: onnxruntime for 64-bit ARM, the bundle, its networks, the film. The networks' names,
    and the side of their input."""
    for package in debian(QEMU / "python"):
        subprocess.run(["dpkg-deb", "-x", package, folder], check=True)
    packages = folder / "usr/lib/python3/dist-packages"
    packages.mkdir(parents=True)
    subprocess.run(["cp", "-a", *fetched(QEMU / "wheels").iterdir(), packages], check=True)
    program = pathlib.Path(__file__).with_name("onnxruntime_alone.py")
    for file, name in [(bundle, "bundle.frb"), (film, "film.dcm"), (program, program.name)]:
        shutil.copyfile(file, folder / name)
    with tarfile.open(bundle) as archive:
        manifest = json.load(archive.extractfile("manifest.json"))
        for backbone in manifest["backbones"]:
            (folder / f"{backbone['name']}.onnx").write_bytes(archive.extractfile(backbone["file"]).read())
    return [backbone["name"] for backbone in manifest["backbones"]], manifest["preparation"]["side_px"]


def debian(folder):
    """Python for 64-bit ARM, as packages of Debian: each held against the sum that Debian's list gives it."""
    lists = lzma.decompress(download(f"{DEBIAN}/dists/bookworm/main/binary-arm64/Packages.xz")).decode()
    stanzas = (dict(re.findall(r"^(Package|Filename|SHA256): (.*)$", stanza, re.M)) for stanza in lists.split("\n\n"))
    wanted = [stanza for stanza in stanzas if stanza.get("Package") in PACKAGES]
    folder.mkdir(parents=True, exist_ok=True)
    for stanza in wanted:
        file = folder / pathlib.Path(stanza["Filename"]).name
        is_right = lambda: file.exists() and hashlib.sha256(file.read_bytes()).hexdigest() == stanza["SHA256"]
        if not is_right():
            file.write_bytes(download(f"{DEBIAN}/{stanza['Filename']}"))
        if not is_right():
            raise SystemExit(f"error: {file.name} is not what Debian's list says; run this again.")
        yield file


def download(address):
    with urllib.request.urlopen(address, timeout=60) as answer:
        return answer.read()


def fetched(folder):
    """The folder, with onnxruntime of the version that everything else here is measured beside."""
    pins = [line for line in pathlib.Path("tests/oracles/requirements.txt").read_text().split() if re.match("(numpy|onnxruntime)==", line)]
    complete = folder.with_suffix(".complete")
    if not complete.exists() or complete.read_text() != " ".join(pins):
        platforms = [f"--platform=manylinux_2_{minor}_aarch64" for minor in (17, 27, 28)]
        pip = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--only-binary=:all:", "--python-version=3.11", "--implementation=cp"]
        subprocess.run(["rm", "-rf", folder], check=True)
        subprocess.run([*pip, *platforms, "--target", folder, *pins], check=True)
        complete.write_text(" ".join(pins))
    return folder


def quoted(line):
    return f"'{line}'"


def rows(table):
    """The first number of each row: milliseconds of the guest, which are million instructions."""
    return {name: float(value) for name, value in re.findall(r"^(\w+) +(\d+\.\d+)(?= |$)", table, re.M)}

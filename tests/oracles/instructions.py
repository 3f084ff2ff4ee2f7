"""How many instructions the box's program takes on 64-bit ARM, beside onnxruntime on the same networks: counted by QEMU.

    instructions.py [BUNDLE] [--rounds N]

Needs what `board/image/build initramfs` makes, and pip and Debian's packages for the Python of the other side. QEMU's clock counts one
nanosecond an instruction (-icount shift=0): a millisecond of the emulated Cortex-A72 is a million instructions, the same from run to run.
What caches and memory cost on a board is not in it.

Prints the table of docs/performance.md.
"""

import argparse
import json
import pathlib
import re
import socket
import subprocess
import sys
import tarfile
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
PROJECT = HERE.parent.parent
QEMU = PROJECT / "target/qemu"

# Python and what onnxruntime is linked with.
PACKAGES = [*"python3.11-minimal libpython3.11-minimal libpython3.11-stdlib".split(), *"libexpat1 zlib1g libffi8 libstdc++6".split()]
WHEELS = [line for line in (HERE / "requirements.txt").read_text().split() if re.match("(numpy|onnxruntime)==", line)]

MACHINE = ["-M", "virt", "-cpu", "cortex-a72", "-display", "none", "-no-reboot", "-nic", "none", "-device", "virtio-gpu-pci,xres=800,yres=480"]
COUNTED = ["-accel", "tcg,thread=single", "-icount", "shift=0,sleep=off", "-smp", "1"]
SETTINGS = '[archive]\nstorage_mb = 64\n[board]\nprofile = "auto"\n[display]\nshow = "board"'


class Board:
    """A machine that runs, with a shell on its serial line."""

    def __init__(self, *options, root="initramfs.gz", memory_mb=512):
        self.folder = tempfile.TemporaryDirectory()
        shell = f"{self.folder.name}/shell"
        files = ["-kernel", QEMU / "vmlinuz", "-initrd", QEMU / root, "-append", "console=ttyAMA0 quiet loglevel=0"]
        line = ["-chardev", f"socket,id=shell,path={shell},server=on,wait=off", "-serial", "chardev:shell", "-m", str(memory_mb)]
        self.begun = time.monotonic()
        self.process = subprocess.Popen(["qemu-system-aarch64", *MACHINE, *options, *files, *line], stdin=subprocess.DEVNULL)
        self.socket = socket.socket(socket.AF_UNIX)
        while True:
            try:
                self.socket.connect(shell)
                break
            except OSError:
                time.sleep(0.05)
        self.line = self.socket.makefile("rw", errors="replace", newline="\n")
        self.hears("the shell is there")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def hears(self, end):
        said = ""
        for line in self.line:
            if line.rstrip().endswith(end):
                return said
            said += line.replace("\r", "")
        raise EOFError(said)

    def shell(self, command):
        self.line.write(f"{command}\necho end of the answer\n")
        self.line.flush()
        return self.hears("end of the answer")

    def starts(self):
        """Starts the daemon, and waits until it is ready."""
        settings = SETTINGS.replace("\n", "^")
        self.shell(f"echo '{settings}' | tr '^' '\\n' > /etc/fieldray.toml")
        self.shell("fieldray run --config /etc/fieldray.toml --archive /data > /tmp/messages 2>&1 &")
        self.shell("until grep -q listening /tmp/messages; do sleep 0.1; done")


def packed(folder, file):
    """A root in memory that goes over the board's own: the other side's Python and the bundle's networks."""
    with open(file, "wb") as out:
        out.write((QEMU / "initramfs.gz").read_bytes())
        out.write(b"\0" * (-out.tell() % 4))
        names = subprocess.run(["find", ".", "-print0"], cwd=folder, check=True, capture_output=True).stdout
        archive = subprocess.run(
            ["cpio", "--quiet", "--null", "-o", "-H", "newc", "-R", "0:0"], cwd=folder, input=names, check=True, capture_output=True
        )
        out.write(archive.stdout)


def other_side(bundle, folder):
    """Writes onnxruntime for ARM and the bundle's networks into a folder; the names of the networks and the side of their input."""
    wheels, debian = QEMU / "wheels", QEMU / "python"
    platforms = [f"--platform=manylinux_2_{minor}_aarch64" for minor in (17, 27, 28)]
    pip = [sys.executable, "-m", "pip", "-q", "install", "--no-deps", "--only-binary=:all:", "--python-version=3.11", "--implementation=cp"]
    subprocess.run([PROJECT / "board/image/packages", debian, *PACKAGES], check=True)
    subprocess.run([*pip, *platforms, "--upgrade", "--target", wheels, *WHEELS], check=True)
    for package in debian.glob("*.deb"):
        subprocess.run(["dpkg-deb", "-x", package, folder], check=True)
    packages = folder / "usr/lib/python3/dist-packages"
    packages.mkdir(parents=True)
    for wheel in wheels.iterdir():
        subprocess.run(["cp", "-a", wheel, packages], check=True)
    (folder / "oracle").mkdir()
    (folder / "oracle/networks.py").write_bytes((HERE / "instructions_networks.py").read_bytes())
    with tarfile.open(bundle) as archive:
        manifest = json.load(archive.extractfile("manifest.json"))
        for backbone in manifest["backbones"]:
            (folder / "oracle" / f"{backbone['name']}.onnx").write_bytes(archive.extractfile(backbone["file"]).read())
        (folder / "oracle/bundle.frb").write_bytes(pathlib.Path(bundle).read_bytes())
    return [backbone["name"] for backbone in manifest["backbones"]], manifest["preparation"]["side_px"]


def rows(table):
    """The first number of each row."""
    return {name: float(value) for name, value in re.findall(r"^(\S+)\s+([\d.]+)", table, re.M)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("bundle", nargs="?", default=PROJECT / "appliance/bundle/default.frb")
    parser.add_argument("--rounds", type=int, default=2)
    arguments = parser.parse_args()

    with Board("-smp", "2") as board:
        shell_s = time.monotonic() - board.begun
        board.starts()
        ready_s = time.monotonic() - board.begun
        memory = board.shell("free -m | sed -n 2p").split()
        peak_kb = re.search(r"VmHWM:\s+(\d+)", board.shell("cat /proc/$(pidof fieldray)/status")).group(1)
    with Board(*COUNTED) as board:
        board.starts()
        # Jiffies in which the processor did something: user, nice and system, hardware and software interrupts.
        user, nice, system, _, _, hard, soft = map(int, board.shell("head -n 1 /proc/stat").split()[1:8])
        ready_million = (user + nice + system + hard + soft) * 10
    with tempfile.TemporaryDirectory() as folder, tempfile.NamedTemporaryFile(dir=QEMU, suffix=".cpio") as root:
        names, side = other_side(arguments.bundle, pathlib.Path(folder))
        packed(folder, root.name)
        with Board(*COUNTED, root=pathlib.Path(root.name).name, memory_mb=2048) as board:
            bench = board.shell(f"fieldray bench --bundle /oracle/bundle.frb --rounds {arguments.rounds}")
            print(bench, file=sys.stderr)
            files = " ".join(f"/oracle/{name}.onnx" for name in names)
            run = f"OMP_NUM_THREADS=1 python3.11 /oracle/networks.py {side} {arguments.rounds} {files} 2>&1"
            other = board.shell(f"PATH=$PATH:/usr/bin {run}")
            print(other, file=sys.stderr)
    ours, theirs = rows(bench), rows(other)

    print("| million instructions of a Cortex-A72 | fieldray | onnxruntime | ratio |\n|---|---|---|---|")
    for name in names:
        print(f"| {name} | {ours[name]:.1f} | {theirs[name]:.1f} | {ours[name] / theirs[name]:.2f} |")
    whole = sum(theirs[name] for name in names)
    print(f"| the network stage, one core | {ours['network']:.1f} | {whole:.1f} | {ours['network'] / whole:.2f} |")
    print(f"| a film of 3 megapixels, from file to heatmap | {ours['total']:.1f} | | |")
    print(f"| boot to ready | {ready_million} | | |")
    print(f"\nBoot to a shell {shell_s:.0f} s of this machine, to ready {ready_s:.0f} s; the guest then uses {memory[2]} of {memory[1]} MB,")
    print(f"the program at most {int(peak_kb) // 1024} MB.")


if __name__ == "__main__":
    main()

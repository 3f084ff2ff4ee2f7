"""A board of 64-bit ARM in QEMU, whose clock counts instructions, with a shell on its serial line.

`-icount shift=0` lets the guest's clock go on by a nanosecond an instruction: a millisecond there is a million instructions, whatever else this
machine does. `sleep=off` skips what the guest idles. Both want one processor, emulated by one thread.
"""

import pathlib
import socket
import subprocess
import tempfile
import time

QEMU = pathlib.Path("target/qemu")
MACHINE = ["-M", "virt", "-cpu", "cortex-a72", "-smp", "1", "-m", "1024", "-display", "none", "-no-reboot", "-nic", "none"]
COUNTED = ["-accel", "tcg,thread=single", "-icount", "shift=0,sleep=off"]
PANEL = ["-device", "virtio-gpu-pci,xres=800,yres=480"]

END = "end of the answer"


class Board:
    """A machine that runs `board/image/build initramfs`, with a folder of this one, which it sees as `/side`."""

    def __init__(self, side, patience_s):
        self.patience_s = patience_s
        self.folder = tempfile.TemporaryDirectory()
        shell, disk = (pathlib.Path(self.folder.name) / name for name in ("shell", "disk"))
        subprocess.run(["/sbin/mke2fs", "-q", "-t", "ext4", "-d", side, disk, "512M"], check=True, stdout=subprocess.DEVNULL)
        files = ["-kernel", QEMU / "vmlinuz", "-initrd", QEMU / "initramfs.gz", "-append", "console=ttyAMA0 quiet loglevel=0"]
        line = ["-chardev", f"socket,id=shell,path={shell},server=on,wait=off", "-serial", "chardev:shell"]
        drive = ["-drive", f"if=none,id=side,file={disk},format=raw,readonly=on", "-device", "virtio-blk-pci,drive=side"]
        self.process = subprocess.Popen(["qemu-system-aarch64", *MACHINE, *COUNTED, *PANEL, *files, *line, *drive], stdin=subprocess.DEVNULL)
        self.socket = self.connect(shell)
        self.heard = b""
        self.hears("the shell is there")
        self.shell("mkdir /side; mount -t ext4 -o ro /dev/vda /side")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        self.folder.cleanup()

    def connect(self, path):
        line = socket.socket(socket.AF_UNIX)
        while self.process.poll() is None:
            try:
                line.connect(str(path))
                return line
            except OSError:
                time.sleep(0.05)
        raise SystemExit("error: QEMU ended at once; what it says is above.")

    def shell(self, command):
        """What the shell there says to a command of one line."""
        self.socket.sendall(f"{command}\necho {END}\n".encode())
        return self.hears(END)

    def hears(self, end):
        """What comes over the serial line until a line ends with this."""
        deadline = time.monotonic() + self.patience_s
        end = f"{end}\n".encode()
        while end not in self.heard:
            self.socket.settimeout(max(0.01, deadline - time.monotonic()))
            try:
                more = self.socket.recv(65536)
            except TimeoutError:
                more = b""
            if not more:
                said, wanted = self.heard.decode(errors="replace"), end.decode().strip()
                raise SystemExit(f"error: in {self.patience_s} s the board did not say '{wanted}', but:\n{said}")
            self.heard += more.replace(b"\r", b"")
        said, _, self.heard = self.heard.partition(end)
        return said.decode(errors="replace")

    def busy_million(self):
        """Million instructions since the kernel's start, to 10 million: what has passed there, less the waiting for nothing and for the disk."""
        up, _, _, _, _, _, idle, waiting, *_ = self.shell("cat /proc/uptime; head -n 1 /proc/stat").split()
        return float(up) * 1000 - (int(idle) + int(waiting)) * 10

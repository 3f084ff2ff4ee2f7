"""Everything that `tests/bench/run` measures, one table after the other."""

import argparse
import os
import pathlib
import subprocess
import tempfile
import time

# Before numpy is imported: what is measured here on one thread is on one.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import growth
import instructions
import latency
import machine
import networks
import path

BUNDLE = "appliance/bundle/default.frb"

# Films that the daemon is sent.
FILMS = 60


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("fieldray", help="the release binary")
    parser.add_argument("parts", nargs="*", metavar="PART", help="networks, path, growth, latency, instructions [default: all but instructions]")
    parser.add_argument("--rounds", type=int, default=5, help="how often each is measured, in turn with its peer")
    parser.add_argument("--film", help="a DICOM film to measure with [default: a drawn one of 9 megapixels]")
    parser.add_argument("--head", default="hip", help="the bundle's head that screens it")
    parser.add_argument("--long", action="store_true", help="10,000 films, too; takes some minutes")
    arguments = parser.parse_intermixed_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        film = arguments.film or drawn(arguments.fieldray, folder)
        parts = {
            "networks": lambda: networks.measure(arguments.fieldray, BUNDLE, film, arguments.rounds, folder),
            "path": lambda: path.measure(arguments.fieldray, BUNDLE, arguments.head, film, arguments.rounds, folder),
            "growth": lambda: growth.measure(arguments.fieldray, BUNDLE, folder, arguments.long),
            "latency": lambda: latency.measure(arguments.fieldray, FILMS, 1760, folder),
            "instructions": lambda: instructions.measure(BUNDLE, film, arguments.rounds, folder),
        }
        unknown = set(arguments.parts) - set(parts)
        if unknown:
            parser.error(f"there is no part '{unknown.pop()}'; choose from {', '.join(parts)}")
        print(f"{machine.name()}; {time.strftime('%-d %B %Y')}; {film}")
        # Instructions are of the program for the board, which is built by itself.
        for name in arguments.parts or list(parts)[:-1]:
            print(f"\n## {name}\n")
            parts[name]()


def drawn(fieldray, folder):
    subprocess.run([fieldray, "phantom", "--out", folder / "drawn", "--count", "1", "--size", "900"], check=True, stdout=subprocess.DEVNULL)
    [film] = (folder / "drawn").glob("*.dcm")
    return growth.enlarged(film, 9, folder)


if __name__ == "__main__":
    main()

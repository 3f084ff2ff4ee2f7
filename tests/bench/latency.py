"""How long it takes from the last byte of a film to its result on the display, and which stage takes how much of it.

Draws phantoms, starts the daemon in a folder of its own and sends them with dcmtk's storescu.
"""

import contextlib
import json
import re
import statistics
import subprocess
import time
from datetime import datetime

SCREENING = ["read", "prepare", "network", "classify", "explain"]
SHOWN = re.compile(r"shown image=\d+ since_received_ms=(\d+)")


def measure(fieldray, count, size, folder):
    draw = ["phantom", "--out", folder / "sent", "--count", str(count), "--size", str(size)]
    subprocess.run([fieldray, *draw], check=True, stdout=subprocess.DEVNULL)
    films = sorted((folder / "sent").glob("*.dcm"))

    with daemon(fieldray, folder / "one-by-one") as (port, messages):
        for number, film in enumerate(films, 1):
            store(port, [film]).wait()
            wait(lambda: len(SHOWN.findall(messages.read_text())) >= number)
        shown = [float(taken) for taken in SHOWN.findall(messages.read_text())]
    print(f"{count} films of {size} px, sent one by one, each when the one before is shown:\n")
    table(history(fieldray, folder / "one-by-one"), shown)

    with daemon(fieldray, folder / "at-once") as (port, messages):
        begun = time.monotonic()
        for sending in [store(port, films[part::4]) for part in range(4)]:
            sending.wait()
        sent = time.monotonic() - begun
        wait(lambda: messages.read_text().count(": screened ") >= len(films))
        done = time.monotonic() - begun
    print(f"\nAll at once, in four associations: {len(films) / sent:.1f} films/s stored, {len(films) / done:.1f} films/s screened.")


@contextlib.contextmanager
def daemon(fieldray, folder):
    """A daemon that runs; its port, and the file of its messages."""
    folder.mkdir()
    messages = folder / "messages"
    command = [fieldray, "run", "--archive", folder / "archive", "--dicom-port", "0", "--display", f"png:{folder}/screen"]
    with open(messages, "w") as file:
        process = subprocess.Popen(command, stderr=file)
    try:
        port = re.compile(r"listening address=\S+:(\d+)")
        wait(lambda: port.search(messages.read_text()))
        yield port.search(messages.read_text())[1], messages
    finally:
        process.terminate()
        process.wait()


def store(port, films):
    return subprocess.Popen(["storescu", "-aec", "FIELDRAY", "127.0.0.1", port, *films])


def wait(done):
    while not done():
        time.sleep(0.005)


def history(fieldray, folder):
    command = [fieldray, "history", "--json", "--archive", folder / "archive"]
    return [json.loads(line) for line in subprocess.run(command, check=True, capture_output=True).stdout.splitlines()]


def table(screenings, shown):
    rows = {stage: [] for stage in ["receive", "store and wait", *SCREENING, "keep", "show"]}
    for screening, total in zip(screenings, shown, strict=True):
        stages = screening["elapsed_ms"]
        answered = moment(screening["screened"]) - moment(screening["received"])
        rows["receive"].append(stages["receive"])
        rows["store and wait"].append(stages["wait"])
        for stage in SCREENING:
            rows[stage].append(stages[stage])
        rows["keep"].append(answered - stages["wait"] - sum(stages[stage] for stage in SCREENING))
        rows["show"].append(total - answered)
    rows["last byte to display"] = shown
    whole = statistics.median(shown)
    print("| stage | median ms | 99 % ms | share |\n|---|---|---|---|")
    for stage, taken in rows.items():
        median, rare = statistics.median(taken), sorted(taken)[max(0, -(-len(taken) * 99 // 100) - 1)]
        # What comes before the last byte is no share of what comes after it.
        share = "" if stage == "receive" else f"{median / whole:.0%}"
        print(f"| {stage} | {median:.1f} | {rare:.1f} | {share} |")


def moment(text):
    return datetime.fromisoformat(text).timestamp() * 1000


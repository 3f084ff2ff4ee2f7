"""Looks with pydicom, and pdftotext where it is installed, at what left the box: does it hold together, and does it give anybody away?

Standard input: {"sources": [DICOM file, ...], "outputs": folder, "identified": true or false}.
Standard output: {"reports": count, "captures": count, "problems": [sentence, ...]}.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import warnings

import pydicom

warnings.simplefilter("ignore")

TELLING = {"PN", "DA", "AE"}
KEYWORDS = {
    "PatientID", "OtherPatientIDs", "IssuerOfPatientID", "PatientAge", "AccessionNumber", "StudyID", "StudyDescription",
    "InstitutionName", "InstitutionAddress", "StationName", "StudyTime", "SeriesTime", "ContentTime", "AcquisitionTime",
    "DeviceSerialNumber", "PatientAddress", "PatientTelephoneNumbers", "PatientComments", "InstitutionalDepartmentName",
}
# What the standard itself says everywhere, and the date that stands for none.
COMMON = {"19000101", "000000"}


def identities(path):
    """Every value of a film that tells of somebody, something or some moment."""
    film = pydicom.dcmread(path, force=True, stop_before_pixels=True)
    found = set()
    for element in film.iterall():
        if element.VR == "SQ" or element.value in (None, ""):
            continue
        values = element.value if element.VM > 1 else [element.value]
        for value in map(str, values):
            if element.VR == "PN":
                found.update(value.replace("=", "^").split("^"))
                found.add(value)
            elif element.VR in TELLING or element.keyword in KEYWORDS:
                found.add(value)
            elif element.VR == "UI" and not value.startswith("1.2.840.10008."):
                found.add(value)
    return {value for value in found if is_telling(value)} - COMMON


def is_telling(value):
    """Whether a value is long enough to be no accident: long numbers stand in every UID."""
    return sum(letter.isalnum() for letter in value) >= (6 if value.isdigit() else 4)


def referred(item):
    """The SOP instances that a data set refers to, however deep."""
    return {element.value for element in item.iterall() if element.keyword == "ReferencedSOPInstanceUID"}


def told(path):
    """All that a file tells: its bytes, its name, and of a page its text, which stands there as numbers of glyphs."""
    content = path.read_bytes() + str(path).encode()
    if path.suffix == ".pdf" and shutil.which("pdftotext"):
        content += subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, check=True).stdout
    return content


def check(report, capture, identified):
    """What does not hold between a report and the picture beside it."""
    evidence = set()
    for study in report.CurrentRequestedProcedureEvidenceSequence:
        evidence |= referred(study)
        if study.StudyInstanceUID != report.StudyInstanceUID:
            yield "the evidence is of another study"
    spoken_of = {uid for item in report.ContentSequence for uid in referred(item)}
    if spoken_of != evidence:
        yield "the report speaks of images that are not its evidence"
    if (report.CompletionFlag, report.VerificationFlag) != ("COMPLETE", "UNVERIFIED"):
        yield "the report is not complete, or verified"
    if ("PatientIdentityRemoved" in report) == identified:
        yield "the report does not say whether the patient's identity is removed"
    if capture is None:
        return
    if capture.SOPInstanceUID not in evidence:
        yield "the report does not refer to the picture"
    for attribute in ("StudyInstanceUID", "PatientID", "PatientName"):
        if report[attribute].value != capture[attribute].value:
            yield f"report and picture have another {attribute}"
    if capture.SourceImageSequence[0].ReferencedSOPInstanceUID not in evidence:
        yield "report and picture are of different films"
    pixels = capture.pixel_array
    if pixels.shape[2] != 3 or pixels.max() < 100:
        yield "the picture shows nothing"


def main():
    question = json.load(sys.stdin)
    outputs = sorted(path for path in pathlib.Path(question["outputs"]).rglob("*") if path.is_file())
    problems, reports, captures = [], 0, 0
    for path in outputs:
        if not path.name.endswith(".sr.dcm"):
            captures += path.name.endswith(".sc.dcm")
            continue
        reports += 1
        beside = path.with_name(path.name.replace(".sr.dcm", ".sc.dcm"))
        capture = pydicom.dcmread(beside) if beside.exists() else None
        problems += [f"{path.name}: {problem}" for problem in check(pydicom.dcmread(path), capture, question["identified"])]
    if not question["identified"]:
        telling = set().union(*map(identities, question["sources"]))
        for path in outputs:
            content = told(path)
            problems += [f"{path.name} tells {value}" for value in sorted(telling) if value.encode() in content]
    json.dump({"reports": reports, "captures": captures, "problems": problems}, sys.stdout)


main()

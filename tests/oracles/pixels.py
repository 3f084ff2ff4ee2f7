"""What a radiograph's pixels must be, by pydicom and numpy.

Usage: pixels.py FILE...   writes for each FILE one line of JSON to stdout: {"file", "rows", "columns", "raw"}, where "raw" is
a file of little-endian 16-bit presentation values, 0 black to 65535 white, row by row, written beside the others in --out. With
--window-hu, all files are CT slices, shown between these two Hounsfield values whatever they ask for.
"""

import argparse
import json
import pathlib

import numpy
import pydicom
from pydicom.pixels import apply_modality_lut, apply_voi_lut


def presentation_values(data):
    """Modality transform, values of interest, polarity: PS3.3, C.11."""
    values = apply_modality_lut(data.pixel_array, data)
    if "VOILUTSequence" in data:
        shown = apply_voi_lut(values, data, index=0).astype(numpy.float64)
        low, high = 0.0, float(2 ** data.VOILUTSequence[0].LUTDescriptor[2] - 1)
    elif data.get("WindowWidth") is not None:
        shown = apply_voi_lut(values, data, index=0).astype(numpy.float64)
        low, high = window_range(data)
    else:
        shown = values.astype(numpy.float64)
        low, high = shown.min(), shown.max()
    share = numpy.clip((shown - low) / (high - low), 0.0, 1.0)
    if data.PhotometricInterpretation == "MONOCHROME1":
        share = 1.0 - share
    return numpy.rint(share * 65535.0).astype("<u2")


def slice_values(data, black, white):
    """Hounsfield values, the two given ones black and white."""
    values = apply_modality_lut(data.pixel_array, data).astype(numpy.float64)
    return numpy.rint(numpy.clip((values - black) / (white - black), 0.0, 1.0) * 65535.0).astype("<u2")


def window_range(data):
    """The least and greatest value that pydicom's windowing gives."""
    if "ModalityLUTSequence" in data:
        return 0.0, float(2 ** data.ModalityLUTSequence[0].LUTDescriptor[2] - 1)
    bits = data.BitsStored
    low, high = (0, 2**bits - 1) if data.PixelRepresentation == 0 else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    slope, intercept = float(data.get("RescaleSlope", 1)), float(data.get("RescaleIntercept", 0))
    return low * slope + intercept, high * slope + intercept


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--window-hu", type=float, nargs=2)
    parser.add_argument("files", nargs="+", type=pathlib.Path)
    arguments = parser.parse_args()
    for number, file in enumerate(arguments.files):
        data = read(file)
        values = slice_values(data, *arguments.window_hu) if arguments.window_hu else presentation_values(data)
        raw = arguments.out / f"{number}.raw"
        raw.write_bytes(values.tobytes())
        rows, columns = values.shape
        print(json.dumps({"file": str(file), "rows": rows, "columns": columns, "raw": str(raw)}))


def read(file):
    """A data set, with the transfer syntax that a file without meta information leaves open."""
    data = pydicom.dcmread(file, force=True)
    if "TransferSyntaxUID" not in data.file_meta:
        data.file_meta.TransferSyntaxUID = pydicom.uid.ImplicitVRLittleEndian
    return data


if __name__ == "__main__":
    main()

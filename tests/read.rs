//! Real films, whole and damaged: each gives the pixels it should, or the reason it should, and never a panic.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use fieldray_common::{
    radiograph::Radiograph,
    read::{Accept, CtWindow, ReadError, read, read_accepting},
    region::Region,
};
use fieldray_tests::{oracle_python, real_data, repository};

/// What a file must give.
enum Expected {
    /// A film of this width and height in pixels.
    Film(usize, usize),
    /// A reason with these words in it.
    Refused(&'static str),
}

use Expected::{Film, Refused};

const JPEG_LS: Expected = if cfg!(feature = "jpeg-ls") { Film(1760, 2140) } else { Refused("JPEG-LS") };

const DICOM: [(&str, Expected); 12] = [
    ("966.dcm", Refused("its compressed pixels cannot be decoded")),
    ("CR-MONO1-10-chest", Film(440, 440)),
    ("CR-ModalitySequenceLUT.dcm", Film(1976, 1576)),
    ("RG2_J2KR.dcm", Film(1760, 2140)),
    ("RG2_JLSL.dcm", JPEG_LS),
    ("RG2_JPLL.dcm", Film(1760, 2140)),
    ("RG2_JPLY.dcm", Refused("12-bit JPEG Extended")),
    ("RG2_JPLY_fixed.dcm", Refused("12-bit JPEG Extended")),
    ("RG2_RLE.dcm", Film(1760, 2140)),
    ("RG2_UNC.dcm", Film(1760, 2140)),
    ("RG3_JPLL.dcm", Film(1760, 1760)),
    ("RG3_RLE.dcm", Film(1760, 1760)),
];

const ODD: [(&str, Expected); 7] = [
    ("CT_small.dcm", Refused("a CT object")),
    ("MR_small_bigendian.dcm", Refused("an MR object")),
    ("badVR.dcm", Refused("an RTDOSE object")),
    ("empty_charset_LEI.dcm", Refused("no image")),
    ("image_dfl.dcm", Film(512, 512)),
    ("no_meta.dcm", Refused("not a DICOM, JPEG or PNG file")),
    ("rtplan_truncated.dcm", Refused("an RTPLAN object")),
];

const MALFORMED: [(&str, Expected); 4] = [
    ("truncated-IMG0004036.jpg", Refused("the JPEG file ends early")),
    ("truncated-IMG0004092.jpg", Refused("the JPEG file ends early")),
    ("truncated-IMG0004098.jpg", Refused("the JPEG file ends early")),
    ("truncated-IMG0004100.jpg", Refused("the JPEG file ends early")),
];

#[test]
fn every_dicom_film_is_read_or_refused_for_its_reason() {
    check_folder("dicom", &DICOM);
}

#[test]
fn other_modalities_and_odd_files_are_refused_for_their_reason() {
    check_folder("dicom/odd", &ODD);
}

#[test]
fn pictures_that_end_early_are_refused() {
    check_folder("malformed", &MALFORMED);
}

#[test]
fn the_lossless_encodings_of_a_film_give_the_same_pixels() {
    let Some(folder) = real_data("dicom") else { return };
    let film = |name: &str| read(&fs::read(folder.join(name)).unwrap()).unwrap();
    let hip = film("RG2_UNC.dcm");
    for name in ["RG2_RLE.dcm", "RG2_JPLL.dcm", "RG2_J2KR.dcm"] {
        assert!(film(name).pixels() == hip.pixels(), "{name}");
    }
    if cfg!(feature = "jpeg-ls") {
        assert!(film("RG2_JLSL.dcm").pixels() == hip.pixels());
    }
    assert!(film("RG3_JPLL.dcm").pixels() == film("RG3_RLE.dcm").pixels());
}

#[test]
fn no_beginning_of_a_compressed_film_passes_for_the_whole() {
    let Some(folder) = real_data("dicom") else { return };
    for name in ["RG2_RLE.dcm", "RG2_JPLL.dcm", "RG2_J2KR.dcm"] {
        let whole = fs::read(folder.join(name)).unwrap();
        for hundredth in 1..100 {
            // Cut within the file, and within the compressed film while the file around it stays whole.
            let length = whole.len() * hundredth / 100;
            assert!(read(&whole[..length]).is_err(), "{name}, {hundredth} %");
            let emptied = [&whole[..length], &vec![0; whole.len() - length]].concat();
            assert!(read(&emptied).is_err(), "{name}, {hundredth} % and zeros");
        }
    }
}

#[test]
fn a_film_keeps_its_facts() {
    let Some(folder) = real_data("dicom") else { return };
    let film = read(&fs::read(folder.join("RG2_UNC.dcm")).unwrap()).unwrap();
    let facts = film.facts();
    assert_eq!(facts.modality.as_deref(), Some("CR"));
    assert_eq!((facts.body_part_examined.as_deref(), facts.region), (Some("HIP"), Some(Region::Hip)));
    assert_eq!(facts.pixel_spacing_mm, Some([0.2, 0.2]));
    assert!(facts.sop_instance_uid.is_some() && facts.study_instance_uid.is_some());
}

#[test]
fn every_published_radiograph_is_whole() {
    for (folder, extension) in [("fracatlas", "jpg"), ("chest-kermany", "jpeg")] {
        let Some(folder) = real_data(folder) else { continue };
        for path in files_below(&folder).into_iter().filter(|path| path.extension().is_some_and(|e| e == extension)) {
            let film = read(&fs::read(&path).unwrap());
            assert!(film.is_ok(), "{}: {}", path.display(), film.unwrap_err());
        }
    }
}

#[test]
fn the_pixels_are_those_that_pydicom_gives() {
    let Some(folder) = real_data("dicom") else { return };
    let slices = real_data("ct-contrast").map(|folder| files_below(&folder)).unwrap_or_default();
    let films = [
        "CR-MONO1-10-chest",
        "CR-ModalitySequenceLUT.dcm",
        "RG2_UNC.dcm",
        "RG2_J2KR.dcm",
        "RG3_JPLL.dcm",
        "odd/image_dfl.dcm",
        "odd/CT_small.dcm",
        "odd/MR_small_bigendian.dcm",
    ];
    let paths: Vec<PathBuf> = films
        .iter()
        .map(|name| folder.join(name))
        .chain(slices.into_iter().filter(|path| path.extension().is_some_and(|e| e == "dcm")).step_by(10))
        .collect();
    compare_with_pydicom(&paths, Accept::AnyModality, &[]);
}

#[test]
fn slices_through_a_window_are_those_that_pydicom_gives() {
    let Some(folder) = real_data("ct-contrast") else { return };
    let window = CtWindow::new(-160, 240).unwrap();
    compare_with_pydicom(&files_below(&folder), Accept::CtSlices(window), &["--window-hu", "-160", "240"]);
}

/// Reads every file, which must give the pixels that pydicom makes of it with these `options`.
fn compare_with_pydicom(paths: &[PathBuf], accept: Accept, options: &[&str]) {
    let Some(python) = oracle_python("pixels oracle") else { return };
    let out = tempfile::tempdir().unwrap();
    let oracle = Command::new(python)
        .arg(repository().join("tests/oracles/pixels.py"))
        .args(paths)
        .arg("--out")
        .arg(out.path())
        .args(options)
        .output()
        .unwrap();
    assert!(oracle.status.success(), "{}", String::from_utf8_lossy(&oracle.stderr));
    let lines: Vec<serde_json::Value> =
        String::from_utf8(oracle.stdout).unwrap().lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), paths.len());
    for (path, line) in paths.iter().zip(lines) {
        let film = read_accepting(&fs::read(path).unwrap(), accept).unwrap();
        assert_eq!(line["rows"], film.height_px(), "{}", path.display());
        assert_eq!(line["columns"], film.width_px(), "{}", path.display());
        let raw = fs::read(line["raw"].as_str().unwrap()).unwrap();
        let expected = raw.as_chunks().0.iter().map(|pair| u16::from_le_bytes(*pair));
        let furthest = film.pixels().iter().zip(expected).map(|(ours, theirs)| ours.abs_diff(theirs)).max();
        assert!(furthest <= Some(1), "{}: {furthest:?} steps apart", path.display());
    }
}

/// Reads every file of a folder, each of which must have a row in the table.
fn check_folder(folder: &str, table: &[(&str, Expected)]) {
    let Some(folder) = real_data(folder) else { return };
    let rows: BTreeMap<&str, &Expected> = table.iter().map(|(name, expected)| (*name, expected)).collect();
    let mut wrong = Vec::new();
    for path in files_in(&folder) {
        let name = path.file_name().unwrap().to_str().unwrap();
        let result = read(&fs::read(&path).unwrap());
        match rows.get(name) {
            Some(expected) if fits(&result, expected) => {}
            _ => wrong.push(format!("{name}: {}", shown(&result))),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn fits(result: &Result<Radiograph, ReadError>, expected: &Expected) -> bool {
    match (result, expected) {
        (Ok(film), Film(width, height)) => (film.width_px(), film.height_px()) == (*width, *height),
        (Err(reason), Refused(words)) => reason.to_string().contains(words),
        _ => false,
    }
}

fn shown(result: &Result<Radiograph, ReadError>) -> String {
    match result {
        Ok(film) => format!("a film of {} x {}", film.width_px(), film.height_px()),
        Err(reason) => reason.to_string(),
    }
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_file()).collect()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let folders = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir());
    let mut files = files_in(folder);
    files.extend(folders.flat_map(|folder| files_below(&folder)));
    files
}

//! What leaves the box, judged by programs that know nothing of us.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use dicom_core::{DataElement, VR};
use dicom_dictionary_std::tags;
use serde_json::{Value, json};

use super::Clinic;
use super::clients::{REAL, real_films};
use super::disk::Small;

/// A film whose file says much of a patient.
pub fn telling_film(from: &Path, to: &Path, burned_in: &str) {
    let mut film = dicom_object::open_file(from).unwrap();
    for (tag, vr, value) in [
        (tags::PATIENT_NAME, VR::PN, "Nguyễn-Müller^José=सुमन^कुमार"),
        (tags::PATIENT_ID, VR::LO, "KRANKENKASSE-4711"),
        (tags::PATIENT_BIRTH_DATE, VR::DA, "19620517"),
        (tags::PATIENT_SEX, VR::CS, "F"),
        (tags::STUDY_DATE, VR::DA, "20260228"),
        (tags::STUDY_TIME, VR::TM, "081523.25"),
        (tags::ACCESSION_NUMBER, VR::SH, "ACC-99012"),
        (tags::REFERRING_PHYSICIAN_NAME, VR::PN, "Doctor^Who"),
        (tags::STUDY_DESCRIPTION, VR::LO, "Fall from a roof"),
        (tags::INSTITUTION_NAME, VR::LO, "Hôpital du Lac"),
        (tags::STATION_NAME, VR::SH, "ROOM-SEVEN"),
        (tags::BURNED_IN_ANNOTATION, VR::CS, burned_in),
    ] {
        film.put_element(DataElement::new(tag, vr, value));
    }
    film.write_to_file(to).unwrap();
}

/// A clinic in which these films were screened, from a stick.
fn screened(films: &[PathBuf]) -> Clinic {
    let clinic = Clinic::new();
    let stick = clinic.path("stick");
    fs::create_dir(&stick).unwrap();
    for (number, film) in films.iter().enumerate() {
        fs::copy(film, stick.join(format!("IM{number:04}"))).unwrap();
    }
    clinic.settle(&format!("[watch]\nfolder = \"{}\"\nevery_s = 1", stick.display()));
    let daemon = clinic.start();
    clinic.history_of(films.len());
    assert_eq!(daemon.terminate(), Some(0));
    clinic
}

/// Runs `fieldray export` from a clinic's archive.
pub fn export(clinic: &Clinic, to: &Path, options: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fieldray"));
    command.args(["export", "--archive"]).arg(clinic.archive()).arg("--to").arg(to).args(options).output().unwrap()
}

/// Every file below a folder.
fn all_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { all_files(&path) } else { vec![path] }).collect()
}

fn dicom_files(folder: &Path, document: &str) -> Vec<PathBuf> {
    all_files(folder).into_iter().filter(|path| path.to_str().unwrap().ends_with(&format!(".{document}.dcm"))).collect()
}

/// What a program says of a file; `None`, and said so, where it is not installed.
fn says(program: &str, file: &Path) -> Option<String> {
    match Command::new(program).arg(file).output() {
        Ok(output) => Some(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()),
        Err(_) => {
            println!("skipped: {program} (not installed; tests/run installs it)");
            None
        }
    }
}

/// Asks `tests/oracles/outputs.py`; `None`, and said so, where there is no Python for it.
fn pydicom(sources: &[PathBuf], outputs: &Path, identified: bool) -> Option<Value> {
    let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let python = repository.join(".oracles/bin/python");
    if !python.is_file() {
        println!("skipped: outputs read by pydicom (no .oracles; tests/run installs it)");
        return None;
    }
    let mut oracle = Command::new(python)
        .arg(repository.join("tests/oracles/outputs.py"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let question = json!({ "sources": sources, "outputs": outputs, "identified": identified });
    oracle.stdin.take().unwrap().write_all(question.to_string().as_bytes()).unwrap();
    let answer = oracle.wait_with_output().unwrap();
    assert!(answer.status.success());
    Some(serde_json::from_slice(&answer.stdout).unwrap())
}

/// No error from `dciodvfy`, and a tree from `dsrdump`.
fn sound(outputs: &Path) {
    for file in dicom_files(outputs, "sr").into_iter().chain(dicom_files(outputs, "sc")) {
        if let Some(said) = says("dciodvfy", &file) {
            let errors: Vec<&str> =
                said.lines().filter(|line| line.contains("Error") || line.contains("Abort")).collect();
            assert!(errors.is_empty(), "{}: {errors:?}", file.display());
        }
    }
    for file in dicom_files(outputs, "sr") {
        let Some(said) = says("dsrdump", &file) else { return };
        for item in ["Imaging Measurement Report", "Finding", "Algorithm Name", "Screening aid, not a diagno"] {
            assert!(said.contains(item), "{}: no '{item}' in {said}", file.display());
        }
    }
}

#[test]
fn what_leaves_the_box_is_sound_and_names_nobody_unless_that_is_asked_for() {
    let drawn = Clinic::new();
    let mut films = drawn.films(4, 400);
    for (number, burned_in) in ["NO", "YES"].into_iter().enumerate() {
        let telling = drawn.path(&format!("telling-{number}.dcm"));
        telling_film(&films[number], &telling, burned_in);
        films[number] = telling;
    }
    if let Some(real) = real_films() {
        films.extend(REAL.iter().filter(|(_, _, outcome)| *outcome != "not offered").map(|(name, ..)| real.join(name)));
    }
    let clinic = screened(&films);
    let (nameless, named) = (clinic.path("nameless"), clinic.path("named"));

    let exported = export(&clinic, &nameless, &[]);
    assert_eq!(exported.status.code(), Some(2), "{}", String::from_utf8_lossy(&exported.stderr));
    let said = String::from_utf8_lossy(&exported.stdout).into_owned();
    assert!(
        said.contains("without the patients' names") && said.contains("burned in") && said.lines().count() == 1,
        "{said}"
    );
    assert_eq!(dicom_files(&nameless, "sr").len(), films.len());
    sound(&nameless);
    if let Some(found) = pydicom(&films, &nameless, false) {
        assert_eq!(found["problems"], json!([]));
        assert_eq!(found["reports"], films.len());
    }

    // One of the real films has a SOP Instance UID that is none: nothing can refer to it by that.
    let exported = export(&clinic, &named, &["--identified"]);
    let said = String::from_utf8_lossy(&exported.stdout).into_owned();
    assert_eq!(dicom_files(&named, "sr").len(), films.len() - usize::from(said.contains("SOPInstanceUID is no UID")));
    assert!(dicom_files(&named, "sc").len() > dicom_files(&nameless, "sc").len());
    sound(&named);
    if let Some(found) = pydicom(&films, &named, true) {
        assert_eq!(found["problems"], json!([]));
    }
    // The name comes through in its own letters.
    let study = export(&clinic, &clinic.path("one"), &["--patient", "KRANKENKASSE-4711", "--identified", "--as", "sr"]);
    assert_eq!(study.status.code(), Some(0), "{}", String::from_utf8_lossy(&study.stderr));
    let reports = dicom_files(&clinic.path("one"), "sr");
    assert_eq!(reports.len(), 2);
    let report = dicom_object::open_file(&reports[0]).unwrap();
    assert_eq!(report.element(tags::PATIENT_NAME).unwrap().to_str().unwrap(), "Nguyễn-Müller^José=सुमन^कुमार");
    assert_eq!(report.element(tags::PATIENT_BIRTH_DATE).unwrap().to_str().unwrap(), "19620517");
}

#[test]
fn the_page_is_one_sheet_that_a_reader_shows_and_searches() {
    let drawn = Clinic::new();
    let mut films = drawn.films(2, 500);
    let telling = drawn.path("telling.dcm");
    telling_film(&films[0], &telling, "NO");
    films[0] = telling;
    let photograph = drawn.path("photograph.png");
    image::GrayImage::from_fn(400, 300, |x, y| image::Luma([(x / 2 + y / 3) as u8])).save(&photograph).unwrap();
    films.push(photograph);
    let clinic = screened(&films);
    let read =
        |program: &str, page: &Path, options: &[&str]| match Command::new(program).arg(page).args(options).output() {
            Ok(output) => Some(output),
            Err(_) => {
                println!("skipped: {program} (not installed; tests/run installs poppler-utils)");
                None
            }
        };
    for (to, option) in [("named", Some("--identified")), ("nameless", None)] {
        let to = clinic.path(to);
        let options: Vec<&str> = ["--as", "pdf"].into_iter().chain(option).collect();
        assert_eq!(export(&clinic, &to, &options).status.code(), Some(0));
        let pages = all_files(&to);
        assert_eq!(pages.len(), films.len());
        let mut names = 0;
        for page in pages {
            let Some(text) = read("pdftotext", &page, &["-layout", "-"]) else { return };
            assert!(text.stderr.is_empty(), "{}", String::from_utf8_lossy(&text.stderr));
            let text = String::from_utf8(text.stdout).unwrap();
            assert_eq!(text.matches('\u{c}').count(), 1, "one sheet");
            for said in ["Screening aid, not a diagnosis", "fracatlas-all@", "SHA-256"] {
                assert!(text.contains(said), "no '{said}' in {text}");
            }
            names += usize::from(text.contains("Nguyễn-Müller José") && text.contains("1962-05-17"));
            // It can be shown: dark films, white paper, and the colour of a decision.
            let Some(picture) = read("pdftoppm", &page, &["-r", "40", "-png"]) else { return };
            let picture = image::load_from_memory(&picture.stdout).unwrap().into_rgb8();
            let all = picture.pixels().count();
            let share =
                |is: fn(&[u8; 3]) -> bool| picture.pixels().filter(|pixel| is(&pixel.0)).count() as f64 / all as f64;
            assert!(share(|pixel| pixel.iter().all(|part| *part > 250)) > 0.3);
            assert!(share(|pixel| pixel.iter().max().unwrap() - pixel.iter().min().unwrap() > 60) > 0.01);
        }
        assert_eq!(names, usize::from(option.is_some()));
    }
}

#[test]
fn the_table_says_what_history_says() {
    let drawn = Clinic::new();
    let clinic = screened(&drawn.films(3, 300));
    let stick = clinic.path("stick-2");
    let exported = export(&clinic, &stick, &["--as", "csv", "--identified"]);
    assert_eq!(exported.status.code(), Some(0));
    assert_eq!(all_files(&stick).len(), 1);
    let mut table = csv::Reader::from_path(stick.join("screenings.csv")).unwrap();
    let columns = table.headers().unwrap().clone();
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    let history = clinic.history();
    assert_eq!(rows.len(), history.len());
    for (row, line) in rows.iter().zip(&history) {
        for (column, cell) in columns.iter().zip(row) {
            let told = match column.strip_suffix("_ms") {
                Some(stage) => &line["elapsed_ms"][stage],
                None if column == "normal_below" || column == "abnormal_from" => &line["operating_point"][column],
                None => &line[column],
            };
            match told {
                Value::String(text) => assert_eq!(cell, text, "{column}"),
                Value::Number(number) => assert_eq!(cell.parse::<f64>().ok(), number.as_f64(), "{column}"),
                other => panic!("{column} is {other}"),
            }
        }
    }
}

#[test]
fn an_export_that_cannot_be_made_says_why_and_leaves_no_half_file() {
    let drawn = Clinic::new();
    let clinic = screened(&drawn.films(3, 900));
    let failed = |to: &Path, options: &[&str]| {
        let output = export(&clinic, to, options);
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said.lines().count(), 1, "{said}");
        said
    };
    assert!(failed(&clinic.path("x"), &["--patient", "nobody"]).contains("nothing was screened"));
    assert!(failed(&clinic.path("x"), &["--since", "2999-01-01"]).contains("nothing was screened"));
    assert!(failed(&clinic.path("x"), &["--since", "yesterday"]).contains("2026-03-01"));
    assert!(failed(&clinic.path("no/stick"), &[]).contains("check that the stick is in"));
    let stick = clinic.path("small");
    let Some(_small) = Small::mount(&stick, "2m") else { return };
    assert!(failed(&stick, &["--as", "sc"]).contains("make room"));
    assert!(all_files(&stick).iter().all(|file| file.extension().is_some_and(|ending| ending == "dcm")));
}

#[test]
fn an_export_is_in_the_audit_log_whether_the_daemon_runs_or_not() {
    let drawn = Clinic::new();
    let clinic = screened(&drawn.films(2, 300));
    export(&clinic, &clinic.path("one"), &["--as", "csv"]);
    let daemon = clinic.start();
    export(&clinic, &clinic.path("two"), &["--as", "csv", "--identified"]);
    assert_eq!(daemon.terminate(), Some(0));
    let log = fs::read_to_string(clinic.archive().join("audit.jsonl")).unwrap();
    let lines = log.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    let exported: Vec<Value> = lines.filter(|line| line["what"] == "exported").collect();
    assert_eq!(exported.len(), 2);
    assert_eq!(exported.iter().map(|line| line["identified"].as_bool().unwrap()).collect::<Vec<_>>(), [false, true]);
    for line in exported {
        assert!(line["who"].as_str().unwrap().starts_with("user ") && line["images"].as_array().unwrap().len() == 2);
    }
    clinic.verified_log().unwrap();
}

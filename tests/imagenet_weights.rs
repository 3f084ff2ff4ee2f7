//! Published weights become a network that sees one grey channel and still sees what it saw.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use fieldray_tests::{real_data, repository, torch_python};
use fieldray_trainer::network::{
    Architecture, fold,
    import::{self, Grey, ImportError},
    torch::{Backbone, Features, Mode},
};
use tch::{Device, IndexOp, Kind, Tensor, nn};

const GREY: Grey = Grey { mean: 0.4, deviation: 0.25 };
const DOUBLE: (Kind, Device) = (Kind::Double, Device::Cpu);

fn weights_of(architecture: Architecture) -> Option<PathBuf> {
    Some(real_data("imagenet-weights")?.join(format!("{}.safetensors", architecture.name())))
}

fn backbone(architecture: Architecture) -> (nn::VarStore, Backbone) {
    tch::manual_seed(3);
    let store = nn::VarStore::new(Device::Cpu);
    let backbone = Backbone::new(&store.root(), &architecture.graph());
    (store, backbone)
}

fn greatest_difference(one: &Tensor, other: &Tensor) -> f64 {
    ((one - other).abs().max() / other.abs().max()).double_value(&[])
}

/// The published stem on three equal colours against ours on one grey, wherever the window lies inside the film.
#[test]
fn the_grey_stem_computes_what_the_colour_stem_did() {
    let grey = [0.0; 3];
    let tensorflow = ([2.0; 3], grey.map(|_| -1.0));
    let caffe = ([255.0; 3], [-103.939, -116.779, -123.68]);
    for (architecture, stem, (scale, offset)) in
        [(Architecture::MobileNetV2, "stem", tensorflow), (Architecture::SqueezeNet1_1, "conv1", caffe)]
    {
        let Some(path) = weights_of(architecture) else { return };
        let (_store, backbone) = backbone(architecture);
        import::load(&backbone, architecture, &path, GREY).unwrap();
        let published = Tensor::read_safetensors(&path).unwrap();
        let find = |name: String| published.iter().find(|(n, _)| *n == name).unwrap().1.to_kind(Kind::Double);

        let level = Tensor::rand([1, 1, 33, 33], DOUBLE);
        let colours: Vec<Tensor> = (0..3).map(|colour| &level * scale[colour] + offset[colour]).collect();
        let colours = Tensor::cat(&colours, 1);
        let bias = find(format!("{stem}.bias"));
        let wanted = colours.conv2d(&find(format!("{stem}.weight")), Some(&bias), [2, 2], [0, 0], [1, 1], 1);

        let kernel = &fold::fold(&backbone).unwrap().weights.0[stem];
        let weight = Tensor::from_slice(kernel.weight.as_slice().unwrap()).view([-1, 1, 3, 3]).to_kind(Kind::Double);
        let bias = Tensor::from_slice(kernel.bias.as_slice().unwrap()).to_kind(Kind::Double);
        let film = (level - GREY.mean) / GREY.deviation;
        let found = film.conv2d(&weight, Some(&bias), [2, 2], [0, 0], [1, 1], 1);
        let difference = greatest_difference(&found, &wanted);
        println!("{stem}: {difference:.1e}");
        assert!(difference < 1e-6, "{stem}: {difference}");
    }
}

/// Whole networks, against the ones of torchvision and timm whose names and forms we claim to know.
#[test]
fn published_networks_see_the_same_in_grey() {
    let Some(python) = torch_python("torchvision and timm parity") else { return };
    let folder = tempfile::tempdir().unwrap();
    let script = repository().join("tests/oracles/published_backbones.py");
    // The grey that a border of zeros means, to their stems and to ours.
    let grey = Grey { mean: 0.43, deviation: 0.25 };
    let status = Command::new(python).arg(script).arg(folder.path()).arg(grey.mean.to_string()).status().unwrap();
    assert!(status.success());
    for architecture in [
        Architecture::SqueezeNet1_1,
        Architecture::ResNet18,
        Architecture::DenseNet121,
        Architecture::RegNetX400MF,
        Architecture::RepVggA0,
        Architecture::EfficientNetLite0,
        Architecture::Xception,
    ] {
        let (_store, backbone) = backbone(architecture);
        let file = |what: &str| folder.path().join(format!("{}.{what}", architecture.name()));
        import::load(&backbone, architecture, &file("safetensors"), grey).unwrap();
        let films = floats(&file("films")).view([2, 1, 96, 96]);
        let found = backbone.forward(&((films - grey.mean) / grey.deviation), Mode::Evaluate).map;
        let wanted = floats(&file("map")).view(found.size().as_slice());
        let difference = greatest_difference(&found, &wanted);
        println!("{}: {difference:.1e}", architecture.name());
        assert!(difference < 1e-4, "{}: {difference}", architecture.name());
    }
}

fn floats(path: &Path) -> Tensor {
    let bytes = fs::read(path).unwrap();
    let numbers: Vec<f32> = bytes.as_chunks::<4>().0.iter().map(|&number| f32::from_le_bytes(number)).collect();
    Tensor::from_slice(&numbers)
}

#[test]
fn another_networks_weights_are_refused() {
    let Some(path) = weights_of(Architecture::MobileNetV2) else { return };
    let (_store, backbone) = backbone(Architecture::SqueezeNet1_1);
    let error = import::load(&backbone, Architecture::SqueezeNet1_1, &path, GREY).unwrap_err();
    assert!(matches!(&error, ImportError::Missing { name, .. } if name == "conv1.weight"), "{error}");
    let error =
        import::load(&backbone, Architecture::SqueezeNet1_1, Path::new("nowhere.safetensors"), GREY).unwrap_err();
    assert!(matches!(error, ImportError::Unreadable { .. }), "{error}");
}

/// On real radiographs the imported networks are neither silent nor saturated, and films differ.
#[test]
fn real_radiographs_excite_the_imported_networks() {
    let Some(images) = real_data("fracatlas/images") else { return };
    let mut paths: Vec<PathBuf> = walk(&images);
    paths.sort();
    let films: Vec<Tensor> = paths.iter().step_by(paths.len() / 8).map(|path| film(path)).collect();
    let films = Tensor::cat(&films, 0);
    for architecture in [Architecture::MobileNetV2, Architecture::SqueezeNet1_1] {
        let Some(path) = weights_of(architecture) else { return };
        let (_store, backbone) = backbone(architecture);
        import::load(&backbone, architecture, &path, GREY).unwrap();
        let before = backbone.forward(&films, Mode::Evaluate);
        backbone.calibrate_batch_norm(&[films.shallow_clone()]);
        let Features { map, pooled } = backbone.forward(&films, Mode::Evaluate);
        assert!(greatest_difference(&map, &before.map) < 1e-3, "calibration changed {}", architecture.name());
        let active = map.gt(0.0).to_kind(Kind::Float).mean(Kind::Float).double_value(&[]);
        let spread = pooled.std_dim([0i64].as_slice(), true, false).mean(Kind::Float).double_value(&[]);
        let level = pooled.mean(Kind::Float).double_value(&[]);
        println!("{}: {:.0} % active, mean {level:.3}, spread {spread:.3}", architecture.name(), active * 100.0);
        assert!(map.isfinite().all().int64_value(&[]) == 1, "{}", architecture.name());
        assert!((0.02..0.6).contains(&active), "{}: {active} of the map is active", architecture.name());
        assert!(spread > 0.1 * level, "{}: films look alike", architecture.name());
        let trained = backbone.forward(&films, Mode::Train).pooled;
        assert!(greatest_difference(&trained, &pooled) < 0.1, "{}: training sees other features", architecture.name());
    }
}

fn walk(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { walk(&path) } else { vec![path] }).collect()
}

fn film(path: &Path) -> Tensor {
    let image = image::open(path).unwrap().resize_exact(224, 224, image::imageops::FilterType::Triangle).to_luma8();
    let level = Tensor::from_slice(image.as_raw()).view([1, 1, 224, 224]).to_kind(Kind::Float) / 255.0;
    ((level - GREY.mean) / GREY.deviation).i(..)
}

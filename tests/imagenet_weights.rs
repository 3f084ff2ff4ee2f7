//! Published weights become a network that sees one grey channel and still sees what it saw.

use std::path::{Path, PathBuf};

use fieldray_tests::real_data;
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

/// Batch norm of the whole network, against torch's own convolution and batch norm under torchvision's names.
#[test]
fn torchvision_names_are_understood() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("resnet18.safetensors");
    tch::manual_seed(5);
    let store = nn::VarStore::new(Device::Cpu);
    let net = tch::vision::resnet::resnet18_no_final_layer(&store.root());
    tch::no_grad(|| {
        for (name, variable) in store.variables() {
            let noise = variable.rand_like() - 0.5;
            if name.contains("bn") || name.contains("downsample.1") {
                let _ = variable.shallow_clone().g_add_(&(noise * 0.3));
            } else if name == "conv1.weight" {
                // A stem that sees red only: then the zeros beyond the border mean one grey, and all of it is exact.
                let _ = variable.narrow(1, 1, 2).zero_();
            }
        }
    });
    store.save(&path).unwrap();
    let (_store, backbone) = backbone(Architecture::ResNet18);
    import::load(&backbone, Architecture::ResNet18, &path, Grey { mean: 0.485, deviation: 0.229 }).unwrap();
    let level = Tensor::rand([2, 1, 96, 96], (Kind::Float, Device::Cpu));
    let film = (&level - 0.485) / 0.229;
    let (mean, deviation) = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]);
    let colours: Vec<Tensor> = (0..3).map(|colour| (&level - mean[colour]) / deviation[colour]).collect();
    let wanted = tch::no_grad(|| nn::ModuleT::forward_t(&net, &Tensor::cat(&colours, 1), false));
    let found = backbone.forward(&film, Mode::Evaluate).pooled;
    let difference = greatest_difference(&found, &wanted);
    println!("resnet18: {difference:.1e}");
    assert!(difference < 1e-4, "{difference}");
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

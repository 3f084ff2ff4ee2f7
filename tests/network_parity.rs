//! Every backbone says the same whether torch, tract or onnxruntime reads it.

use std::{fs, process::Command, sync::Mutex};

use fieldray_common::engine;
use fieldray_tests::{oracle_python, repository};
use fieldray_trainer::network::{
    Architecture, fold,
    graph::{Builder, Convolution, Graph, Padding, Window},
    onnx::{self, ExportError, Precision},
    torch::{Arithmetic, Backbone, Mode},
};
use ndarray::Array4;
use tch::{Device, Kind, Tensor, nn};

/// Odd multiples, so that 'SAME' and 'ceil mode' meet both even and odd maps.
const SIDE_PX: usize = 104;

/// torch has one random generator for all tests, and they run side by side.
static SEED: Mutex<()> = Mutex::new(());

/// What one reading gives for one film.
struct Reading {
    map: Vec<f32>,
    pooled: Vec<f32>,
}

/// The backbone with batch norms as training leaves them: no statistic is 0 or 1.
fn trained_alike(graph: &Graph) -> (nn::VarStore, Backbone) {
    let _alone = SEED.lock();
    tch::manual_seed(7);
    let store = nn::VarStore::new(Device::Cpu);
    let backbone = Backbone::new(&store.root(), graph);
    for _ in 0..2 {
        backbone.forward(&(Tensor::randn([8, 1, 64, 64], (Kind::Float, Device::Cpu)) * 1.5 + 0.5), Mode::Train);
    }
    tch::no_grad(|| {
        for (name, variable) in store.variables() {
            let noise = variable.rand_like() - 0.5;
            if name.ends_with("norm.weight") {
                let _ = variable.shallow_clone().g_add_(&(noise * 0.4));
            } else if name.ends_with("bias") {
                let _ = variable.shallow_clone().g_add_(&(noise * 0.5));
            }
        }
    });
    (store, backbone)
}

fn film(side_px: usize) -> Tensor {
    let _alone = SEED.lock();
    tch::manual_seed(11);
    let side = side_px as i64;
    Tensor::randn([1, 1, side, side], (Kind::Float, Device::Cpu))
}

fn numbers(tensor: &Tensor) -> Vec<f32> {
    Vec::try_from(tensor.contiguous().view([-1])).unwrap()
}

fn in_torch(backbone: &Backbone, film: &Tensor) -> Reading {
    let features = backbone.forward(film, Mode::Evaluate);
    Reading { map: numbers(&features.map), pooled: numbers(&features.pooled) }
}

fn in_tract(onnx: &[u8], film: &Tensor) -> Reading {
    let side = film.size()[3] as usize;
    let film = Array4::from_shape_vec((1, 1, side, side), numbers(film)).unwrap();
    let features = engine::Backbone::load("network", onnx, side).unwrap().run(&film).unwrap();
    Reading { map: features.map.into_iter().collect(), pooled: features.pooled.to_vec() }
}

/// The greatest difference, as a share of the greatest value.
fn difference(one: &[f32], other: &[f32]) -> f32 {
    assert_eq!(one.len(), other.len());
    let scale = one.iter().fold(1e-6_f32, |most, value| most.max(value.abs()));
    one.iter().zip(other).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max) / scale
}

fn assert_alike(what: &str, one: &Reading, other: &Reading, bound: f32) {
    for (output, one, other) in [("map", &one.map, &other.map), ("pooled", &one.pooled, &other.pooled)] {
        assert!(one.iter().all(|value| value.is_finite()) && one.iter().any(|&value| value != 0.0), "{what} {output}");
        let difference = difference(one, other);
        println!("{what} {output}: {difference:.1e}");
        assert!(difference < bound, "{what} {output}: {difference} is not below {bound}");
    }
}

/// A plain network with what no published one here has: a 'SAME' pool, parallel branches in groups, a map that is read again
/// after its activation.
fn grouped() -> Graph {
    let (mut net, film) = Builder::new("grouped");
    let stem = net.convolution("stem", film, Convolution::new(16, 3).stride(2).batch_norm());
    let stem = net.relu(stem);
    let wide = net.convolution("wide", stem, Convolution::new(32, 3).groups(4).stride(2).batch_norm());
    let pooled = net.max_pool("pool", stem, Window { kernel: 3, stride: 2, padding: Padding::Same });
    let both = net.concat("both", &[wide, pooled]);
    let wide =
        net.convolution("wide branch", both, Convolution::new(48, 5).groups(4).padding(Padding::Even(2)).batch_norm());
    let corner =
        net.convolution("narrow branch", both, Convolution::new(48, 3).groups(8).padding(Padding::Even(1)).no_bias());
    let sum = net.add("two", wide, corner);
    let itself = net.batch_norm("itself", both);
    let both = net.add("three branches", sum, itself);
    let clipped = net.relu6(both); // not in place: the next one reads `both` too
    let both = net.concat("clipped and not", &[clipped, both]);
    net.convolution("head", both, Convolution::new(24, 1));
    net.finish()
}

fn all() -> Vec<Graph> {
    Architecture::ALL.map(Architecture::graph).into_iter().chain([grouped()]).collect()
}

#[test]
fn torch_and_tract_agree() {
    for graph in all() {
        let (_store, backbone) = trained_alike(&graph);
        let folded = fold::fold(&backbone).unwrap();
        for side_px in [SIDE_PX, SIDE_PX + 7] {
            let film = film(side_px);
            let onnx = onnx::write(&folded.graph, &folded.weights, side_px, Precision::F32).unwrap();
            let what = format!("{} at {side_px}, torch and tract", graph.name());
            assert_alike(&what, &in_torch(&backbone, &film), &in_tract(&onnx, &film), 1e-4);
        }
    }
}

#[test]
fn half_precision_halves_the_file_and_stays_near() {
    for graph in all() {
        let (_store, backbone) = trained_alike(&graph);
        let fold::Folded { graph, weights } = fold::fold(&backbone).unwrap();
        let film = film(SIDE_PX);
        let [full, half] = [Precision::F32, Precision::F16].map(|p| onnx::write(&graph, &weights, SIDE_PX, p).unwrap());
        assert!(
            graph.name() == "grouped" || half.len() < full.len() * 6 / 10,
            "{}: {} bytes",
            graph.name(),
            half.len()
        );
        // Each weight moves by at most 2^-11 of itself. Random networks amplify that most; trained ones are far below this.
        let what = format!("{}, f32 and f16", graph.name());
        assert_alike(&what, &in_tract(&full, &film), &in_tract(&half, &film), 5e-2);
    }
}

#[test]
fn training_changes_what_evaluation_says_and_evaluation_records_nothing() {
    let (store, backbone) = trained_alike(&Architecture::ResNet10.graph());
    let film = film(64);
    let before = in_torch(&backbone, &film);
    let features = backbone.forward(&Tensor::cat(&[&film, &(&film * 0.5)], 0), Mode::Train);
    features.pooled.square().mean(Kind::Float).backward();
    let trainable = store.trainable_variables();
    assert!(trainable.iter().all(|variable| variable.grad().defined()));
    assert!(difference(&before.pooled, &in_torch(&backbone, &film).pooled) > 1e-3, "running statistics did not move");
    assert!(!backbone.forward(&film, Mode::Evaluate).pooled.requires_grad());
}

#[test]
fn learning_in_bfloat16_sees_nearly_the_same() {
    let (store, backbone) = trained_alike(&Architecture::ResNet10.graph());
    let films = Tensor::cat(&[film(64), film(64) * 0.5], 0);
    let whole = backbone.forward(&films, Mode::Train).pooled;
    let backbone = backbone.learning_in(Arithmetic::Bf16);
    let half = backbone.forward(&films, Mode::Train).pooled;
    let difference = difference(&numbers(&half), &numbers(&whole));
    assert!((1e-6..0.05).contains(&difference), "{difference}");
    half.square().mean(Kind::Float).backward();
    assert!(store.trainable_variables().iter().all(|variable| variable.grad().kind() == Kind::Float));
    assert!(backbone.forward(&films, Mode::Evaluate).map.kind() == Kind::Float);
}

#[test]
fn settled_batch_norm_evaluates_as_it_trained() {
    let (_store, backbone) = trained_alike(&Architecture::DenseNet121.graph());
    // Running variances are those of a sample, a little above a batch's own: with enough films the two hardly differ.
    let films = film(640).view([16, 1, 160, 160]) * 0.7 - 0.4;
    let trained = backbone.forward(&films, Mode::Train);
    let trained = Reading { map: numbers(&trained.map), pooled: numbers(&trained.pooled) };
    let before = in_torch(&backbone, &films);
    assert!(difference(&before.map, &trained.map) > 0.1, "there was nothing to settle");
    backbone.settle_batch_norm(&[films.shallow_clone(), films.shallow_clone()]);
    assert_alike("evaluation and training on these films", &trained, &in_torch(&backbone, &films), 3e-2);
}

#[test]
fn calibrated_batch_norm_changes_nothing_but_training() {
    for architecture in [Architecture::MobileNetV2, Architecture::ResNet10] {
        let (_store, backbone) = trained_alike(&architecture.graph());
        let films = Tensor::randn([8, 1, 96, 96], (Kind::Float, Device::Cpu)) * 0.7 - 0.4;
        let before = in_torch(&backbone, &films);
        backbone.calibrate_batch_norm(&[films.narrow(0, 0, 4), films.narrow(0, 4, 4)]);
        assert_alike("before and after calibration", &before, &in_torch(&backbone, &films), 1e-4);
        let trained = backbone.forward(&films, Mode::Train);
        let trained = Reading { map: numbers(&trained.map), pooled: numbers(&trained.pooled) };
        assert_alike("evaluation and training on these films", &before, &trained, 2e-2);
    }
}

#[test]
fn a_checkpoint_brings_back_the_same_network() {
    let graph = Architecture::MobileNetV2.graph();
    let (store, backbone) = trained_alike(&graph);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("backbone.safetensors");
    store.save(&path).unwrap();
    let mut fresh_store = nn::VarStore::new(Device::Cpu);
    let fresh = Backbone::new(&fresh_store.root(), &graph);
    fresh_store.load(&path).unwrap();
    assert_eq!(fold::fold(&fresh).unwrap(), fold::fold(&backbone).unwrap());
}

#[test]
fn weights_that_cannot_be_stored_are_refused() {
    let graph = Architecture::ResNet10.graph();
    let (_store, backbone) = trained_alike(&graph);
    let mut weights = fold::fold(&backbone).unwrap().weights;
    let other = onnx::write(&Architecture::ResNet18.graph(), &weights, SIDE_PX, Precision::F32).unwrap_err();
    assert_eq!(other, ExportError::OtherNetwork { network: "resnet18".into(), layer: "conv1".into() });
    weights.0.get_mut("conv1").unwrap().weight[[0, 0, 0, 0]] = 7e4;
    assert!(onnx::write(&graph, &weights, SIDE_PX, Precision::F32).is_ok());
    let large = onnx::write(&graph, &weights, SIDE_PX, Precision::F16).unwrap_err();
    assert_eq!(large, ExportError::NotFinite { layer: "conv1".into() });
    weights.0.get_mut("conv1").unwrap().bias[0] = f32::NAN;
    assert!(onnx::write(&graph, &weights, SIDE_PX, Precision::F32).is_err());
}

/// `tests/oracles/onnx_parity.py` checks each file with the `onnx` package and runs it in onnxruntime.
#[test]
fn onnxruntime_agrees_with_tract() {
    let Some(python) = oracle_python("onnxruntime parity") else { return };
    let folder = tempfile::tempdir().unwrap();
    for graph in all() {
        let (_store, backbone) = trained_alike(&graph);
        let fold::Folded { graph, weights } = fold::fold(&backbone).unwrap();
        for precision in [Precision::F32, Precision::F16] {
            let film = film(SIDE_PX);
            let onnx = onnx::write(&graph, &weights, SIDE_PX, precision).unwrap();
            let file = |name: &str| folder.path().join(name);
            fs::write(file("network.onnx"), &onnx).unwrap();
            fs::write(file("film.f32"), bytes(&numbers(&film))).unwrap();
            let status = Command::new(&python)
                .arg(repository().join("tests/oracles/onnx_parity.py"))
                .args([file("network.onnx"), file("film.f32"), file("map.f32"), file("pooled.f32")])
                .status()
                .unwrap();
            assert!(status.success(), "{} {precision:?}", graph.name());
            let read = |name| floats(&fs::read(file(name)).unwrap());
            let runtime = Reading { map: read("map.f32"), pooled: read("pooled.f32") };
            let what = format!("{} {precision:?}, tract and onnxruntime", graph.name());
            assert_alike(&what, &in_tract(&onnx, &film), &runtime, 1e-4);
        }
    }
}

fn bytes(numbers: &[f32]) -> Vec<u8> {
    numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|&number| f32::from_le_bytes(number)).collect()
}

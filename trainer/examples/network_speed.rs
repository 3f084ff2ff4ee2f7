//! What a training step costs: `network_speed [threads] [side_px...]`.
//!
//! Images a second by the clock, and by the processor time of all threads: on a busy machine only the second can be compared.

use std::{fs, time::Instant};

use fieldray_trainer::network::{
    Architecture,
    torch::{Backbone, Mode},
};
use tch::{
    Device, Kind, Tensor,
    nn::{self, OptimizerConfig},
};

fn main() -> anyhow::Result<()> {
    let arguments: Vec<usize> = std::env::args().skip(1).map(|argument| argument.parse()).collect::<Result<_, _>>()?;
    tch::set_num_threads(arguments.first().copied().unwrap_or(1) as i32);
    let sides = if arguments.len() > 1 { &arguments[1..] } else { &[192, 224] };
    for architecture in [Architecture::MobileNetV2Pyramid, Architecture::SqueezeNet1_1Gated, Architecture::ResNet10] {
        for &side_px in sides {
            for batch in [16, 32] {
                let [clock, processor] = measure(architecture, side_px as i64, batch)?;
                let name = architecture.name();
                println!("{name} side {side_px} batch {batch}: {clock:.1} images/s, {processor:.1} images/CPU-s");
            }
        }
    }
    Ok(())
}

fn measure(architecture: Architecture, side_px: i64, batch: i64) -> anyhow::Result<[f64; 2]> {
    let store = nn::VarStore::new(Device::cuda_if_available());
    let graph = architecture.graph();
    let backbone = Backbone::new(&store.root().sub("backbone"), &graph);
    let head = nn::linear(store.root().sub("head"), graph.feature_channels() as i64, 1, nn::LinearConfig::default());
    let mut optimiser = nn::AdamW::default().build(&store, 1e-4)?;
    let films = Tensor::randn([batch, 1, side_px, side_px], (Kind::Float, store.device()));
    let wanted = Tensor::zeros([batch, 1], (Kind::Float, store.device()));
    let mut step = || {
        let logit = backbone.forward(&films, Mode::Train).pooled.apply(&head);
        let loss = logit.binary_cross_entropy_with_logits::<Tensor>(&wanted, None, None, tch::Reduction::Mean);
        optimiser.backward_step(&loss);
        loss.double_value(&[])
    };
    step();
    let steps = 4;
    let (start, processor_start_s) = (Instant::now(), processor_s()?);
    for _ in 0..steps {
        step();
    }
    let spent_s = [start.elapsed().as_secs_f64(), processor_s()? - processor_start_s];
    Ok(spent_s.map(|seconds| (steps * batch) as f64 / seconds))
}

/// Processor time of this process: fields 14 and 15 of `/proc/self/stat`, in hundredths of a second.
fn processor_s() -> anyhow::Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat")?;
    let ticks: Vec<f64> = stat.split_whitespace().skip(13).take(2).map(str::parse).collect::<Result<_, _>>()?;
    Ok(ticks.iter().sum::<f64>() / 100.0)
}

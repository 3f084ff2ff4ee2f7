//! Grad-CAM in closed form is Grad-CAM by automatic differentiation of the same fused model.

use fieldray_common::{
    bundle::manifest::Vote,
    calibrate::{Calibration, OperatingPoint, Platt},
    classifier::{Classifier, Linear, NaiveBayes, RbfSvm},
    engine,
    explain::class_activation,
    fusion::{Fusion, Projection},
    screening::Head,
};
use fieldray_trainer::network::{
    Architecture, fold, onnx,
    torch::{Backbone, Mode},
};
use ndarray::{Array1, Array2, Array4, Axis, Ix2, Ix4, s};
use tch::{Device, Kind, Tensor, nn};

const SIDE_PX: usize = 96;
const COMPONENTS: usize = 12;

fn random(rows: usize, columns: usize) -> Array2<f64> {
    let values = Vec::<f64>::try_from(Tensor::randn([(rows * columns) as i64], (Kind::Double, Device::Cpu))).unwrap();
    Array2::from_shape_vec((rows, columns), values).unwrap()
}

fn tensor(values: &Array2<f64>) -> Tensor {
    let flat: Vec<f64> = values.iter().copied().collect();
    Tensor::from_slice(&flat).view([values.nrows() as i64, values.ncols() as i64])
}

/// The head's log-odds of fused features (1 x K), said in torch.
fn log_odds(head: &Head, fused: &Tensor) -> Tensor {
    let platt = |calibration: &Calibration| match calibration {
        Calibration::Platt(platt) => *platt,
        other => panic!("{other:?} is not said in torch"),
    };
    let row = |values: &Array1<f64>| tensor(&values.clone().insert_axis(Axis(0)));
    let mut sum = Tensor::zeros([], (Kind::Double, Device::Cpu));
    for (classifier, calibration) in &head.members {
        let score = match classifier {
            Classifier::Logistic(linear) => (fused * row(&linear.weights)).sum(Kind::Double) + linear.bias,
            Classifier::SvmRbf(svm) => {
                let distances = (fused - tensor(svm.support())).square().sum_dim_intlist(1, false, Kind::Double);
                let terms =
                    (distances * -svm.gamma()).exp() * Tensor::from_slice(svm.coefficients().as_slice().unwrap());
                terms.sum(Kind::Double) + svm.bias()
            }
            Classifier::NaiveBayes(bayes) => {
                let log_density = |class: usize| {
                    let (mean, variance) = (bayes.means().row(class), bayes.variances().row(class));
                    let variance = row(&variance.to_owned());
                    ((fused - row(&mean.to_owned())).square() / &variance + variance.log()).sum(Kind::Double) * -0.5
                };
                log_density(1) - log_density(0) + bayes.prior()
            }
            other => panic!("{other:?} is not said in torch"),
        };
        let Platt { slope, offset } = platt(calibration);
        sum = sum + score * slope + offset;
    }
    let Platt { slope, offset } = platt(&head.calibration);
    sum / head.members.len() as f64 * slope + offset
}

#[test]
fn closed_form_is_automatic_differentiation() {
    tch::manual_seed(11);
    let film = Tensor::randn([1, 1, SIDE_PX as i64, SIDE_PX as i64], (Kind::Float, Device::Cpu));
    let mut torch_maps = Vec::new();
    let mut tract_features = Vec::new();
    for architecture in [Architecture::MobileNetV2, Architecture::SqueezeNet1_1] {
        let variables = nn::VarStore::new(Device::Cpu);
        let backbone = Backbone::new(&variables.root(), &architecture.graph());
        let map = tch::no_grad(|| backbone.forward(&film, Mode::Evaluate).map);
        torch_maps.push(map.to_kind(Kind::Double).detach().set_requires_grad(true));
        let fold::Folded { graph, weights } = fold::fold(&backbone).unwrap();
        let file = onnx::write(&graph, &weights, SIDE_PX, onnx::Precision::F32).unwrap();
        let pixels = Vec::<f32>::try_from(film.view([-1])).unwrap();
        let pixels = Array4::from_shape_vec((1, 1, SIDE_PX, SIDE_PX), pixels).unwrap();
        tract_features.push(engine::Backbone::load(architecture.name(), &file, SIDE_PX).unwrap().run(&pixels).unwrap());
    }

    let width: usize = tract_features.iter().map(|features| features.pooled.len()).sum();
    let joined: Vec<f64> =
        tract_features.iter().flat_map(|features| features.pooled.iter().map(|v| f64::from(*v))).collect();
    let near = Array1::from(joined);
    // Means near this film's features, as after training; without that the RBF kernel is zero everywhere.
    let deviation = near.mapv(|value| value.abs().max(1e-2));
    let mean = &near + &(&deviation * 0.1);
    let components = random(COMPONENTS, width) / (width as f64).sqrt();
    let fusion = Fusion::new(mean.clone(), deviation.clone(), Projection::Components(components.clone())).unwrap();
    let fused = fusion.project(&fusion.standardise(&near));
    let support = random(7, COMPONENTS) + &fused;
    let svm = RbfSvm::new(support, random(1, 7).row(0).to_owned(), 0.2, 0.05).unwrap();
    let linear = Linear { weights: random(1, COMPONENTS).row(0).to_owned(), bias: -0.3 };
    let variances = random(2, COMPONENTS).mapv(|value| value * value + 0.5);
    let bayes = NaiveBayes::new(-0.4, random(2, COMPONENTS) + &fused, variances).unwrap();
    let platt = |slope, offset| Calibration::Platt(Platt { slope, offset });
    let head = Head {
        name: "test".to_owned(),
        views: Vec::new(),
        members: vec![
            (Classifier::Logistic(linear), platt(0.8, 0.1)),
            (Classifier::SvmRbf(svm), platt(1.7, -0.2)),
            (Classifier::NaiveBayes(bayes), platt(0.4, 0.0)),
        ],
        vote: Vote::Soft,
        calibration: platt(1.3, -0.1),
        operating_point: OperatingPoint::new(0.3, 0.6).unwrap(),
        conformal: None,
    };

    let pooled: Vec<Tensor> =
        torch_maps.iter().map(|map| map.mean_dim([2_i64, 3].as_slice(), false, Kind::Double)).collect();
    let row = |values: &Array1<f64>| tensor(&values.clone().insert_axis(Axis(0)));
    let standardised = (Tensor::cat(&pooled, 1) - row(&mean)) / row(&deviation);
    let score = log_odds(&head, &standardised.matmul(&tensor(&components).tr()));
    let gradients = Tensor::run_backward(&[score], &torch_maps, false, false);

    let evidence = head.judge(&fused);
    let pulled = fusion.pull_back(&evidence.gradient.unwrap());
    let mut first = 0;
    for ((map, gradient), features) in torch_maps.iter().zip(&gradients).zip(&tract_features) {
        // Grad-CAM as published: channels weighed by the mean of their gradient, summed.
        let weights = gradient.mean_dim([2_i64, 3].as_slice(), true, Kind::Double);
        let published = (weights * map.detach()).sum_dim_intlist(1, true, Kind::Double);
        let (height, width) = (features.map.dim().1, features.map.dim().2);
        let published =
            Array4::from_shape_vec((1, 1, height, width), Vec::try_from(published.view([-1])).unwrap()).unwrap();
        let published: Array2<f64> = published
            .into_dimensionality::<Ix4>()
            .unwrap()
            .slice_move(s![0, 0, .., ..])
            .into_dimensionality::<Ix2>()
            .unwrap();

        let channels = features.pooled.len();
        let ours = class_activation(&features.map, &pulled.slice(s![first..first + channels]).to_owned());
        let ours = ours / (height * width) as f64;
        first += channels;
        let scale = published.iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        let difference = (&ours - &published).iter().fold(0.0_f64, |largest, value| largest.max(value.abs()));
        assert!(scale > 0.0 && difference < 1e-4 * scale, "{difference:e} of {scale:e}");
    }
}

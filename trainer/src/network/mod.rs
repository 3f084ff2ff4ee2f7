//! Networks: described once as plain values, read twice, by torch to train and by ONNX to ship.

pub mod graph;

mod neck;

mod densenet;
mod efficientnet_lite;
mod mobilenet_v2;
mod regnet;
mod repvgg;
mod resnet;
mod squeezenet;
mod xception;

pub mod merge;

pub mod fold;
pub mod import;
pub mod onnx;
mod statistics;
pub mod torch;

use serde::{Deserialize, Serialize};

use graph::Graph;

/// A backbone by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Architecture {
    /// MobileNetV2, width 1.0: 2.2 million parameters.
    #[serde(rename = "mobilenet_v2")]
    MobileNetV2,
    /// MobileNetV2 under a pyramid and a gate: 2.5 million parameters, a map of an eighth of the film's side.
    #[serde(rename = "mobilenet_v2_pyramid")]
    MobileNetV2Pyramid,
    /// SqueezeNet 1.1: 0.7 million parameters, no batch norm.
    #[serde(rename = "squeezenet1_1")]
    SqueezeNet1_1,
    /// SqueezeNet 1.1 under a gate: 0.9 million parameters.
    #[serde(rename = "squeezenet1_1_gated")]
    SqueezeNet1_1Gated,
    /// ResNet18: 11 million parameters.
    #[serde(rename = "resnet18")]
    ResNet18,
    /// A slim ResNet of ten layers: 1.2 million parameters.
    #[serde(rename = "resnet10")]
    ResNet10,
    /// DenseNet121: 7.0 million parameters.
    #[serde(rename = "densenet121")]
    DenseNet121,
    /// RegNetX-400MF: 5.1 million parameters.
    #[serde(rename = "regnet_x_400mf")]
    RegNetX400MF,
    /// RepVGG-A0: 7.0 million parameters as it ships, 7.8 million while it learns.
    #[serde(rename = "repvgg_a0")]
    RepVggA0,
    /// EfficientNet-Lite0: 3.4 million parameters.
    #[serde(rename = "efficientnet_lite0")]
    EfficientNetLite0,
    /// Xception: 20.8 million parameters.
    #[serde(rename = "xception")]
    Xception,
}

impl Architecture {
    /// All that can be trained.
    pub const ALL: [Architecture; 11] = [
        Self::MobileNetV2,
        Self::MobileNetV2Pyramid,
        Self::SqueezeNet1_1,
        Self::SqueezeNet1_1Gated,
        Self::ResNet18,
        Self::ResNet10,
        Self::DenseNet121,
        Self::RegNetX400MF,
        Self::RepVggA0,
        Self::EfficientNetLite0,
        Self::Xception,
    ];

    /// The name used in recipes, files and bundles.
    pub fn name(self) -> &'static str {
        match self {
            Self::MobileNetV2 => "mobilenet_v2",
            Self::MobileNetV2Pyramid => "mobilenet_v2_pyramid",
            Self::SqueezeNet1_1 => "squeezenet1_1",
            Self::SqueezeNet1_1Gated => "squeezenet1_1_gated",
            Self::ResNet18 => "resnet18",
            Self::ResNet10 => "resnet10",
            Self::DenseNet121 => "densenet121",
            Self::RegNetX400MF => "regnet_x_400mf",
            Self::RepVggA0 => "repvgg_a0",
            Self::EfficientNetLite0 => "efficientnet_lite0",
            Self::Xception => "xception",
        }
    }

    /// The published network below the neck, if it has one; else itself.
    pub fn trunk(self) -> Self {
        match self {
            Self::MobileNetV2Pyramid => Self::MobileNetV2,
            Self::SqueezeNet1_1Gated => Self::SqueezeNet1_1,
            plain => plain,
        }
    }

    /// Its description.
    pub fn graph(self) -> Graph {
        match self {
            Self::MobileNetV2 => mobilenet_v2::graph(),
            Self::MobileNetV2Pyramid => mobilenet_v2::pyramid(),
            Self::SqueezeNet1_1 => squeezenet::graph(),
            Self::SqueezeNet1_1Gated => squeezenet::gated(),
            Self::ResNet18 => resnet::resnet18(),
            Self::ResNet10 => resnet::resnet10(),
            Self::DenseNet121 => densenet::graph(),
            Self::RegNetX400MF => regnet::graph(),
            Self::RepVggA0 => repvgg::graph(),
            Self::EfficientNetLite0 => efficientnet_lite::graph(),
            Self::Xception => xception::graph(),
        }
    }
}

/// The architecture of that name.
pub fn by_name(name: &str) -> Option<Architecture> {
    Architecture::ALL.into_iter().find(|architecture| architecture.name() == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_and_costs_are_the_published_ones() {
        // Published for three colours and a classifier; here: one grey channel, none. E.g. MobileNetV2: 3.505 M
        // parameters, less 1.281 M of the classifier and 576 of two stem channels, batch norm as one bias a channel.
        let expected = [
            (Architecture::MobileNetV2, 1280, 7, 2_206_240, 0.292..0.300),
            (Architecture::SqueezeNet1_1, 512, 13, 721_344, 0.245..0.275),
            (Architecture::ResNet18, 512, 7, 11_165_440, 1.70..1.82),
            (Architecture::DenseNet121, 1024, 7, 6_940_096, 2.75..2.83),
            (Architecture::RegNetX400MF, 400, 7, 5_075_472, 0.404..0.415),
            (Architecture::RepVggA0, 1280, 7, 7_027_520, 1.30..1.40),
            (Architecture::EfficientNetLite0, 1280, 7, 3_349_424, 0.370..0.390),
            (Architecture::Xception, 2048, 7, 20_779_112, 4.5..4.6),
        ];
        for (architecture, channels, side, parameters, giga_multiply_adds) in expected {
            let graph = merge::merge(&architecture.graph()).graph;
            let map = *graph.shapes(224).unwrap().last().unwrap();
            assert_eq!((map.channels, map.side_px), (channels, side), "{}", graph.name());
            assert_eq!(map.channels, graph.feature_channels());
            let cost = graph.cost(224).unwrap();
            assert_eq!(cost.parameters, parameters, "{}", graph.name());
            assert!(giga_multiply_adds.contains(&(cost.multiply_adds as f64 / 1e9)), "{}: {cost:?}", graph.name());
        }
    }

    #[test]
    fn a_neck_gives_a_finer_map_whose_first_channel_is_the_gate() {
        for (architecture, side, finer) in [
            (Architecture::MobileNetV2Pyramid, 224, 28),
            (Architecture::MobileNetV2Pyramid, 200, 25),
            (Architecture::SqueezeNet1_1Gated, 224, 13),
        ] {
            let graph = architecture.graph();
            let map = *graph.shapes(side).unwrap().last().unwrap();
            assert_eq!((map.channels, map.side_px), (1 + 96 + 64, finer), "{} at {side}", graph.name());
            let last = graph.nodes().last().unwrap();
            assert_eq!((graph.has_gate(), graph.nodes()[last.inputs[0].index()].channels), (true, 1));
        }
        assert!(!Architecture::MobileNetV2.graph().has_gate());
    }

    #[test]
    fn a_film_too_small_is_named() {
        let error = Architecture::SqueezeNet1_1.graph().shapes(2).unwrap_err();
        assert!(error.to_string().contains("2 pixels is too small for squeezenet1_1"), "{error}");
        assert!(Architecture::MobileNetV2.graph().shapes(0).is_err());
    }

    #[test]
    fn names_round_trip() {
        for architecture in Architecture::ALL {
            assert_eq!(by_name(architecture.name()), Some(architecture));
            assert_eq!(architecture.graph().name(), architecture.name());
            assert_eq!(serde_json::to_string(&architecture).unwrap(), format!("\"{}\"", architecture.name()));
        }
    }
}

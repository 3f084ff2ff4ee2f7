//! Writes a tiny bundle with random weights, for work on the appliance before a trained one exists.
//!
//! `cargo run --example placeholder_bundle -- trainer/keys/demo.key appliance/keys/demo.pub appliance/bundle/default.frb`;
//! a key pair that is not there yet is made.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context, Result, bail};
use fieldray_common::bundle::manifest::{BackboneEntry, ClassifierEntry, HeadEntry, MemberEntry, Reference};
use fieldray_common::bundle::{self, Bundle, FORMAT, Manifest, TrustedKey, WEIGHTS, Weights};
use fieldray_common::calibrate::{OperatingPoint, Platt};
use fieldray_common::prepare::Preparation;
use fieldray_common::radiograph::{Facts, Radiograph};
use fieldray_common::region::Region;
use fieldray_common::screening::{Model, screen};
use minisign::{KeyPair, PublicKeyBox, SecretKeyBox};
use ndarray::{Array1, Array2};
use prost::Message;
use tract_onnx::pb::attribute_proto::AttributeType;
use tract_onnx::pb::tensor_proto::DataType;
use tract_onnx::pb::tensor_shape_proto::{Dimension, dimension};
use tract_onnx::pb::{
    AttributeProto, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto, TensorShapeProto, TypeProto,
    ValueInfoProto, type_proto,
};

const SIDE: usize = 128;
const CELL: usize = 16;
const CHANNELS: usize = 16;
const FUSED: usize = 6;

fn main() -> Result<()> {
    let paths: Vec<String> = std::env::args().skip(1).collect();
    let [secret, public, bundle] = paths.as_slice() else {
        bail!("give the paths of secret key, public key and bundle")
    };
    if !Path::new(secret).exists() {
        let pair = KeyPair::generate_unencrypted_keypair()?;
        let comment = "Fieldray demo key: public on purpose, trust it with nothing";
        std::fs::write(secret, pair.sk.to_box(Some(comment))?.into_string())?;
        std::fs::write(public, pair.pk.to_box()?.into_string())?;
    }
    let key = SecretKeyBox::from_string(&std::fs::read_to_string(secret)?)?.into_unencrypted_secret_key()?;
    let public = PublicKeyBox::from_string(&std::fs::read_to_string(public)?)?.into_public_key()?.to_base64();
    let trusted = [TrustedKey::from_base64("demo", &public)?];

    let mut random = Random(7);
    let film = film();
    let mut files = BTreeMap::from([
        ("backbone.onnx".to_owned(), onnx(&mut random)),
        (WEIGHTS.to_owned(), weights(&mut random).to_bytes()?),
        (bundle::CARD.to_owned(), b"# Placeholder\n\nRandom weights: its answers mean nothing.\n".to_vec()),
        ("reference.png".to_owned(), png(&film)?),
    ]);
    let sign = |text: &[u8]| -> Result<String> {
        Ok(minisign::sign(None, &key, text, Some("placeholder"), Some("signature of a Fieldray manifest"))?
            .into_string())
    };
    let unsure = bundle::write(manifest(Vec::new()), &files, sign)?;
    let model = Model::load(&Bundle::open(&unsure, &trusted)?)?;
    let references = (0..4)
        .map(|head| {
            let screening = screen(&model, &film, Some(head), &mut |_| {})?;
            let probability = screening.probability.context("no probability")?;
            println!("{}: {probability}", model.heads()[head].name);
            Ok(Reference { file: "reference.png".into(), region: model.heads()[head].name.clone(), probability })
        })
        .collect::<Result<Vec<_>>>()?;
    files.insert("reference.png".into(), png(&film)?);
    std::fs::write(bundle, bundle::write(manifest(references), &files, sign)?)?;
    Ok(())
}

fn manifest(references: Vec<Reference>) -> Manifest {
    let heads = [
        ("hand", vec![Region::Hand, Region::Wrist, Region::Forearm]),
        ("leg", vec![Region::Leg, Region::Knee, Region::Ankle, Region::Foot]),
        ("hip", vec![Region::Hip, Region::Pelvis, Region::Femur]),
        ("shoulder", vec![Region::Shoulder, Region::Humerus]),
    ];
    Manifest {
        format: FORMAT,
        name: "placeholder".into(),
        version: "0.0.1".into(),
        created: "2026-01-01".into(),
        preparation: Preparation {
            side_px: SIDE,
            black_percentile: 1.0,
            white_percentile: 99.0,
            mean: 0.45,
            deviation: 0.25,
        },
        backbones: vec![BackboneEntry { name: "tiny".into(), file: "backbone.onnx".into(), channels: CHANNELS }],
        region_classes: heads.iter().map(|(name, _)| (*name).to_owned()).collect(),
        region_from: 0.2,
        novelty_limit: 1e6,
        heads: heads
            .iter()
            .map(|(name, covers)| HeadEntry {
                name: (*name).into(),
                covers: covers.clone(),
                members: vec![MemberEntry {
                    classifier: ClassifierEntry::Logistic { bias: 0.1 },
                    calibration: Platt { slope: 1.5, offset: -0.2 },
                }],
                operating_point: OperatingPoint::new(0.4, 0.6).unwrap(),
            })
            .collect(),
        references,
        files: BTreeMap::new(),
    }
}

fn weights(random: &mut Random) -> Weights {
    let mut weights = Weights::default();
    weights.insert_vector("fusion.mean", &Array1::from_elem(CHANNELS, 0.3));
    weights.insert_vector("fusion.deviation", &Array1::from_elem(CHANNELS, 0.2));
    let components =
        Array2::from_shape_fn((FUSED, CHANNELS), |(k, d)| f64::from(u8::from(d / 2 == k)) * 0.5_f64.sqrt());
    weights.insert_matrix("fusion.components", &components);
    weights.insert_vector("novelty.variance", &Array1::ones(FUSED));
    weights.insert_vector("novelty.residual_variance", &Array1::ones(1));
    weights.insert_matrix("regions.weights", &Array2::from_shape_simple_fn((4, FUSED), || random.next()));
    weights.insert_vector("regions.bias", &Array1::zeros(4));
    for name in ["hand", "leg", "hip", "shoulder"] {
        let own = Array1::from_shape_simple_fn(FUSED, || random.next());
        weights.insert_vector(format!("heads.{name}.0.weights"), &own);
    }
    weights
}

fn film() -> Radiograph {
    let pixels = Array2::from_shape_fn((256, 192), |(y, x)| {
        let bone = 1.0 - ((x as f64 - 96.0) / 40.0).abs().min(1.0);
        (8000.0 + 40000.0 * bone + 30.0 * y as f64) as u16
    });
    Radiograph::new(pixels, Facts::default()).unwrap()
}

fn png(film: &Radiograph) -> Result<Vec<u8>> {
    let (width, height) = (film.width_px() as u32, film.height_px() as u32);
    let picture = image::ImageBuffer::<image::Luma<u16>, _>::from_raw(
        width,
        height,
        film.pixels().iter().copied().collect::<Vec<_>>(),
    );
    let picture = picture.context("size")?;
    let mut bytes = std::io::Cursor::new(Vec::new());
    picture.write_to(&mut bytes, image::ImageFormat::Png)?;
    Ok(bytes.into_inner())
}

/// One convolution, a ReLU and the mean.
fn onnx(random: &mut Random) -> Vec<u8> {
    let kernel: Vec<f32> = (0..CHANNELS * CELL * CELL).map(|_| (random.next() / CELL as f64) as f32).collect();
    let side = SIDE / CELL;
    let graph = GraphProto {
        name: "tiny".into(),
        node: vec![
            node(
                "Conv",
                &["film", "kernel"],
                "seen",
                vec![integers("strides", &[CELL, CELL]), integers("kernel_shape", &[CELL, CELL])],
            ),
            node("Relu", &["seen"], "map", vec![]),
            node(
                "ReduceMean",
                &["map"],
                "pooled",
                vec![
                    integers("axes", &[2, 3]),
                    AttributeProto {
                        name: "keepdims".into(),
                        r#type: AttributeType::Int as i32,
                        i: 0,
                        ..Default::default()
                    },
                ],
            ),
        ],
        initializer: vec![TensorProto {
            name: "kernel".into(),
            dims: [CHANNELS, 1, CELL, CELL].map(|d| d as i64).to_vec(),
            data_type: DataType::Float as i32,
            raw_data: kernel.iter().flat_map(|value| value.to_le_bytes()).collect(),
            ..Default::default()
        }],
        input: vec![value("film", &[1, 1, SIDE, SIDE])],
        output: vec![value("map", &[1, CHANNELS, side, side]), value("pooled", &[1, CHANNELS])],
        ..Default::default()
    };
    let opset_import = vec![OperatorSetIdProto { domain: String::new(), version: 13 }];
    ModelProto { ir_version: 8, opset_import, graph: Some(graph), ..Default::default() }.encode_to_vec()
}

fn node(operator: &str, inputs: &[&str], output: &str, attribute: Vec<AttributeProto>) -> NodeProto {
    NodeProto {
        op_type: operator.into(),
        name: output.into(),
        input: inputs.iter().map(|name| (*name).to_owned()).collect(),
        output: vec![output.into()],
        attribute,
        ..Default::default()
    }
}

fn integers(name: &str, values: &[usize]) -> AttributeProto {
    let ints = values.iter().map(|value| *value as i64).collect();
    AttributeProto { name: name.into(), r#type: AttributeType::Ints as i32, ints, ..Default::default() }
}

fn value(name: &str, dims: &[usize]) -> ValueInfoProto {
    let dim = dims
        .iter()
        .map(|size| Dimension { value: Some(dimension::Value::DimValue(*size as i64)), ..Default::default() })
        .collect();
    let tensor = type_proto::Tensor { elem_type: DataType::Float as i32, shape: Some(TensorShapeProto { dim }) };
    let r#type = Some(TypeProto { value: Some(type_proto::Value::TensorType(tensor)), ..Default::default() });
    ValueInfoProto { name: name.into(), r#type, ..Default::default() }
}

/// Numbers between -1 and 1 (xorshift).
struct Random(u64);

impl Random {
    fn next(&mut self) -> f64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
    }
}

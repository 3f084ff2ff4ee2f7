//! How the libraries that publish weights call our layers.

use super::Architecture;

/// The published names of one layer: a convolution, its batch norm, or both.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Names {
    /// None for a batch norm that follows no convolution.
    pub convolution: Option<String>,
    /// None for a convolution that no batch norm follows.
    pub norm: Option<String>,
}

/// torchvision's names for our layer of that name; for RepVGG, EfficientNet-Lite and Xception timm's.
pub fn published_names(architecture: Architecture, name: &str) -> Option<Names> {
    match architecture {
        Architecture::MobileNetV2 => mobilenet_v2(name),
        Architecture::SqueezeNet1_1 => squeezenet(name),
        Architecture::ResNet18 => Some(match name.strip_suffix("downsample") {
            Some(block) => both(format!("{block}downsample.0"), format!("{block}downsample.1")),
            None => both(name, name.replace("conv", "bn")),
        }),
        Architecture::DenseNet121 => densenet(name),
        Architecture::RegNetX400MF => regnet(name),
        Architecture::RepVggA0 => Some(match name.ends_with("identity") {
            true => norm(name),
            false => both(format!("{name}.conv"), format!("{name}.bn")),
        }),
        Architecture::EfficientNetLite0 => efficientnet_lite(name),
        Architecture::Xception => xception(name),
        Architecture::ResNet10 | Architecture::MobileNetV2Pyramid | Architecture::SqueezeNet1_1Gated => None,
    }
}

fn both(convolution: impl Into<String>, norm: impl Into<String>) -> Names {
    Names { convolution: Some(convolution.into()), norm: Some(norm.into()) }
}

fn convolution(name: impl Into<String>) -> Names {
    Names { convolution: Some(name.into()), norm: None }
}

fn norm(name: impl Into<String>) -> Names {
    Names { convolution: None, norm: Some(name.into()) }
}

fn mobilenet_v2(name: &str) -> Option<Names> {
    let Some((block, part)) = name.split_once('.') else {
        let row = if name == "stem" { 0 } else { 18 };
        return Some(both(format!("features.{row}.0"), format!("features.{row}.1")));
    };
    let block: usize = block.strip_prefix("block")?.parse().ok()?;
    let row = format!("features.{block}.conv");
    // The first block has no expansion, so all that follows stands one place earlier.
    let depthwise = if block == 1 { 0 } else { 1 };
    Some(match part {
        "expand" => both(format!("{row}.0.0"), format!("{row}.0.1")),
        "depthwise" => both(format!("{row}.{depthwise}.0"), format!("{row}.{depthwise}.1")),
        _ => both(format!("{row}.{}", depthwise + 1), format!("{row}.{}", depthwise + 2)),
    })
}

fn squeezenet(name: &str) -> Option<Names> {
    let Some((fire, part)) = name.split_once('.') else { return Some(convolution("features.0")) };
    // Pools and activations are counted too: fires 2 to 9 stand in these places.
    let fire: usize = fire.strip_prefix("fire")?.parse().ok()?;
    let place = [3, 4, 6, 7, 9, 10, 11, 12].get(fire.checked_sub(2)?)?;
    let part = if part == "squeeze1x1" { "squeeze" } else { part };
    Some(convolution(format!("features.{place}.{part}")))
}

fn densenet(name: &str) -> Option<Names> {
    let row = format!("features.{}", name.replace("block", "denseblock").replace("layer", "denselayer"));
    let (before, part) = row.rsplit_once('.')?;
    Some(match part {
        "conv0" => both(&row, format!("{before}.norm0")),
        "conv1" => both(&row, format!("{before}.norm2")),
        part if part.starts_with("conv") => convolution(row),
        _ => norm(row),
    })
}

fn regnet(name: &str) -> Option<Names> {
    let row = match name.split('.').collect::<Vec<_>>().as_slice() {
        [block, place, "proj"] => format!("trunk_output.{block}.{block}-{place}.proj"),
        [block, place, part] => format!("trunk_output.{block}.{block}-{place}.f.{part}"),
        _ => name.to_owned(),
    };
    Some(both(format!("{row}.0"), format!("{row}.1")))
}

fn efficientnet_lite(name: &str) -> Option<Names> {
    let Some((row, part)) = name.rsplit_once('.') else {
        return Some(both(name, if name == "conv_stem" { "bn1" } else { "bn2" }));
    };
    // The first stage has no expansion.
    let (convolution, norm) = match (row.starts_with("blocks.0."), part) {
        (true, "depthwise") => ("conv_dw", 1),
        (true, _) => ("conv_pw", 2),
        (false, "expand") => ("conv_pw", 1),
        (false, "depthwise") => ("conv_dw", 2),
        (false, _) => ("conv_pwl", 3),
    };
    Some(both(format!("{row}.{convolution}"), format!("{row}.bn{norm}")))
}

fn xception(name: &str) -> Option<Names> {
    Some(match name.split('.').collect::<Vec<_>>().as_slice() {
        [block, "skip"] => both(name, format!("{block}.skipbn")),
        [block, place, part] => {
            // Activations and batch norms are counted too; the first block has no activation before it.
            let row = 3 * (place.parse::<usize>().ok()? - 1) + usize::from(*block != "block1");
            match *part {
                "depthwise" => convolution(format!("{block}.rep.{row}.conv1")),
                _ => both(format!("{block}.rep.{row}.pointwise"), format!("{block}.rep.{}", row + 1)),
            }
        }
        [conv, "depthwise"] => convolution(format!("{conv}.conv1")),
        [conv, _] => both(name, conv.replace("conv", "bn")),
        _ => both(name, name.replace("conv", "bn")),
    })
}

"""What torchvision's and timm's own backbones see: published_backbones.py FOLDER GREY

Makes each with random weights and writes NAME.safetensors, its films as NAME.films (float32 grey levels, 2 x 1 x SIDE x SIDE) and its
last feature map as NAME.map. Its stem's weights are such that the grey level GREY in all three colours gives 0, as a border does.
"""

import pathlib
import sys

import timm
import torch
import torchvision
from safetensors.torch import save_file
from torch import nn

SIDE = 96

folder, grey = pathlib.Path(sys.argv[1]), float(sys.argv[2])
imagenet = ([0.485, 0.456, 0.406], [0.229, 0.224, 0.225])
halves = ([0.5] * 3, [0.5] * 3)
whole = nn.Sequential
backbones = {
    "squeezenet1_1": (torchvision.models.squeezenet1_1, lambda net: net.features, imagenet),
    "resnet18": (torchvision.models.resnet18, lambda net: whole(*list(net.children())[:-2]), imagenet),
    "densenet121": (torchvision.models.densenet121, lambda net: whole(net.features, nn.ReLU()), imagenet),
    "regnet_x_400mf": (torchvision.models.regnet_x_400mf, lambda net: whole(net.stem, net.trunk_output), imagenet),
    "repvgg_a0": (lambda: timm.create_model("repvgg_a0"), lambda net: net.forward_features, imagenet),
    "efficientnet_lite0": (lambda: timm.create_model("efficientnet_lite0"), lambda net: net.forward_features, imagenet),
    "xception": (lambda: timm.create_model("legacy_xception"), lambda net: net.forward_features, halves),
}

torch.manual_seed(5)
with torch.no_grad():
    for name, (make, features_of, (mean, deviation)) in backbones.items():
        mean, deviation = (torch.tensor(numbers).view(1, 3, 1, 1) for numbers in (mean, deviation))
        net = make()
        red, green, blue = ((grey - mean) / deviation).flatten()
        for module in net.modules():
            if isinstance(module, nn.Conv2d) and module.in_channels == 3:
                module.weight[:, 2] = -(module.weight[:, 0] * red + module.weight[:, 1] * green) / blue
        # Batch norms as training leaves them: no statistic is 0 or 1.
        net.train()
        for _ in range(3):
            features_of(net)(torch.randn(8, 3, 64, 64) * 1.5 + 0.5)
        for module in net.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.weight += torch.rand_like(module.weight) * 0.4 - 0.2
                module.bias += torch.rand_like(module.bias) * 0.5 - 0.25
        net.eval()
        save_file(net.state_dict(), folder / f"{name}.safetensors")
        films = torch.rand(2, 1, SIDE, SIDE)
        films.numpy().astype("<f4").tofile(folder / f"{name}.films")
        feature_map = features_of(net.double())(((films - mean) / deviation).double())
        feature_map.numpy().astype("<f4").tofile(folder / f"{name}.map")

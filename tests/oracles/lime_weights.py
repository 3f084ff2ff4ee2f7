"""The linear models of the `lime` package for samples read from standard input: lime_weights.py < SAMPLES > MODELS, both JSON.

SAMPLES is a list of {"shown": rows of 0 and 1, "probabilities": one a row}; MODELS has {"weights", "intercept", "score"} for each.
"""

import json
import sys

import numpy as np
from lime.lime_image import LimeImageExplainer
from sklearn.metrics import pairwise_distances


def model(samples):
    shown, probabilities = np.array(samples["shown"]), np.array(samples["probabilities"])
    distances = pairwise_distances(shown, shown[:1], metric="cosine").ravel()
    base = LimeImageExplainer().base
    intercept, weights, score, _ = base.explain_instance_with_data(
        shown, probabilities[:, None], distances, 0, shown.shape[1], feature_selection="none"
    )
    weights = [weight for _, weight in sorted(weights)]
    return {"weights": weights, "intercept": intercept, "score": score}


json.dump([model(samples) for samples in json.load(sys.stdin)], sys.stdout)

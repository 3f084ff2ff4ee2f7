"""What scikit-learn makes of the same films: classifiers.py < QUESTION > ANSWER, both JSON.

QUESTION has "features" (films x features) with "abnormal", new films "new", one setting of each kind in "settings", and "scores" of
the films for calibration. ANSWER has the standardised and projected new films, their score by each kind of classifier fitted to the
standardised films, trees node by node, the distances of the new films by Ledoit and Wolf's covariance, and fitted calibrations.
"""

import json
import sys

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import logit
from sklearn.calibration import _SigmoidCalibration
from sklearn.covariance import LedoitWolf
from sklearn.decomposition import PCA
from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
from sklearn.ensemble import GradientBoostingClassifier, RandomForestClassifier
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from sklearn.tree import DecisionTreeClassifier


def nodes(tree, leaf):
    """A tree in pre-order, `leaf` making a leaf's value of a node's: features (-1 for a leaf), thresholds or values, right branches."""
    split = tree.children_left >= 0
    assert (tree.children_left[split] == np.flatnonzero(split) + 1).all(), "not in pre-order"
    return {
        "features": np.where(split, tree.feature, -1).tolist(),
        "thresholds": np.where(split, tree.threshold, leaf(tree.value)).tolist(),
        "rights": np.where(split, tree.children_right, 0).tolist(),
    }


def share(value):
    return value[:, 0, 1] / value[:, 0].sum(1)


def main():
    question = json.load(sys.stdin)
    features, abnormal, new = (np.array(question[name]) for name in ("features", "abnormal", "new"))
    settings = question["settings"]
    scaler = StandardScaler().fit(features)
    films, new = scaler.transform(features), scaler.transform(new)

    classifiers = {
        "logistic": LogisticRegression(C=1 / settings["penalty"], tol=1e-10, max_iter=10000),
        "lda": LinearDiscriminantAnalysis(solver="lsqr", shrinkage=settings["shrinkage"]),
        "svm_linear": SVC(kernel="linear", C=settings["cost"], tol=1e-8),
        "svm_rbf": SVC(C=settings["cost"], gamma=settings["gamma"], tol=1e-8),
        "naive_bayes": GaussianNB(var_smoothing=settings["smoothing"]),
        "neighbours": KNeighborsClassifier(settings["neighbours"]),
        "tree": DecisionTreeClassifier(max_depth=settings["depth"], min_samples_leaf=settings["leaf"], random_state=0),
        "forest": RandomForestClassifier(settings["trees"], min_samples_leaf=settings["leaf"], random_state=0),
        "boosted": GradientBoostingClassifier(
            n_estimators=settings["steps"],
            learning_rate=settings["rate"],
            max_depth=settings["depth"],
            min_samples_leaf=settings["leaf"],
            random_state=0,
        ),
    }
    scores = {}
    for name, classifier in classifiers.items():
        classifier.fit(films, abnormal)
        if hasattr(classifier, "decision_function"):
            scores[name] = classifier.decision_function(new)
        elif name == "naive_bayes":
            scores[name] = np.subtract(*classifier.predict_joint_log_proba(new).T[::-1])
        else:
            scores[name] = classifier.predict_proba(new)[:, 1] - 0.5

    boosted = classifiers["boosted"]
    trees = {
        "tree": [nodes(classifiers["tree"].tree_, share)],
        "forest": [nodes(tree.tree_, share) for tree in classifiers["forest"].estimators_],
        "boosted": [nodes(step[0].tree_, lambda value: settings["rate"] * value[:, 0, 0]) for step in boosted.estimators_],
        "start": float(logit(boosted.init_.class_prior_[1])),
    }

    raw = np.array(question["scores"])
    sigmoid = _SigmoidCalibration().fit(raw, abnormal)
    count = abnormal.sum()
    targets = np.where(abnormal, (count + 1) / (count + 2), 1 / (len(abnormal) - count + 2))
    loss = lambda slope: (np.logaddexp(0, slope * raw) - targets * slope * raw).sum()
    steps = IsotonicRegression().fit(raw, targets).predict(raw)
    levels = np.unique(steps)
    json.dump(
        {
            "standardised": new.tolist(),
            "projected": PCA(settings["components"], svd_solver="full").fit(films).transform(new).tolist(),
            "distances": (LedoitWolf().fit(films).mahalanobis(new) / films.shape[1]).tolist(),
            "scores": {name: values.tolist() for name, values in scores.items()},
            "trees": trees,
            "platt": [-sigmoid.a_, -sigmoid.b_],
            "temperature": 1 / minimize_scalar(loss, bracket=(0, 1), tol=1e-12).x,
            "isotonic": {
                "scores": [raw[steps == level].mean() for level in levels],
                "log_odds": logit(levels).tolist(),
            },
        },
        sys.stdout,
    )


if __name__ == "__main__":
    main()

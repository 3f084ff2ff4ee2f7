"""The metrics of scikit-learn and scipy for cases read from standard input: metrics.py < CASES > FIGURES, both JSON.

CASES is a list of {"abnormal": [...], "first": [...], "second": [...], "study": [...]}, the first three of one length with
probabilities of two models and the last with each case's study; FIGURES has a dictionary for each.
"""

import json
import sys

import numpy as np
from scipy import stats
from sklearn import calibration, metrics

CALL_FROM = 0.5


def delong(truth, first, second):
    """DeLong, DeLong and Clarke-Pearson 1988, by their definition: every abnormal case against every normal one."""
    components = []
    for scores in (first, second):
        above = scores[truth][:, None] - scores[~truth][None, :]
        wins = np.where(above > 0, 1.0, np.where(above == 0, 0.5, 0.0))
        components.append((wins.mean(1), wins.mean(0)))
    over_abnormal = np.cov([components[0][0], components[1][0]]) / truth.sum()
    over_normal = np.cov([components[0][1], components[1][1]]) / (~truth).sum()
    covariance = over_abnormal + over_normal
    error = np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    difference = components[1][0].mean() - components[0][0].mean()
    return {"standard_error": error, "p_value": 2 * stats.norm.sf(abs(difference) / error)}


def mcnemar(first_right, second_right):
    only_first, only_second = int((first_right & ~second_right).sum()), int((~first_right & second_right).sum())
    chi_squared = max(abs(only_first - only_second) - 1, 0) ** 2 / (only_first + only_second)
    return {
        "only_first": only_first,
        "only_second": only_second,
        "exact": stats.binomtest(only_first, only_first + only_second, 0.5).pvalue,
        "corrected": stats.chi2.sf(chi_squared, 1),
    }


def of_probabilities(truth, scores):
    false_positive_rate, sensitivity, thresholds = metrics.roc_curve(truth, scores, drop_intermediate=False)
    precision, recall, _ = metrics.precision_recall_curve(truth, scores)
    happened, said = calibration.calibration_curve(truth, scores, n_bins=10)
    counts = np.bincount(np.searchsorted(np.linspace(0, 1, 11)[1:-1], scores), minlength=10)
    counts = counts[counts > 0]
    called = scores >= CALL_FROM
    return {
        "auroc": metrics.roc_auc_score(truth, scores),
        "average_precision": metrics.average_precision_score(truth, scores),
        "brier": metrics.brier_score_loss(truth, scores),
        "calibration_error": float((counts * np.abs(happened - said)).sum() / len(truth)),
        "roc": np.stack([false_positive_rate[1:], sensitivity[1:], thresholds[1:]], 1).tolist(),
        # scikit-learn goes from the lowest threshold up and ends with a point that no threshold gives.
        "precision_recall": np.stack([recall[:-1], precision[:-1]], 1)[::-1].tolist(),
        "reliability": np.stack([counts, said, happened], 1).tolist(),
        "accuracy": metrics.accuracy_score(truth, called),
        "sensitivity": metrics.recall_score(truth, called),
        "specificity": metrics.recall_score(~truth, ~called),
        "precision": metrics.precision_score(truth, called),
        "f1": metrics.f1_score(truth, called),
        "kappa": metrics.cohen_kappa_score(truth, called),
        "log_loss": metrics.log_loss(truth, np.clip(scores, 1e-6, 1 - 1e-6)),
    }


def figures(cases):
    truth = np.array(cases["abnormal"])
    first, second = np.array(cases["first"]), np.array(cases["second"])
    studies = np.array(cases["study"])
    names = np.unique(studies)
    study_truth = np.array([truth[studies == name].any() for name in names])
    study_scores = np.array([first[studies == name].mean() for name in names])
    right = [(scores >= CALL_FROM) == truth for scores in (first, second)]
    return of_probabilities(truth, first) | {
        "delong": delong(truth, first, second),
        "mcnemar": mcnemar(*right),
        "rank_correlation": stats.spearmanr(first, second).statistic,
        "study_auroc": metrics.roc_auc_score(study_truth, study_scores),
        "study_average_precision": metrics.average_precision_score(study_truth, study_scores),
    }


json.dump([figures(cases) for cases in json.load(sys.stdin)], sys.stdout)

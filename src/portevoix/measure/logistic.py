"""Logistic regression by Newton's method, with weights and a ridge; a few lines, so that nothing heavier is installed."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]
_STEPS, _SMALL, _STEEPEST = 60, 1e-10, 35.0


class Fit(NamedTuple):
    """Coefficients, and the inverse of the penalised information (the model's own covariance)."""

    beta: Vector
    inverse: Vector


def risk(design: Vector, beta: Vector) -> Vector:
    """The probability of each row, 0..1."""
    at: Vector = 1 / (1 + np.exp(-np.clip(design @ beta, -_STEEPEST, _STEEPEST)))
    return at


def fit(design: Vector, outcome: Vector, weights: Vector, ridge: Vector) -> Fit:
    """Newton (IRLS) with step halving on the penalised log-likelihood.

    `design` is n x p with its own column of ones; `outcome` holds 0 and 1; `ridge` is the penalty of each
    coefficient, ½ · ridge · beta². A positive ridge keeps coefficients finite where a column separates the outcome.
    """
    beta = np.zeros(design.shape[1])
    height = _height(design, outcome, weights, ridge, beta)
    for _ in range(_STEPS):
        at = risk(design, beta)
        slope = design.T @ (weights * (outcome - at)) - ridge * beta
        step = np.linalg.solve(_information(design, at, weights, ridge), slope)
        if slope @ step < _SMALL:  # twice what is left to gain
            break
        size = 1.0
        while size > _SMALL:
            new = _height(design, outcome, weights, ridge, beta + size * step)
            if new >= height:
                break
            size /= 2
        beta, height = beta + size * step, new
    information = _information(design, risk(design, beta), weights, ridge)
    return Fit(beta, np.asarray(np.linalg.inv(information), dtype=np.float64))


def _information(design: Vector, at: Vector, weights: Vector, ridge: Vector) -> Vector:
    bend = np.maximum(weights * at * (1 - at), 1e-15)
    information: Vector = design.T @ (design * bend[:, None]) + np.diag(ridge + 1e-12)
    return information


def _height(design: Vector, outcome: Vector, weights: Vector, ridge: Vector, beta: Vector) -> float:
    line = np.clip(design @ beta, -_STEEPEST, _STEEPEST)
    likelihood = np.sum(weights * (outcome * line - np.logaddexp(0, line)))
    return float(likelihood - 0.5 * np.sum(ridge * beta * beta))

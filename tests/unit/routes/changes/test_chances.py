"""Chances and intervals against plain sums and published figures."""

from math import comb, isclose

import numpy as np
import pytest

from whocut.routes.changes.chances import (
    beta_binomial_loglik,
    beta_binomial_tail,
    fisher_tail,
    lower_wilson,
    multiple_tail,
    newcombe,
    wilson,
)


def test_a_large_concentration_is_a_binomial() -> None:
    n, mean = 20, 0.03
    plain = sum(comb(n, k) * mean**k * (1 - mean) ** (n - k) for k in range(3, n + 1))
    assert isclose(beta_binomial_tail(3, n, mean, 1e9), plain, rel_tol=1e-3)
    assert beta_binomial_tail(3, n, mean, 20) > 2 * plain


def test_edges_of_the_tail() -> None:
    assert beta_binomial_tail(0, 5, 0.1, 50) == 1.0
    assert beta_binomial_tail(1, 5, 0.0, 50) == 0.0
    assert beta_binomial_tail(1, 5, 1.0, 50) == 1.0
    assert isclose(beta_binomial_tail(5, 5, 0.1, 50) + 0.0, beta_binomial_tail(5, 5, 0.1, 50))


def test_likelihood_is_that_of_the_tail() -> None:
    lost, n, mean = np.array([2]), np.array([9]), np.array([0.05])
    point = beta_binomial_tail(2, 9, 0.05, 40) - beta_binomial_tail(3, 9, 0.05, 40)
    assert isclose(np.exp(beta_binomial_loglik(lost, n, mean, 40)), point, rel_tol=1e-9)


def test_fisher_on_the_lady_tasting_tea() -> None:
    assert isclose(fisher_tail(4, 4, 0, 4), 1 / 70)
    assert isclose(fisher_tail(3, 4, 1, 4), 17 / 70)


def test_wilson_and_newcombe_as_published() -> None:
    # Newcombe 1998, Statistics in Medicine 17, 873: 56/70 and 48/80, method 10.
    value, low, high = newcombe(((1, 56, 70), (-1, 48, 80)))
    assert (round(value, 4), round(low, 4), round(high, 4)) == (0.2, 0.0524, 0.3339)
    assert wilson(0, 0) == (0.0, 1.0)
    many = lower_wilson(np.array([56, 0, 0]), np.array([70, 10, 0]))
    assert many == pytest.approx([wilson(56, 70)[0], 0.0, 0.0])


def test_several_need_two_and_more_tests_weigh_less() -> None:
    assert multiple_tail([1e-9], 20, 4) == (1.0, 0)
    few, _ = multiple_tail([1e-3, 1e-3], 5, 4)
    many, _ = multiple_tail([1e-3, 1e-3], 500, 4)
    assert few < many
    assert multiple_tail([1e-9, 1e-8, 0.9], 20, 4)[1] == 2

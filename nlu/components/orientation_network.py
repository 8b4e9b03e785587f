"""A small network over a message's features: one hidden layer, one output a label, one for "for somebody else", one for
"two needs".

Trained by TensorFlow, which Rasa brings; used with numpy alone (under a millisecond a message). What keeps it from
learning the examples by heart: two fifths of the features and half of the hidden layer are left out at random in each
step, and labels are smoothed. On the held-out set it is 2 to 4 points above a logistic regression of the same features.
Several that began differently err differently: their scores are averaged, which is one wider network to whoever uses it.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np
from scipy.sparse import csr_matrix
from scipy.special import expit, softmax

__all__ = ["OrientationNetwork"]

BATCH = 512
INPUTS_LEFT_OUT, HIDDEN_LEFT_OUT, SMOOTHING = 0.4, 0.5, 0.05
RATE, SLOWER_RATE, SLOWER_FROM = 3e-3, 8e-4, 0.7  # the last third of the epochs takes smaller steps
START = 0.05  # spread of the first weights
# What "for somebody else" and "two needs" each count in the loss, beside 1 for the label.
OTHER_WEIGHT = TWO_WEIGHT = 0.5


class OrientationNetwork:
    """Weights: `into` (features, hidden), `out` (hidden, labels + 2) and their biases; the last two outputs are for_other
    and two needs."""

    def __init__(self, into: np.ndarray, into_bias: np.ndarray, out: np.ndarray, out_bias: np.ndarray) -> None:
        self.into, self.into_bias, self.out, self.out_bias = into, into_bias, out, out_bias

    @classmethod
    def fit(cls, rows: csr_matrix, targets: np.ndarray, other: np.ndarray, two: np.ndarray, about: tuple[np.ndarray, np.ndarray], *,
            hidden: int, epochs: int, networks: int = 1, seed: int = 20) -> OrientationNetwork:
        """Train `networks` of them, apart, and lay them side by side: the scores are the mean of theirs.

        `targets`, shape (rows, labels): what each label should get, each row summing to 1 (a message of two needs gives
        each a half). `other`, `two`: 1.0 where the help is for somebody else, where there are two needs; they are
        looked at only where the first and the second of `about` are 1.0. The same rows, order and seed give the same
        network on one machine."""
        one = partial(_train, rows, targets, other, two, about, hidden, epochs)
        with ThreadPoolExecutor(max_workers=min(networks, os.cpu_count() or 1)) as pool:  # TensorFlow computes outside Python's lock
            into, into_bias, out, out_bias = zip(*pool.map(one, range(seed, seed + networks)))
        return cls(np.hstack(into), np.concatenate(into_bias), np.vstack(out) / networks, np.mean(out_bias, axis=0))

    def predict(self, rows: csr_matrix, temperature: float = 1.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Chances of each label, shape (rows, labels), each row summing to 1; of for_other and of two needs, shape (rows,)."""
        used = np.unique(rows.indices)  # only what the messages hold leaves half precision
        first = np.maximum(rows[:, used] @ self.into[used].astype(np.float32) + self.into_bias, 0)
        scores = first @ self.out + self.out_bias
        return softmax(scores[:, :-2] / temperature, axis=1), expit(scores[:, -2]), expit(scores[:, -1])

    def save(self, path: Path) -> None:
        """Write the weights; half precision is enough for the large layer."""
        np.savez(path, into=self.into.astype(np.float16), into_bias=self.into_bias, out=self.out, out_bias=self.out_bias)

    @classmethod
    def load(cls, path: Path) -> OrientationNetwork:
        """What `save` wrote; the large layer stays in half precision, which halves what it takes of memory."""
        kept = np.load(path)
        return cls(kept["into"], kept["into_bias"], kept["out"], kept["out_bias"])


def _train(rows: csr_matrix, targets: np.ndarray, other: np.ndarray, two: np.ndarray, about: tuple[np.ndarray, np.ndarray],
           hidden: int, epochs: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The four tables of one network, in the order of OrientationNetwork."""
    import tensorflow as tf

    count, width, chance = targets.shape[1], rows.shape[1], np.random.RandomState(seed)
    weights = [tf.Variable(chance.normal(0, START, shape).astype(np.float32))
               for shape in ((width, hidden), (hidden, count + 2))]
    biases = [tf.Variable(np.zeros(size, np.float32)) for size in (hidden, count + 2)]
    variables = [weights[0], biases[0], weights[1], biases[1]]
    optimizer = tf.keras.optimizers.legacy.Adam(RATE)
    left_out = tf.random.Generator.from_seed(seed)  # its own: others train beside it

    @tf.function(reduce_retracing=True)
    def step(places, values, shape, target, is_other, other_counts, is_two, two_counts):  # type: ignore[no-untyped-def]
        with tf.GradientTape() as tape:
            first = tf.sparse.sparse_dense_matmul(tf.SparseTensor(places, values, shape), weights[0]) + biases[0]
            kept_units = tf.cast(left_out.uniform(tf.shape(first)) >= HIDDEN_LEFT_OUT, tf.float32) / (1 - HIDDEN_LEFT_OUT)
            scores = (tf.nn.relu(first) * kept_units) @ weights[1] + biases[1]
            wanted = target * (1 - SMOOTHING) + SMOOTHING / count
            loss = tf.reduce_mean(tf.nn.softmax_cross_entropy_with_logits(wanted, scores[:, :count]))
            other_loss = tf.nn.sigmoid_cross_entropy_with_logits(is_other, scores[:, count])
            two_loss = tf.nn.sigmoid_cross_entropy_with_logits(is_two, scores[:, count + 1])
            loss += OTHER_WEIGHT * tf.reduce_mean(other_counts * other_loss) + TWO_WEIGHT * tf.reduce_mean(two_counts * two_loss)
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))

    for epoch in range(epochs):
        if epoch == int(epochs * SLOWER_FROM):
            optimizer.learning_rate = SLOWER_RATE
        order = chance.permutation(rows.shape[0])
        for start in range(0, len(order), BATCH):
            chosen = order[start:start + BATCH]
            part = rows[chosen].tocoo()
            kept = chance.rand(part.nnz) > INPUTS_LEFT_OUT
            places = np.stack([part.row[kept], part.col[kept]], axis=1).astype(np.int64)
            values = (part.data[kept] / (1 - INPUTS_LEFT_OUT)).astype(np.float32)
            step(places, values, np.array(part.shape, np.int64),
                 *(column[chosen].astype(np.float32) for column in (targets, other, about[0], two, about[1])))
    return weights[0].numpy(), biases[0].numpy(), weights[1].numpy(), biases[1].numpy()

"""The log as a tree of hashes (RFC 9162, 2.1): one root for all entries, and a short path from each entry to it."""

import base64
import hashlib
from collections.abc import Sequence

from portevoix.keep.verifier import node

Levels = list[list[bytes]]


def levels(leaves: Sequence[bytes]) -> Levels:
    """All nodes of the tree over hashed leaves, from the leaves up to the single root; a lone last node moves up as it is."""
    found = [list(leaves)]
    while len(below := found[-1]) > 1:
        above = [node(below[place], below[place + 1]) for place in range(0, len(below) - 1, 2)]
        found.append(above + below[len(below) & ~1 :])
    return found


def root(tree: Levels) -> bytes:
    """The root: SHA-256 of nothing where there are no leaves."""
    return tree[-1][0] if tree[0] else hashlib.sha256(b"").digest()


def base64_root(tree: Levels) -> str:
    """The root as a signed note writes it."""
    return base64.b64encode(root(tree)).decode()


def path(tree: Levels, index: int) -> list[bytes]:
    """The inclusion proof of a leaf: its neighbours from the bottom up."""
    found = []
    for level in tree[:-1]:
        if (beside := index ^ 1) < len(level):
            found.append(level[beside])
        index >>= 1
    return found


def consistency(tree: Levels, first: int) -> list[bytes]:
    """The proof that the tree begins with its `first` leaves (RFC 9162, 2.1.4.1): the nodes that both roots are made of.

    Empty for a tree of no leaf, and for the whole tree.
    """
    if not first or first == len(tree[0]):
        return []
    place, level = first - 1, 0
    while place & 1:  # up to the largest whole subtree that ends the old tree
        place, level = place >> 1, level + 1
    found = [tree[level][place]] if place else []
    for nodes in tree[level:-1]:
        if place & 1:
            found.append(nodes[place - 1])
        elif place + 1 < len(nodes):
            found.append(nodes[place + 1])
        place >>= 1
    return found

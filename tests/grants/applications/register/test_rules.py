"""The register's Merkle tree: by the book, and proof against tricks."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.grants.applications.register.rules import (
    RegisterLine,
    in_order,
    inclusion_proofs,
    merkle_root,
    root_of,
)
from tests.grants.applications.register.proofs import is_included

leaves = st.lists(st.binary(max_size=8), max_size=40)
some_leaves = st.lists(st.binary(max_size=8), min_size=1, max_size=40)

# From Certificate Transparency's own tests (certificate-transparency-go, merkle/testonly).
INPUTS = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize("size", range(1, 9))
def test_the_tree_is_that_of_rfc_6962(size: int) -> None:
    assert merkle_root(INPUTS[:size]).hex() == ROOTS[size - 1]


def test_an_empty_register_has_a_root_too() -> None:
    assert root_of([]) == hashlib.sha256(b"").hexdigest()


@given(some_leaves, st.data())
def test_every_leaf_is_proved_and_only_in_its_place(
    entries: list[bytes], data: st.DataObject
) -> None:
    root, size = merkle_root(entries), len(entries)
    index = data.draw(st.integers(0, size - 1))
    proof = inclusion_proofs(entries)[index]
    assert is_included(entries[index], index, size, proof, root)
    assert not is_included(entries[index] + b"!", index, size, proof, root)
    assert not is_included(entries[index], index, size, [*proof, b"\0" * 32], root)
    for other in set(range(-1, size + 1)) - {index}:
        if other < 0 or other >= size or entries[other] != entries[index]:
            assert not is_included(entries[index], other, size, proof, root)


@given(some_leaves, st.data())
def test_any_change_changes_the_root(entries: list[bytes], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(entries) - 1))
    root = merkle_root(entries)
    assert merkle_root([*entries[:index], entries[index] + b"!", *entries[index + 1 :]]) != root
    assert merkle_root([*entries[:index], *entries[index + 1 :]]) != root
    assert merkle_root([*entries, b""]) != root


def test_a_node_cannot_pass_for_a_leaf() -> None:
    inner = hashlib.sha256(b"\0a").digest() + hashlib.sha256(b"\0b").digest()
    assert merkle_root([b"a", b"b"]) != merkle_root([inner])


def test_the_thousandth_application_comes_after_the_999th() -> None:
    lines = [
        RegisterLine("LIE-2026-1-1000", "b"),
        RegisterLine("LIE-2026-1-999", "c"),
        RegisterLine("LIE-2026-1-002", "a"),
    ]
    assert [line.number[-4:] for line in in_order(lines)] == ["-002", "-999", "1000"]
    assert root_of(lines) == root_of(lines[::-1])

"""`toadstone.seal` and `toadstone.verify`."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, Literal, TypeAlias, Union

from . import _native
from ._native import Sealed
from ._progress import Progress, telling
from ._request import of_files

Path: TypeAlias = Union[str, "os.PathLike[str]"]
Paths: TypeAlias = Union[Path, Sequence[Path]]


class Verified:
    """A seal and its data, looked at. It is true only if everything is as it was sealed."""

    def __init__(self, native: _native.Verified) -> None:
        self._native = native

    @property
    def valid(self) -> bool:
        """Whether the seal is good and the data is what was sealed."""
        return self._native.valid

    @property
    def verdict(self) -> str:
        """`valid`, `invalid` or `could not be checked`."""
        return self._native.verdict

    @cached_property
    def problems(self) -> list[str]:
        """Every problem in words (hostile text)."""
        return self._native.problems()

    @cached_property
    def account(self) -> dict[str, Any]:
        """Everything that was found out, with the fields of `toadstone verify --format json`."""
        account: dict[str, Any] = json.loads(self._native.report("json"))
        return account

    def report(self, format: Literal["human", "json"] = "human") -> str:
        """The report as text, in a format of `--format`."""
        return self._native.report(format)

    def __bool__(self) -> bool:
        return self.valid

    def __repr__(self) -> str:
        n = len(self.problems)
        return f"<toadstone.Verified: {self.verdict}, {n} problem{'' if n == 1 else 's'}>"


def seal(
    paths: Paths,
    *,
    key: Paths,
    out: Path | None = None,
    passphrase_file: Path | None = None,
    passphrase_env: str | None = None,
    certificate: Paths | None = None,
    source_columns: Sequence[str] | None = None,
    label_column: str | None = None,
    split_column: str | None = None,
    pages: bool = False,
    append: bool = False,
    new_series: bool = False,
    created: str | None = None,
    memory: str | int = "192M",
    threads: int | None = None,
    progress: Callable[[Progress], object] | bool | None = None,
) -> Sealed:
    """Signs data, file by file and record by record.

    Args:
        paths: A folder with all that is in it, a file, or several files.
        key: Private key to sign with, in PEM, or several; `toadstone keygen` makes one.
        out: Folder for the seal. Default: the data's name with `.seal`.
        passphrase_file: File whose first line is the passphrase of the key. Without one, an encrypted key asks
            for it at the terminal.
        passphrase_env: Environment variable that holds the passphrase of the key.
        certificate: Certificates of the first key, its own first, in PEM.
        source_columns: Columns that say where a record comes from, in place of the recognised one.
        label_column: Column of the label, if it is not recognised.
        split_column: Column that says which part of the data a record belongs to.
        pages: Also keep fingerprints of the web pages in the data.
        append: Do not read files that nothing touched since the seal that is there.
        new_series: Begin a new series, though there is a seal already.
        created: When the seal is made, such as `2027-01-31T12:00:00Z`. Default: now.
        memory: Memory for sorting records; beyond it, temporary files are used.
        threads: Worker threads. Default: one for each core.
        progress: As for `toadstone.scan`.

    Raises:
        Error: What the command line would have said.
    """
    options = {
        "key": key,
        "out": out,
        "passphrase-file": passphrase_file,
        "passphrase-env": passphrase_env,
        "certificate": certificate,
        "source-columns": source_columns,
        "label-column": label_column,
        "split-column": split_column,
        "pages": pages,
        "append": append,
        "new-series": new_series,
        "created": created,
        "memory": memory,
        "threads": threads,
    }
    with telling(progress) as tell:
        return _native.seal(of_files(paths, options), tell)


def verify(
    path: Path,
    data: Path | None = None,
    *,
    key: Paths | None = None,
    authority: Paths | None = None,
    sigstore_root: Path | None = None,
    identity: str | None = None,
    issuer: str | None = None,
    threshold: int | None = None,
    min_sequence: int | None = None,
    max_age_days: int | None = None,
    require_scan: bool = False,
    scan_key: Paths | None = None,
    fail_on: Literal["block", "review", "never"] | None = None,
    max_scan_age_days: int | None = None,
    unsigned: str | Sequence[str] | None = None,
    no_pin: bool = False,
    forget: bool = False,
    config: Path | None = None,
    threads: int | None = None,
    progress: Callable[[Progress], object] | bool | None = None,
) -> Verified:
    """Checks a seal, and that the data is what was sealed. Every file is read again.

    The result is true only if everything is well: `if not toadstone.verify(...): stop()`.

    Args:
        path: A seal, data with a seal beside it, or a signature file of another program.
        data: The data, if it is not beside the seal.
        key: Public key that is trusted, in PEM, or several.
        authority: Certificate of an authority whose certificates are trusted, in PEM.
        sigstore_root: The trusted root of Sigstore, for bundles without a key.
        identity: Who has to have signed, with `sigstore_root`.
        issuer: Who has to vouch for the identity, with `sigstore_root`.
        threshold: How many of those who are trusted have to have signed. Default: all keys.
        min_sequence: The least number that the seal may have in its series.
        max_age_days: How old the seal may be.
        require_scan: Demand that a scan of exactly this data is attested, with a verdict that is accepted.
        scan_key: Public key of who scans. Default: whoever is trusted for the seal.
        fail_on: The verdict from which on a scan is not accepted, in place of the policy's.
        max_scan_age_days: How old the scan may be.
        unsigned: Files or folders, below the data, that may be there without being signed.
        no_pin: Neither look at which seals were seen before, nor remember this one.
        forget: Forget what was seen at this place before.
        config: The policy. Default: `toadstone.toml` of the current folder, if there is one.
        threads: Worker threads. Default: one for each core.
        progress: As for `toadstone.scan`.

    Raises:
        Error: It cannot be found out, such as a file that is no seal.
    """
    options = {
        "key": key,
        "authority": authority,
        "sigstore-root": sigstore_root,
        "identity": identity,
        "issuer": issuer,
        "threshold": threshold,
        "min-sequence": min_sequence,
        "max-age-days": max_age_days,
        "require-scan": require_scan,
        "scan-key": scan_key,
        "fail-on": fail_on,
        "max-scan-age-days": max_scan_age_days,
        "unsigned": unsigned,
        "no-pin": no_pin,
        "forget": forget,
        "config": config,
        "threads": threads,
    }
    both = path if data is None else [path, data]
    with telling(progress) as tell:
        return Verified(_native.verify(of_files(both, options), tell))

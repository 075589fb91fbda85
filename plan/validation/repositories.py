"""Repositories of packages, as nodes use them."""

from collections.abc import Iterator

from plan.refusal import Refusal
from plan.settings import Settings
from plan.visible import shown

SCHEMES = ("https://", "http://", "file:///")
LONGEST = 1_000  # characters
KEY = "-----BEGIN PGP PUBLIC KEY BLOCK-----"


def repositories(settings: Settings) -> Iterator[Refusal]:
    """Each repository has an address and a signing key, and nodes use it."""
    given = settings.artifacts
    if given.repositories and given.source != "packages":
        why = "the nodes install from the store, and the repositories would be silently ignored"
        at, fix = "artifacts.repositories", "remove them, or use `source: packages`"
        yield Refusal(at=at, what="left out with a store", found=f"{len(given.repositories)} of them", why=why, fix=fix)
    for index, repository in enumerate(given.repositories):
        at = f"artifacts.repositories[{index}]"
        if not repository.url.startswith(SCHEMES) or not _plain(
            repository.url, repository.suite, *repository.components
        ):
            why = "apt on the nodes downloads from there"
            fix = "such as https://packages.example.com/kubernetes/v{minor}"
            what = f"{'... or '.join(SCHEMES)}..."
            yield Refusal(at=f"{at}.url", what=what, found=shown(repository.url), why=why, fix=fix)
        if not repository.key.strip().startswith(KEY):
            why = "packages are installed as root, so each repository must be signed"
            fix = "give the public key as `gpg --export --armor` prints it"
            yield Refusal(
                at=f"{at}.key", what="an armored OpenPGP public key", found="something else", why=why, fix=fix
            )
        if (repository.suite == "/") == bool(repository.components):
            why = "apt refuses a flat repository with components, and a suite without"
            fix = "`suite: /` alone, or a suite with its components"
            yield Refusal(
                at=f"{at}.components",
                what="set with a suite, and left out without",
                found=f"{' '.join(repository.components) or 'none'} with the suite {repository.suite}",
                why=why,
                fix=fix,
            )


def _plain(*texts: str) -> bool:
    return all(text.isascii() and text.isprintable() and " " not in text and len(text) < LONGEST for text in texts)

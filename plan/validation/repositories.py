"""Repositories of packages, as nodes use them."""

from collections.abc import Iterator

from plan.refusal import Refusal
from plan.settings import Settings

SCHEMES = ("https://", "http://", "file:///")
KEY = "-----BEGIN PGP PUBLIC KEY BLOCK-----"


def repositories(settings: Settings) -> Iterator[Refusal]:
    """Each has an address and the key that signs it, and they are used."""
    given = settings.artifacts
    if given.repositories and given.source != "packages":
        why = "the nodes install from the store, and the repositories would silently not be used"
        at, fix = "artifacts.repositories", "remove them, or use `source: packages`"
        yield Refusal(at=at, bound="absent with a store", got=f"{len(given.repositories)} of them", why=why, fix=fix)
    for index, repository in enumerate(given.repositories):
        at = f"artifacts.repositories[{index}]"
        if not repository.url.startswith(SCHEMES) or any(c.isspace() for c in repository.url + repository.suite):
            why = "apt on the nodes downloads from there"
            fix = "such as https://packages.example.com/kubernetes/v{minor}"
            bound = f"{'... or '.join(SCHEMES)}..."
            yield Refusal(at=f"{at}.url", bound=bound, got=repr(repository.url), why=why, fix=fix)
        if not repository.key.strip().startswith(KEY):
            why = "packages are installed with root's rights, so each repository must be signed"
            fix = "give the public key as `gpg --export --armor` prints it"
            yield Refusal(at=f"{at}.key", bound=f"text that begins with {KEY}", got="something else", why=why, fix=fix)
        if (repository.suite == "/") == bool(repository.components):
            why = "apt refuses a flat repository with components, and a suite without"
            fix = "`suite: /` alone, or a suite with its components"
            yield Refusal(
                at=f"{at}.components",
                bound="given with a suite, and absent without",
                got=f"{' '.join(repository.components) or 'none'} with the suite {repository.suite}",
                why=why,
                fix=fix,
            )

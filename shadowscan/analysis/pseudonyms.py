"""Files in clear beside a database under pseudonyms: the names of the files are replaced by the same key."""

from collections.abc import Sequence
from dataclasses import replace

from shadowscan.analysis.context import Context
from shadowscan.errors import UsageError
from shadowscan.people import Directory
from shadowscan.people.concealed import candidates, conceal
from shadowscan.policy import Policy
from shadowscan.store.database import Session
from shadowscan.store.privacy import mode_of, require_mode

_HINT = "give its key with --key-file"


def matching(session: Session, directory: Directory) -> Directory:
    """Return the directory as the database knows names; UsageError if it holds pseudonyms and there is no key.

    DatabaseError if the key is another.
    """
    mode = mode_of(session)
    if not mode:
        return directory
    if directory.tokens is None:
        if directory.people or directory.leases:
            raise UsageError("the database holds pseudonyms, the people file and leases names", hint=_HINT)
        return directory
    tokens = replace(directory.tokens, addresses=mode.startswith("addresses"))
    require_mode(session, tokens.mode)
    return conceal(replace(directory, tokens=tokens), tokens)


def fitting(session: Session, context: Context) -> Context:
    """Return the context with people and policies as the database knows names."""
    if not mode_of(session):
        return context
    directory = matching(session, context.directory)
    old = context.old_policy
    return replace(
        context,
        directory=directory,
        policy=_policy(context.policy, directory),
        old_policy=old and _policy(old, directory),
    )


def names_behind(session: Session, directory: Directory, tokens: Sequence[str]) -> dict[str, str | None]:
    """Return the name behind each pseudonym, None if the directory holds none; UsageError without the key."""
    mode = mode_of(session)
    if not mode:
        raise UsageError("the database holds names in clear", hint="there is nothing to reveal")
    if directory.tokens is None:
        raise UsageError("pseudonyms can't be told without their key", hint=_HINT)
    maker = replace(directory.tokens, addresses=mode.startswith("addresses"))
    require_mode(session, maker.mode)
    known = candidates(directory, maker)
    return {token: known.get(token.lower()) for token in tokens}


def _policy(policy: Policy, directory: Directory) -> Policy:
    tokens = directory.tokens
    if tokens is None:
        if any(rule.scope.people for rule in policy.content.rules):
            raise UsageError("the database holds pseudonyms, the policy names", where=policy.path or "", hint=_HINT)
        return policy
    rules = []
    for rule in policy.content.rules:
        people = tuple(tokens.user(name) for name in rule.scope.people)
        rules.append(rule.model_copy(update={"scope": rule.scope.model_copy(update={"people": people})}))
    return Policy(policy.content.model_copy(update={"rules": tuple(rules)}), policy.path)

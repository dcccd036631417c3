-- Who asked whose a pseudonym is; nothing in shadowscan ever changes or removes a row. The name itself is not kept.
CREATE TABLE reveals (
    asked TIMESTAMP NOT NULL,
    asker VARCHAR NOT NULL,
    token VARCHAR NOT NULL,
    why VARCHAR NOT NULL,
    found BOOLEAN NOT NULL
);

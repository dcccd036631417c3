-- What people decided on findings. Rows are only ever added: the latest of a finding holds, all are its history.
CREATE TABLE finding_decisions (
    finding_id VARCHAR NOT NULL,
    status VARCHAR NOT NULL,            -- open (again), accepted or resolved
    decided TIMESTAMP NOT NULL,
    decided_by VARCHAR NOT NULL,
    why VARCHAR NOT NULL,
    until DATE,                         -- last day of an acceptance
    kind VARCHAR NOT NULL,              -- as the finding was when it was decided on
    title VARCHAR NOT NULL
);

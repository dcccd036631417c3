"""The kind of model that documents for renderers and machines are made of."""

from pydantic import BaseModel, ConfigDict


class Frozen(BaseModel):
    """Values that never change and know no other fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")

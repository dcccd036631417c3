"""A small fictitious company's two weeks of logs, as every device would have written them.

``world`` and ``services`` say who there is and what can be visited, ``fortnight`` plays two weeks once, ``devices``
writes the same visits as each vendor's device sees them, ``generate`` puts the files in place with their truth.
"""

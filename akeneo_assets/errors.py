"""The connector's own error: a message that is one clear sentence saying what, where and what to do.

Assets turn it into a Dagster failure without a traceback (`akeneo_assets.resources.clear_failures`).
"""


class ConnectorError(Exception):
    """Something a person has to mend; the message is all they need."""

"""The connector's settings: `connector.yaml` (`connector`, a module a section), the environment (`environment`), the file's JSON
Schema and its page (`settings_schema`)."""

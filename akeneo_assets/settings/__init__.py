"""The connector's settings: `connector.yaml` (`connector`), the environment (`environment`), the file's JSON Schema
(`schema`)."""

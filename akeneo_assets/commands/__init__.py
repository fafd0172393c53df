"""The connector's own commands, one module each, imported only when asked for."""

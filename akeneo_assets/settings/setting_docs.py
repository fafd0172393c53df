"""What the docstrings below a model's fields say: the meaning of each setting, for people.

Belongs here: reading them from the source, when somebody asks. Doesn't: where they are shown (`settings_schema`, `environment`).
Pydantic can keep them (`use_attribute_docstrings`), but then parses the source of all models whenever a command starts: a fifth
of a second of the second that the settings take.
"""

import ast
import inspect
from collections.abc import Iterator
from itertools import pairwise
from textwrap import dedent

from pydantic import BaseModel


def setting_docs(model: type[BaseModel]) -> dict[str, str]:
    """The docstring of each field of `model` that has one, inherited ones included.

    Example: a model with the lines `limit: int = 5` and `\"\"\"At most so many.\"\"\"` -> `{"limit": "At most so many."}`.
    """
    inherited = (base for base in reversed(model.__mro__) if issubclass(base, BaseModel) and base is not BaseModel)
    return {name: text for base in inherited for name, text in _own(base)}


def _own(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    (definition,) = ast.parse(dedent(inspect.getsource(model))).body
    for statement, following in pairwise(definition.body if isinstance(definition, ast.ClassDef) else ()):
        match statement, following:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                yield name, inspect.cleandoc(text)

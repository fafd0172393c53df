"""The pages for people that a step writes: one HTML file each, made of a template of this folder.

Belongs here: how a template is found and filled. Doesn't: what a page says (`plan_page`, `readiness_page`).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, Template


def page_template(name: str, **filters: Callable[..., Any]) -> Template:
    """A template by its file's name. Whatever it shows is escaped; what it asks for and isn't given is an error."""
    folder = FileSystemLoader(Path(__file__).parent)
    environment = Environment(autoescape=True, loader=folder, undefined=StrictUndefined, trim_blocks=True)
    environment.filters.update(filters)
    return environment.get_template(name)

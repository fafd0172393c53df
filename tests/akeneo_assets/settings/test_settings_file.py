"""connector.yaml's own YAML: what is read as a text, and what is refused in one sentence."""

import os
from pathlib import Path

import pytest

from akeneo_assets.errors import SettingsError
from akeneo_assets.settings.connector import load
from akeneo_assets.settings.settings_file import read_settings_file


def file(folder: Path, text: str | bytes) -> Path:
    path = folder / "connector.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def complaint(folder: Path, text: str | bytes) -> str:
    """What is said of the file, its path left out."""
    path = file(folder, text)
    with pytest.raises(SettingsError) as error:
        read_settings_file(path)
    return str(error.value).removeprefix(str(path))


def test_codes_of_digits_are_texts(tmp_path: Path) -> None:
    settings = load(file(tmp_path, "categories: {trees: [100]}\nattributes: {exclude: {attributes: [8, abc]}}"))
    assert settings.categories.trees == ("100",)
    assert settings.attributes.exclude.attributes == ("8", "abc")


@pytest.mark.parametrize("code", ["no", "On", "yes", "010", "0x1F", "0b1", "1_000", "12:30", "1.", ".5", "1e3", "+5", "="])
def test_a_code_is_what_is_written_though_yaml_has_another_meaning_for_it(tmp_path: Path, code: str) -> None:
    text = f"""
        organization: {{sites: [{{locales: {{{code}: fr-FR}}}}]}}
        attributes: {{standard: {{brand: {code}}}, exclude: {{attributes: [{code}]}}}}
        products: {{filter: {{color: [{{operator: IN, value: [{code}]}}]}}}}
    """
    settings = load(file(tmp_path, text))
    assert settings.organization.sites[0].locales == {code: "fr-FR"}
    assert settings.attributes.standard["brand"].attribute == code
    assert settings.attributes.exclude.attributes == (code,)
    assert settings.products.filter["color"][0]["value"] == [code]


def test_keys_may_be_merged_from_an_anchor(tmp_path: Path) -> None:
    text = "organization: {sites: [&us {id: US, channel: web}, {<<: *us, id: DE}]}"
    assert [(site.id, site.channel) for site in load(file(tmp_path, text)).organization.sites] == [("US", "web"), ("DE", "web")]


@pytest.mark.parametrize("operator", ["=", ">", ">=", "!=", "<", "<=", ">= ON ALL LOCALES", "!= ON ALL LOCALES"])
def test_an_operator_needs_no_quotes(tmp_path: Path, operator: str) -> None:
    text = f"""
        products:
          filter:
            height: [{{operator: {operator}, value: 12.5}}, {{value: 1, "operator": {operator}}}]
            depth:
              - operator: {operator}
                value: 30
              - value: 40
                operator: {operator}  # centimetres
    """
    assert load(file(tmp_path, text)).products.filter == {
        "height": [{"operator": operator, "value": 12.5}, {"value": 1, "operator": operator}],
        "depth": [{"operator": operator, "value": 30}, {"value": 40, "operator": operator}],
    }


def test_dates_stay_as_they_are_written(tmp_path: Path) -> None:
    text = """
        attributes: {standard: {online-from: {constant: 2024-01-31}}}
        products: {filter: {updated: [{operator: '>', value: 2024-01-31 10:00:00}]}}
    """
    settings = load(file(tmp_path, text))
    assert settings.attributes.standard["online-from"].constant == "2024-01-31"
    assert settings.products.filter == {"updated": [{"operator": ">", "value": "2024-01-31 10:00:00"}]}


def test_a_key_given_twice_is_an_error(tmp_path: Path) -> None:
    assert "the key 'akeneo' stands there twice" in complaint(tmp_path, "akeneo: {}\nakeneo: {}")


def test_broken_yaml_is_named_with_its_place(tmp_path: Path) -> None:
    assert "line 1" in complaint(tmp_path, "a: [")


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"can't be read \(No such file or directory\); set CONNECTOR_CONFIG to its path"):
        load(tmp_path / "none.yaml")


def test_an_empty_file_is_refused_since_it_may_be_what_is_left_of_another(tmp_path: Path) -> None:
    sentence = ": is empty; restore it, or write a remark (# ...) into it to run with all defaults."
    assert complaint(tmp_path, "") == sentence
    assert complaint(tmp_path, " \n\n") == sentence


@pytest.mark.parametrize("text", ["# all defaults\n", "\ufeff# all defaults", "---\n"])
def test_a_file_of_remarks_alone_holds_nothing(tmp_path: Path, text: str) -> None:
    assert read_settings_file(file(tmp_path, text)) == {}


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{key}: &{key} [{', '.join([f'*{before}'] * 9)}]\n" for before, key in zip("abcdefg", "bcdefgh", strict=True)
)
MERGE_BOMB = "a: &a {x: 1}\n" + "".join(
    f"{key}: &{key} {{<<: [{', '.join([f'*{before}'] * 9)}]}}\n" for before, key in zip("abcdefg", "bcdefgh", strict=True)
)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        pytest.param("akeneo: {}".encode("utf-16"), ", line 1: isn't UTF-8; save the file in that encoding.", id="UTF-16"),
        pytest.param("# ok\n# é".encode("latin-1"), ", line 2: isn't UTF-8; save the file in that encoding.", id="Latin-1"),
        pytest.param(
            b"#" + b" " * (1 << 20),
            ": has more than 1 MiB; settings need a few kilobytes, so check the file.",
            id="more than 1 MiB",
        ),
        pytest.param("[" * 100_000, ", line 1: nests lists and keys more than 40 deep.", id="deep lists"),
        pytest.param(
            "".join(f"{' ' * depth}a:\n" for depth in range(900)),
            ", line 40: nests lists and keys more than 40 deep.",
            id="deep mappings",
        ),
        pytest.param(
            "a: &a " + "[" * 30 + "]" * 30 + "\nb: " + "[" * 30 + "*a" + "]" * 30,
            ", line 2: nests lists and keys more than 40 deep.",
            id="deep through an alias",
        ),
        pytest.param(
            BOMB, ", line 6: has more than 100,000 keys and values, repeated by aliases or not.", id="aliases of aliases"
        ),
        pytest.param(
            MERGE_BOMB, ", line 6: has more than 100,000 keys and values, repeated by aliases or not.", id="merges of merges"
        ),
        pytest.param("a: &a [*a]", ", line 1: has the alias *a inside of what it stands for.", id="an alias of itself"),
        pytest.param("a: *b", ", line 1: is no valid YAML (found undefined alias 'b').", id="an alias of nothing"),
        pytest.param(
            "akeneo:\n\tcalls: 2\n",
            (
                ", line 2: is no valid YAML (while scanning for the next token found character '\\t' that cannot start any "
                "token); indent with blanks, not tabs."
            ),
            id="a tab",
        ),
        pytest.param("a: b\nc: \0", ", line 2: holds the character U+0000, which YAML forbids; take it out.", id="a NUL"),
        pytest.param(
            "a: !!int abc",
            ", line 1: has the tag '!!int', which isn't allowed; a text that begins with ! needs quotes.",
            id="a tag that would convert",
        ),
        pytest.param(
            "a: !new",
            ", line 1: has the tag '!new', which isn't allowed; a text that begins with ! needs quotes.",
            id="a text that YAML takes for a tag",
        ),
        pytest.param("? [a]\n: b", ", line 1: has a list or a mapping for a key; write a text.", id="a list as a key"),
        pytest.param('1: a\n"1": b', ", line 2: the key '1' stands there twice.", id="a key twice, once in quotes"),
        pytest.param(
            f"a: {'x' * 4001}", ", line 1: has a text of 4,001 characters; 4,000 are allowed.", id="an absurdly long value"
        ),
        pytest.param(
            "a: 1\n---\nb: 2",
            ", line 2: is no valid YAML (expected a single document in the stream but found another document).",
            id="two documents",
        ),
    ],
)
def test_what_is_no_settings_file_is_refused_in_one_sentence(tmp_path: Path, text: str | bytes, sentence: str) -> None:
    assert complaint(tmp_path, text) == sentence


def test_a_folder_and_a_pipe_are_no_settings_files(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)  # reading it would never end
    for path in (tmp_path, pipe):
        with pytest.raises(SettingsError) as error:
            read_settings_file(path)
        assert str(error.value) == f"{path}: is no file; set CONNECTOR_CONFIG to the path of the settings file."


@pytest.mark.parametrize("key", ["true", "~", "1.5", "010", "12:30"])
def test_a_key_is_a_text_as_written(tmp_path: Path, key: str) -> None:
    assert read_settings_file(file(tmp_path, f"associations: {{{key}: {{}}}}")) == {"associations": {key: {}}}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("999999999999999", 999_999_999_999_999),
        ("4006381333931000000", "4006381333931000000"),  # longer than any number that a setting takes
        ("9" * 3000, "9" * 3000),
        ("-12.25", -12.25),
        ("9.99999999999999", 9.99999999999999),
        ("9.999999999999999", "9.999999999999999"),
        ("0.12345678901234567890", "0.12345678901234567890"),  # a float would round it
        ("-0", "-0"),
    ],
)
def test_a_number_that_could_not_be_kept_exactly_stays_a_text(tmp_path: Path, text: str, value: object) -> None:
    assert read_settings_file(file(tmp_path, f"a: {text}")) == {"a": value}

"""The starter connector.yaml that `akeneo-sfcc init` writes: guesses from the PIM's lists (`suggestions`), and the file's text
(`starter_text`, in lines made by `yaml_lines`)."""

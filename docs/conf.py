"""The site of these pages and the docstrings: nox -s docs."""

from pathlib import Path

from sphinx.addnodes import pending_xref

from softsign_c import __version__ as release  # noqa: F401  (read by Sphinx)

project = "softsign_c"
author = "The softsign_c developers"
copyright = author  # noqa: A001
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
html_theme = "furo"
html_title = "softsign_c"
html_show_sphinx = False
myst_heading_anchors = 3
napoleon_use_rtype = False
autodoc_typehints = "none"
autodoc_mock_imports = ["torch"]  # large, and only its names are needed
default_role = "code"  # of single backquotes in docstrings


def unlink_source_files(app, doctree):
    """Leave the text alone of a link to a file that is in the repository, but not on the site."""
    root = Path(app.srcdir).parent
    for link in list(doctree.findall(pending_xref)):
        if link["reftype"] == "myst" and (root / link["reftarget"]).exists():
            link.replace_self(link.children)


def setup(app):
    app.connect("doctree-read", unlink_source_files)

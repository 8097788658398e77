"""The site of these pages and the docstrings: nox -s docs."""

import re
import zlib
from pathlib import Path

from docutils.nodes import SkipNode
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.addnodes import pending_xref

from softsign_c import __version__ as release  # noqa: F401  (read by Sphinx)

project = "softsign_c"
author = "The softsign_c developers"
copyright = author  # noqa: A001
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.intersphinx",
    "sphinx.ext.napoleon",
    "sphinx_copybutton",
]
copybutton_prompt_text = r">>> |\.\.\. "  # not copied, nor is the output
copybutton_prompt_is_regexp = True
html_theme = "furo"
html_title = "softsign_c"
html_show_sphinx = False
html_static_path = ["static"]
html_css_files = ["site.css"]
html_js_files = ["sort.js"]
html_math_renderer = "mathml"
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
napoleon_use_rtype = False
autodoc_typehints = "none"
# PyTorch is large, and only its names are needed; those modules do more with it when imported.
autodoc_mock_imports = ["torch"]
autodoc_mock_imports += [f"softsign_c.torch._{name}" for name in ("in_place", "onnx", "operators")]
nitpicky = True
default_role = "code"  # of single backquotes in docstrings


def expand_autodoc(app, page, source):
    """Put directives in the place of the comments that name them, so that a page reads well in the
    repository too, where a comment is not shown.
    """
    source[0] = re.sub(
        r"^<!-- (auto\w+:: .*) -->$", r"```{eval-rst}\n.. \1\n```", source[0], flags=re.MULTILINE
    )


ON_SITE = {f"{name.upper()}.md": name for name in ("contributing", "changelog", "security")}
OF_PAGE = {"refdomain": "std", "reftype": "doc", "refexplicit": True, "refwarn": True}


def link_files(app, doctree):
    """Lead a link to a file of the repository to its page; without one, leave its text alone."""
    root = Path(app.srcdir).parent
    for link in list(doctree.findall(pending_xref)):
        if link["reftype"] == "myst" and (root / link["reftarget"]).exists():
            if page := ON_SITE.get(link["reftarget"]):
                to_page = pending_xref("", *link.children, reftarget=f"/{page}", **OF_PAGE)
                link.replace_self(to_page)
            else:
                link.replace_self(link.children)


def set_formula(as_block):
    """Return what sets a formula as MathML: browsers show it without scripts or a network."""

    def visit(self, node):
        formula = tex2mathml(node.astext(), as_block=as_block)
        formula = formula.replace(">|<", ' lspace="0" rspace="0">|<').replace(">'<", ">\u2032<")
        self.body.append(f'<div class="math">{formula}</div>' if as_block else formula)
        raise SkipNode

    return visit, None


def inventory(path):
    """Return the inventory of another project's site, made of the names that these pages link."""
    head = f"# Sphinx inventory version 2\n# Project: {path.stem}\n# Version:\n"
    head += "# The remainder of this file is compressed using zlib.\n"
    packed = Path(__file__).parents[1] / "build" / f"{path.stem}.inv"
    packed.parent.mkdir(exist_ok=True)
    packed.write_bytes(head.encode() + zlib.compress(path.read_bytes()))
    return str(packed)


SITES = {
    "numpy": "https://numpy.org/doc/stable/",
    "torch": "https://docs.pytorch.org/docs/stable/",
    "dask": "https://docs.dask.org/en/stable/",
}
intersphinx_mapping = {
    name: (site, inventory(Path(__file__).parent / "inventories" / f"{name}.txt"))
    for name, site in SITES.items()
}


def setup(app):
    app.connect("source-read", expand_autodoc)
    app.connect("doctree-read", link_files)
    app.add_html_math_renderer("mathml", set_formula(False), set_formula(True))

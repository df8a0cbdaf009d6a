"""Nothing reaches folium, or the page as HTML, but what is known to be harmless. Read from the source itself.

folium runs any text it is given as a template, so a value at one of its doors must be a constant, a number, an
enum's value, a checked id or `maptext(…)`. Whoever adds a tooltip of raw text fails here.
"""

import ast
from pathlib import Path

import pytest

DASHBOARD = Path(__file__).parent.parent / "dashboard"
FILES = {
    str(path.relative_to(DASHBOARD)): ast.parse(path.read_text("utf-8")) for path in sorted(DASHBOARD.rglob("*.py"))
}

MAKES_SAFE = {"maptext", "checked_number", "checked_key", "checked_id", "checked_path", "int", "float", "bool", "len"}
"""Functions whose result is safe whatever they are given; test_maps.py shows what the checks refuse."""
FOLIUM_METHODS = {"add_child", "add_to", "add_css_link", "add_js_link", "get_root"}
OWN_RENDERING = "self._template.module.script(self, kwargs)"
"""folium's rendering of values that were judged when they were handed over."""


def imported_modules(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(("import_module", "__import__")):
            yield from (a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str))


def belongs_to(module, packages):
    return module.split(".")[0] in packages


@pytest.mark.parametrize("name", FILES)
def test_folium_is_imported_by_maps_alone(name):
    found = [m for m in imported_modules(FILES[name]) if belongs_to(m, {"folium", "branca"})]
    assert not found or name.startswith("maps/"), f"{name} imports {found}; draw through dashboard.maps."


@pytest.mark.parametrize("name", FILES)
def test_no_page_runs_html_of_its_own_in_a_frame(name):
    found = [m for m in imported_modules(FILES[name]) if m.startswith("streamlit.components")]
    of_the_page = ("ui/shared/html_buttons.py", "ui/shared/uninterrupted.py")  # in the page itself, and constant
    found = [m for m in found if name not in of_the_page or m != "streamlit.components.v2.types"]
    calls = [ast.unparse(n.func) for n in ast.walk(FILES[name]) if isinstance(n, ast.Call)]
    frames = [c for c in calls if c.endswith(("components.html", "components.v1.html", "v1.iframe", "st.iframe"))]
    assert not found + frames, f"{name}: a frame shares the app's origin, so its scripts could press our buttons."


@pytest.mark.parametrize("name", FILES)
def test_a_component_is_made_of_constants(name):
    """It runs with the rights of the page; what it is given beside its name must be a constant of the module."""
    constants = {t.id for n in FILES[name].body for t in assigned_names(n) if isinstance(n.value, ast.Constant)}
    for call in (n for n in ast.walk(FILES[name]) if isinstance(n, ast.Call)):
        if ast.unparse(call.func).endswith("components.v2.component"):
            given = [*call.args, *(keyword.value for keyword in call.keywords)]
            constant = [isinstance(v, ast.Constant) or (isinstance(v, ast.Name) and v.id in constants) for v in given]
            assert all(constant), f"{name}, line {call.lineno}: a component of more than constants."


@pytest.mark.parametrize("name", FILES)
def test_html_in_markdown_is_constant(name):
    constants = {t.id for n in FILES[name].body for t in assigned_names(n) if isinstance(n.value, ast.Constant)}
    for call in (n for n in ast.walk(FILES[name]) if isinstance(n, ast.Call)):
        unsafe = [k.value for k in call.keywords if k.arg == "unsafe_allow_html"]
        if not unsafe or (isinstance(unsafe[0], ast.Constant) and not unsafe[0].value):
            continue
        text = call.args[0] if call.args else None
        constant = isinstance(text, ast.Constant) or (isinstance(text, ast.Name) and text.id in constants)
        assert constant, f"{name}, line {call.lineno}: unsafe_allow_html with text that is not a constant."


def assigned_names(node):
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
    return [t for t in targets if isinstance(t, ast.Name)]


class Judge:
    """Decides about expressions of a module: is the value harmless wherever it ends up?"""

    def __init__(self, tree):
        self.functions = {n.name: n for n in tree.body if isinstance(n, ast.FunctionDef)}
        self.folium = {a.asname or a.name for n in tree.body if isinstance(n, ast.Import) for a in n.names
                       if belongs_to(a.name, {"folium", "branca"})}  # fmt: skip
        imports = [n for n in tree.body if isinstance(n, ast.ImportFrom)]
        self.doors = {
            a.asname or a.name for n in imports for a in n.names if belongs_to(n.module, {"folium", "branca"})
        }
        self.constants = {a.name for n in imports for a in n.names if n.module == "dashboard.maps.palette"}
        maptexts = [(n.module, a.name) for n in imports for a in n.names if "maptext" in (a.name, a.asname)]
        self.true_maptext = set(maptexts) == {("dashboard.safetext", "maptext")}
        self.values = {t.id: n.value for n in tree.body for t in assigned_names(n)}
        for node in (n for n in tree.body if isinstance(n, ast.ClassDef)):
            if any(self.is_door(base) for base in node.bases):
                self.doors.add(node.name)

    def is_door(self, node):
        """A name that makes a folium object: `folium.Map`, `JsCode`, or a class of ours derived from one."""
        if isinstance(node, ast.Name):
            return node.id in self.doors
        return isinstance(node, ast.Attribute) and ast.unparse(node).split(".")[0] in self.folium

    def is_safe(self, node, scope):
        """`scope` holds, for each name bound in the function, the expressions it was given; [] for parameters."""
        check = getattr(self, f"_{type(node).__name__.lower()}", None)
        return bool(check and check(node, scope))

    def all_safe(self, nodes, scope):
        return all(self.is_safe(node, scope) for node in nodes)

    def _constant(self, *_):
        return True

    def _name(self, node, scope):
        if node.id in scope:
            return bool(scope[node.id]) and self.all_safe(
                scope[node.id], {k: v for k, v in scope.items() if k != node.id}
            )
        return node.id in self.constants or (node.id in self.values and self.is_safe(self.values[node.id], {}))

    def _attribute(self, node, scope):
        return node.attr == "value" or self.is_safe(node.value, scope)  # `.value`: an enum's, fixed in our own code

    def _call(self, node, scope):
        if ast.unparse(node) == OWN_RENDERING or self.is_door(node.func):
            return True  # what went in is judged where it goes in
        name = node.func.id if isinstance(node.func, ast.Name) else ""
        if name in MAKES_SAFE:
            return name != "maptext" or self.true_maptext
        if name in self.functions:
            function = self.functions[name]
            return self.all_safe([r.value for r in ast.walk(function) if isinstance(r, ast.Return)], scope_of(function))
        if name in ("enumerate", "htmlsafe_json_dumps"):
            return self.all_safe(node.args, scope)
        return (
            isinstance(node.func, ast.Attribute) and node.func.attr == "items" and self.is_safe(node.func.value, scope)
        )

    def _dict(self, node, scope):
        return None not in node.keys and self.all_safe([*node.keys, *node.values], scope)

    def _list(self, node, scope):
        return self.all_safe(node.elts, scope)

    _tuple = _list

    def _starred(self, node, scope):
        return self.is_safe(node.value, scope)

    def _binop(self, node, scope):
        return self.all_safe([node.left, node.right], scope)

    def _ifexp(self, node, scope):
        return self.all_safe([node.body, node.orelse], scope)

    def _joinedstr(self, node, scope):
        return self.all_safe([v.value for v in node.values if isinstance(v, ast.FormattedValue)], scope)

    def _listcomp(self, node, scope):
        return self.is_safe(node.elt, within(node, scope))

    def _dictcomp(self, node, scope):
        return self.all_safe([node.key, node.value], within(node, scope))


def bind(scope, target, value):
    for name in (n.id for n in ast.walk(target) if isinstance(n, ast.Name)):
        scope.setdefault(name, []).append(value)


def within(comprehension, scope):
    inner = dict(scope)
    for generator in comprehension.generators:
        for name in (n.id for n in ast.walk(generator.target) if isinstance(n, ast.Name)):
            inner[name] = [generator.iter]
    return inner


def scope_of(function):
    """Every name of a function with all it is given, also through `name[…] = value`; parameters with nothing."""
    scope = {a.arg: [] for a in ast.walk(function.args) if isinstance(a, ast.arg)}
    for node in ast.walk(function):
        if isinstance(node, ast.Assign):
            for target in node.targets:
                bind(scope, target, node.value)
        elif isinstance(node, ast.AnnAssign | ast.AugAssign | ast.NamedExpr) and node.value:
            bind(scope, node.target, node.value)
        elif isinstance(node, ast.For):
            bind(scope, node.target, node.iter)
    return scope


def breaches(source):
    """Line and source of every value that goes through one of folium's doors without being known as harmless."""
    tree = ast.parse(source)
    judge = Judge(tree)
    bodies = [(n, scope_of(n)) for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)]
    inside = {id(child) for function, _ in bodies for child in ast.walk(function)}
    outside = [n for n in ast.walk(tree) if id(n) not in inside]
    for nodes, scope in [*((list(ast.walk(function)), scope) for function, scope in bodies), (outside, {})]:
        for value in (v for node in nodes for v in values_at_doors(judge, node)):
            if not judge.is_safe(value, scope):
                yield f"line {value.lineno}: {ast.unparse(value)}"


def values_at_doors(judge, node):
    if isinstance(node, ast.Call):
        method = isinstance(node.func, ast.Attribute) and node.func.attr in FOLIUM_METHODS
        if method and ast.unparse(node).startswith("self.get_root().script.add_child("):
            return node.args  # the one element's own name is given as `name=`
        if method or judge.is_door(node.func):
            return [*node.args, *(k.value for k in node.keywords)]
    elif isinstance(node, ast.Assign) and any(
        isinstance(t, ast.Attribute) and ast.unparse(t.value) != "self"
        for target in node.targets
        for t in (target.elts if isinstance(target, ast.Tuple) else [target])
    ):
        return [node.value]
    return []


FOLIUM_MODULES = ("kept_map", "layers", "picking")
MAPS = "\n".join((DASHBOARD / "maps" / f"{name}.py").read_text("utf-8") for name in ("checks", *FOLIUM_MODULES))
"""Judged as one text, so that what one of them imports from another is judged too."""


def test_whatever_knows_folium_is_judged_and_no_name_in_it_means_two_things():
    imported = {name: {module.split(".")[0] for module in imported_modules(tree)} for name, tree in FILES.items()}
    knowing = {name for name, modules in imported.items() if modules & {"folium", "branca"}}
    assert knowing == {f"maps/{name}.py" for name in FOLIUM_MODULES}
    body = ast.parse(MAPS).body
    names = [n.name for n in body if isinstance(n, ast.FunctionDef | ast.ClassDef)]
    names += [t.id for n in body for t in assigned_names(n)]
    assert len(names) == len(set(names))


def test_every_value_that_folium_is_given_is_harmless():
    assert list(breaches(MAPS)) == []


def changed(old, new):
    assert old in MAPS, f"Nothing in maps/ holds {old!r}; mend this test."
    return MAPS.replace(old, new, 1)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("maptext(mark.label)", "mark.label"),
        ("maptext(mark.label)", "html.escape(mark.label)"),
        ("maptext(mark.label)", "maptext(mark.label) + mark.label"),
        ("maptext(mark.label)", "f'{mark.label}'"),
        ("maptext(pin.label)", "pin.label"),
        ("checked_id(view_id)", "view_id"),
        ("checked_path(outline_file(pin.place_id))", "outline_file(pin.place_id)"),
        ("checked_key(mark.key)", "mark.key"),
        ("checked_path(outline_file(mark.place_id))", "outline_file(mark.place_id)"),
        ("checked_key(view.selected) if", "view.selected if"),
        ("int(mark.faded)", "mark.label"),
        ("[*row, maptext(mark.label)", "[*row, *mark.label"),
        ("int(view.move_number)", "view.move_number"),
        ("folium.FeatureGroup(control=False, show=False)", "folium.FeatureGroup(name=marks[0].label)"),
        (
            "folium.FeatureGroup(control=False, show=False)",
            "folium.FeatureGroup().add_child(folium.Tooltip(marks[0].label))",
        ),
        ('base._id = "div"', "base._id = title"),
        ('base._id = "div"', "base._id, base._name = title, title"),
        ("from dashboard.safetext import maptext", "from html import escape as maptext"),
        (
            "    return group",
            "    for m in marks:\n        folium.Marker(popup=m.label).add_to(group)\n    return group",
        ),
    ],
)
def test_raw_text_at_any_door_is_found(old, new):
    assert list(breaches(changed(old, new)))

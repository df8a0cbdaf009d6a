"""Texts that have broken maps of this kind, each by another way in."""

import json
from pathlib import Path

HOSTILE = {
    "script": "<script>console.log('PWN:script')</script>",
    "image": "<img src=x onerror=console.log('PWN:image')>",
    "template literal": "${console.log('PWN:literal')}",
    "backtick": "`+console.log('PWN:backtick')+`",
    "escaped tag": "\\x3cimg src=x onerror=console.log('PWN:hex')\\x3e",
    "script end": "</script><script>console.log('PWN:end')</script>",
    "jinja expression": "{{7*7}}",
    "jinja statement": "{% for x in [1] %}PWNJ{% endfor %}",
    "jinja unfinished": "array {{ 1 of 2 {%",
    "jinja comment": "before {# swallowed #} after",
    "removed by the component": "<imalert(coords);g src=x onerror=console.log('PWN:removed')>",
    "the component's words": "drawnItems map_div2 map_div feature_group",
    "entities already": "&#60;b&#62; &lt;img&gt; &amp;",
    "backslash": "ends in \\",
    "quotes": "'\");console.log('PWN:quotes')//",
    "line ends": "a\nb\r\nc\u2028d",
    "reordered": "Town \u202egnp.exe\u202c killed",
    "nul and surrogate": "A\0B\ud800C",
    "right to left": "پشاور (پاکستان)",
}
SHARED = Path(__file__).parents[3] / "shared" / "data" / "hostile-text.json"
if SHARED.exists():
    HOSTILE |= json.loads(SHARED.read_text("utf-8"))

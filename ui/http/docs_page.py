"""``/docs``: the OpenAPI document as one page that fetches nothing."""

import html
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Schema = Mapping[str, Any]

_STYLE = """
:root { color-scheme: light dark; --line: #8885; --soft: #8881; --link: #1a56b0; }
@media (prefers-color-scheme: dark) { :root { --link: #8ab4f8; } }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
a { color: var(--link); } code, pre { font: 14px/1.45 ui-monospace, monospace; }
pre { background: var(--soft); padding: .75rem; border-radius: 6px; overflow-x: auto; }
h2 { border-top: 1px solid var(--line); padding-top: 1.25rem; margin-top: 2rem; }
.table { overflow-x: auto; } table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .3rem .75rem .3rem 0;
  border-bottom: 1px solid var(--line); }
"""


def docs_html(openapi: Schema) -> str:
    """The page; everything from the document is escaped.

    Args:
        openapi: the OpenAPI document.
    """
    info = openapi["info"]
    title = _text(f"{info['title']} API {info['version']}")
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>'
        f'<meta name="viewport" content="width=device-width"><style>{_STYLE}</style></head>'
        f"<body><h1>{title}</h1><p>{_text(info.get('description', ''))}</p>"
        f'<p>The same as data: <a href="/openapi.json">openapi.json</a>. '
        f'The page: <a href="/">start</a>.</p>'
        f"{''.join(_operations(openapi))}{''.join(_schemas(openapi))}</body></html>"
    )


def _operations(openapi: Schema) -> Iterator[str]:
    for path, methods in openapi["paths"].items():
        for method, operation in methods.items():
            yield f"<h2><code>{_text(method.upper())} {_text(path)}</code></h2>"
            yield f"<p>{_text(operation.get('description', operation.get('summary', '')))}</p>"
            yield _parameters(operation)
            yield _request_body(openapi, operation)
            yield _responses(operation)


def _parameters(operation: Schema) -> str:
    rows = [
        (
            f"<code>{_text(found['name'])}</code>",
            _text(found["in"]),
            _type_html(found["schema"]),
        )
        for found in operation.get("parameters", ())
    ]
    return _table("Parameters", ("Name", "Where", "Type"), rows)


def _request_body(openapi: Schema, operation: Schema) -> str:
    content = operation.get("requestBody", {}).get("content", {})
    parts = []
    for media_type, described in content.items():
        schema = described["schema"]
        parts.append(f"<p>Body, <code>{_text(media_type)}</code>: {_type_html(schema)}</p>")
        for example in _resolved(openapi, schema).get("examples", ()):
            shown = json.dumps(example, ensure_ascii=False, indent=2)
            parts.append(f"<pre>{_text(shown)}</pre>")
    return "".join(parts)


def _responses(operation: Schema) -> str:
    rows = []
    for status, response in operation["responses"].items():
        for media_type, described in response.get("content", {"": {}}).items():
            body = _type_html(described.get("schema", {}))
            rows.append((_text(status), _text(response["description"]), _text(media_type), body))
    return _table("Responses", ("Status", "Meaning", "Media type", "Body"), rows)


def _schemas(openapi: Schema) -> Iterator[str]:
    for name, schema in openapi.get("components", {}).get("schemas", {}).items():
        yield f'<h2 id="{_text(name)}">{_text(name)}</h2>'
        yield f"<p>{_text(schema.get('description', ''))}</p>"
        required = schema.get("required", ())
        rows = [
            (
                f"<code>{_text(field)}</code>",
                _type_html(described),
                "required" if field in required else _default(described),
                _text(described.get("description", "")),
            )
            for field, described in schema.get("properties", {}).items()
        ]
        yield _table("", ("Field", "Type", "Default", ""), rows)


def _default(schema: Schema) -> str:
    return f"<code>{_text(json.dumps(schema['default']))}</code>" if "default" in schema else ""


def _type_html(schema: Schema) -> str:
    """A schema's type in a few words, linked where it is one of the named ones."""
    if "$ref" in schema:
        name = _text(schema["$ref"].rsplit("/", 1)[-1])
        return f'<a href="#{name}">{name}</a>'
    if "anyOf" in schema:
        return " or ".join(_type_html(option) for option in schema["anyOf"])
    if "enum" in schema:
        return " or ".join(f"<code>{_text(json.dumps(value))}</code>" for value in schema["enum"])
    if schema.get("type") == "array" and "items" in schema:
        return f"list of {_type_html(schema['items'])}"
    kind = str(schema.get("type", "any"))
    limits = [
        f"{words} {schema[key]}"
        for key, words in (
            ("minimum", "from"),
            ("maximum", "to"),
            ("maxLength", "characters at most:"),
            ("format", "as"),
        )
        if key in schema
    ]
    return _text(" ".join([kind, *limits]))


def _resolved(openapi: Schema, schema: Schema) -> Schema:
    if "$ref" not in schema:
        return schema
    found: Schema = openapi["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
    return found


def _table(title: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of cells that are HTML already; nothing without rows."""
    if not rows:
        return ""
    head = "".join(f'<th scope="col">{cell}</th>' for cell in heads)
    body = "".join(f"<tr>{''.join(f'<td>{c}</td>' for c in row)}</tr>" for row in rows)
    heading = f"<h3>{title}</h3>" if title else ""
    return f'{heading}<div class="table"><table><tr>{head}</tr>{body}</table></div>'


def _text(value: object) -> str:
    return html.escape(str(value), quote=True)

"""Valid instances of a JSON schema, as small as the schema allows."""

from typing import Any


def instance_of(schema: dict[str, Any]) -> Any:
    """One value the schema accepts. Follows references, and fills in every property."""
    return _value(schema, schema.get("$defs", {}))


def _value(schema: dict[str, Any], definitions: dict[str, Any]) -> Any:
    if "$ref" in schema:
        return _value(definitions[schema["$ref"].rsplit("/", 1)[1]], definitions)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return _value(schema["anyOf"][0], definitions)
    match schema.get("type"):
        case "object":
            return {name: _value(part, definitions) for name, part in schema.get("properties", {}).items()}
        case "array":
            return [_value(schema["items"], definitions)] * schema.get("minItems", 0)
        case "string":
            return {"date": "2025-10-31", "date-time": "2025-10-31T00:00:00Z"}.get(schema.get("format", ""), "text")
        case "integer" | "number":
            return 1
        case "boolean":
            return True
    return None

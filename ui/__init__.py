"""The command line, the HTTP API and the page.

Dependencies read their switches when they are imported, and importing anything below ``ui`` runs
this first. So this is the one place that turns off their telemetry, and the threads that would not
help.
"""

import os

_SWITCHED_OFF = {
    "ANONYMIZED_TELEMETRY": "False",  # chromadb
    "DO_NOT_TRACK": "1",
    "FASTAPI_OTEL_AUTO_CONFIGURE": "false",
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_MCP_SERVER": "False",
    "GRADIO_RUN_HISTORY": "False",  # would keep questions in the browser and offer to upload them
    "GRADIO_SHARE": "False",
    "GRADIO_SSR_MODE": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "OTEL_SDK_DISABLED": "true",
}
# A question's matrix products are so small that handing them to threads takes several times their
# own processor time.
_UNLESS_SET = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
# An embedding that the user names may come from a hub; then the user may open these.
_OFFLINE_UNLESS_ASKED = {
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "TRANSFORMERS_OFFLINE": "1",
}

TRACES_ALLOWED = os.environ.get("OTEL_SDK_DISABLED", "").strip().lower() != "true"
"""Whether the user lets Pressmark itself send spans, where an address is set."""

os.environ.update(_SWITCHED_OFF)
for _name, _value in (_OFFLINE_UNLESS_ASKED | _UNLESS_SET).items():
    os.environ.setdefault(_name, _value)

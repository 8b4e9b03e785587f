"""Candidate pipelines side by side: the same training examples, the same held-out messages, one thread, each from nothing.

    bonneporte bench pipelines [--only NAME]… [--epochs N] [--keep FILE] [--json]

Candidates are in bench/pipelines.yml. Each is trained by `rasa train nlu` and answers in a process of its own, so that
times and memory are of the same kind for all. Times are the processor's, which other work on the machine changes little; of a
message the whole wait is in --json besides. Measured on the first held-out set, which our own
pipeline was steered by: where it is ahead, a part of that is this.

--epochs: of DIET (default: 6, a quarter of an hour of processor; Rasa's own are 100, some three hours). --keep: write each result there, one JSON object a line,
and do not measure again what is there. --json: the results instead of the table.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import yaml

from bench.understanding import interval, load
from bot.runtime.model import nlu_environment
from bot.runtime.paths import ROOT, nlu_python
from bot.understanding import ACT_OF_INTENT

CANDIDATES: dict[str, dict[str, Any]] = yaml.safe_load(Path(__file__).with_suffix(".yml").read_text("utf-8"))
NEED, PLAIN = "need/", "need_"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1", "TF_NUM_INTEROP_THREADS": "1"}
WARM = 20  # messages that are not timed: libraries load with the first ones


def pipeline_of(candidate: dict[str, Any], epochs: int) -> list[dict[str, Any]]:
    """The candidate's components, with the epochs of the flag where they are asked for."""
    if isinstance(candidate["pipeline"], str):
        return yaml.safe_load((ROOT / candidate["pipeline"]).read_text("utf-8"))["pipeline"]
    return [{key: epochs if value == "{epochs}" else value for key, value in part.items()} for part in candidate["pipeline"]]


def prepare(folder: Path, candidate: dict[str, Any], epochs: int) -> None:
    """The training examples and the configuration, as `rasa train nlu` takes them."""
    (folder / "nlu").mkdir()
    for path in sorted((ROOT / "nlu").glob("??/*.yml")):
        if candidate.get("plain") and path.stem == "two_needs":
            continue  # messages of two needs at once: only ours can learn from them
        text = path.read_text("utf-8")
        if candidate.get("plain"):
            text = text.replace(f"- intent: {NEED}", f"- intent: {PLAIN}")
        (folder / "nlu" / f"{path.parent.name}_{path.name}").write_text(text, "utf-8")
    config = {"recipe": "default.v1", "assistant_id": "bench", "language": "fr", "pipeline": pipeline_of(candidate, epochs)}
    (folder / "config.yml").write_text(yaml.safe_dump(config), "utf-8")


def train(folder: Path) -> tuple[float, float, float]:
    """Seconds of processor, seconds of clock, and the most memory that the training process had (MB)."""
    command = [str(nlu_python()), "-m", "rasa", "train", "nlu", "--nlu", "nlu", "--config", "config.yml", "--out", "models",
               "--fixed-model-name", "model"]
    began = time.perf_counter()
    with (folder / "training.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=folder, env=nlu_environment(**ONE_THREAD), stdout=log, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise SystemExit(f"training failed:\n{(folder / 'training.log').read_text('utf-8', 'replace')[-3000:]}")
    return usage.ru_utime + usage.ru_stime, time.perf_counter() - began, usage.ru_maxrss / 1024


def processor_seconds(pid: int) -> float:
    """What a process has used of the processor so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def answers(folder: Path, texts: list[str]) -> tuple[list[dict[str, Any]], list[float], float, float]:
    """What the trained pipeline makes of the texts, the milliseconds that each waited, the milliseconds of processor that one
    takes, and the process's memory at the end (MB)."""
    process = subprocess.Popen([str(nlu_python()), "-m", "nlu.understand", str(folder / "models" / "model.tar.gz")], cwd=folder,
                               env=nlu_environment(LOG_LEVEL="ERROR", **ONE_THREAD), stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, encoding="utf-8")
    assert process.stdin is not None and process.stdout is not None

    def read() -> dict[str, Any]:
        for line in process.stdout or ():
            if line.startswith("{"):
                return json.loads(line)
        raise SystemExit("the pipeline ended before it answered")

    read()  # ready
    found, took = [], []
    used = 0.0
    for number, text in enumerate([*texts[:WARM], *texts]):
        if number == WARM:
            used = processor_seconds(process.pid)
        began = time.perf_counter()
        process.stdin.write(json.dumps({"text": text}) + "\n")
        process.stdin.flush()
        found.append(read())
        took.append((time.perf_counter() - began) * 1000)
    each = (processor_seconds(process.pid) - used) / len(texts) * 1000
    status = Path(f"/proc/{process.pid}/status").read_text()
    memory = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS:")) / 1024
    process.kill()  # it has nothing to lose, and TensorFlow takes long to leave
    process.wait()
    return found[WARM:], took[WARM:], each, memory


def reading_of(parsed: dict[str, Any]) -> tuple[str, list[str]]:
    """(act, needs by falling confidence) of a parsed message: the act "need" has the sum of its needs, as ours does."""
    if parsed.get("needs") is not None:  # ours says so itself
        intent = parsed["intent"]["name"]
        return ACT_OF_INTENT.get(intent, intent), [need["id"] for need in parsed["needs"]]
    acts: dict[str, float] = defaultdict(float)
    needs = []
    for one in parsed.get("intent_ranking") or [parsed["intent"]]:
        name = str(one["name"])
        acts["need" if name.startswith(PLAIN) else ACT_OF_INTENT.get(name, name)] += one["confidence"]
        if name.startswith(PLAIN):
            needs.append(name.removeprefix(PLAIN))
    act = max(acts, key=lambda name: acts[name])
    return act, needs if act == "need" else []


def measure(name: str, epochs: int) -> dict[str, Any]:
    """Train one candidate and ask it all messages: shares as [right, of] by language."""
    candidate = CANDIDATES[name]
    needs = [row for row in load("needs") if len(row["needs"]) == 1]
    acts = load("acts")
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        prepare(folder, candidate, epochs)
        print(f"{name}: training", file=sys.stderr, flush=True)
        seconds, waited, peak = train(folder)
        print(f"{name}: trained in {waited:.0f} s, {seconds:.0f} of processor", file=sys.stderr, flush=True)
        found, took, each, memory = answers(folder, [row["text"] for row in [*needs, *acts]])
    read = [reading_of(parsed) for parsed in found]
    shares: dict[str, dict[str, list[int]]] = {}
    for language in ("fr", "en"):
        about_needs = [(row["needs"][0], guesses) for row, (_, guesses) in zip(needs, read) if row["set"] == language]
        about_acts = [(row["act"], act) for row, (act, _) in zip(acts, read[len(needs):]) if row["set"] == language]
        shares[language] = {
            "need_first": [sum(need in guesses[:1] for need, guesses in about_needs), len(about_needs)],
            "need_among_three": [sum(need in guesses[:3] for need, guesses in about_needs), len(about_needs)],
            "act": [sum(truth == act for truth, act in about_acts), len(about_acts)],
        }
    shares["both"] = {what: [sum(shares[language][what][at] for language in ("fr", "en")) for at in (0, 1)] for what in shares["fr"]}
    return {
        "name": name, "title": candidate["title"], "measured_on": time.strftime("%Y-%m-%d"), "shares": shares,
        "epochs": epochs if "{epochs}" in str(candidate["pipeline"]) else None,
        "training_seconds": round(seconds, 1), "training_waited": round(waited, 1), "training_peak_mb": round(peak), "serving_mb": round(memory),
        "message_ms": round(each, 2), "median_wait_ms": round(statistics.median(took), 2), "p95_wait_ms": round(sorted(took)[int(len(took) * 0.95)], 2),
    }


def table(results: list[dict[str, Any]]) -> str:
    """The results as Markdown: a share's cell is French / English, then both with its interval."""
    head = ["pipeline", "need: first guess", "need: among three", "other acts", "training", "training memory", "serving memory", "a message"]
    lines = [head, ["---"] * len(head)]
    for one in results:
        cells = []
        for what in ("need_first", "need_among_three", "act"):
            fr, en = (one["shares"][language][what] for language in ("fr", "en"))
            both = interval(*one["shares"]["both"][what]).partition(" of ")[0]
            cells.append(f"{fr[0] / fr[1]:.3f} / {en[0] / en[1]:.3f}; {both}")
        title = one["title"] + (f", {one['epochs']} epochs" if one["epochs"] else "")
        lines.append([title, *cells, f"{one['training_seconds']:.0f} s", f"{one['training_peak_mb']} MB", f"{one['serving_mb']} MB",
                      f"{one['message_ms']:.1f} ms"])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main() -> None:
    parser = argparse.ArgumentParser(prog="bonneporte bench pipelines", description="candidate pipelines side by side")
    parser.add_argument("--only", action="append", choices=list(CANDIDATES), help="this candidate (may be repeated)")
    parser.add_argument("--epochs", type=int, default=6, help="epochs of DIET (default: 6; Rasa's own are 100, some three hours)")
    parser.add_argument("--keep", type=Path, help="write results there, and do not measure again what is there")
    parser.add_argument("--json", action="store_true", help="the results instead of the table")
    asked = parser.parse_args()
    kept: dict[str, dict[str, Any]] = {}
    if asked.keep and asked.keep.is_file():
        kept = {one["name"]: one for one in map(json.loads, asked.keep.read_text("utf-8").splitlines())}
    results = []
    for name in asked.only or CANDIDATES:
        if name not in kept:
            kept[name] = measure(name, asked.epochs)
            if asked.keep:
                with asked.keep.open("a", encoding="utf-8") as file:
                    file.write(json.dumps(kept[name], ensure_ascii=False) + "\n")
        results.append(kept[name])
    print(json.dumps(results, ensure_ascii=False, indent=1) if asked.json else table(results))


if __name__ == "__main__":
    main()

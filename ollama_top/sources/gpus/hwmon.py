"""What a card's sensors say, in the units of Linux's hwmon: thousandths of degrees, millionths of watts."""

from dataclasses import dataclass, field

from ollama_top.model.reading import Known, Missing, Reading, Why
from ollama_top.sources.gpus.look import Told
from ollama_top.sources.gpus.sysfs import Files, scaled, untold

HIGHEST_PWM = 255
SUBJECTS = {
    "temperature_celsius": "the temperature of this card",
    "power_w": "the power of this card",
    "power_limit_w": "the power limit of this card",
    "energy_j": "the energy of this card",
    "fan_percent": "a fan of this card",
}


def sensors(hwmon: Files | None) -> Told:
    """The fields of a GPU that sensors tell; each Missing where the card has no sensors."""
    if hwmon is None:
        return {name: untold(subject) for name, subject in SUBJECTS.items()}
    return {
        "temperature_celsius": scaled(_number(hwmon, "temperature_celsius", "temp1_input"), 1e-3),
        "power_w": scaled(_number(hwmon, "power_w", "power1_average", "power1_input"), 1e-6),
        "power_limit_w": scaled(_number(hwmon, "power_limit_w", "power1_cap", "power1_max"), 1e-6),
        "energy_j": scaled(_number(hwmon, "energy_j", "energy1_input"), 1e-6),
        "fan_percent": scaled(_number(hwmon, "fan_percent", "pwm1"), 100 / HIGHEST_PWM),
    }


def _number(hwmon: Files, name: str, *files: str) -> Reading[int]:
    return hwmon.first(SUBJECTS[name], *files)


@dataclass(slots=True)
class PowerMeter:
    """Works out the power of cards whose sensors tell the energy only: what was drawn between two looks."""

    _last: dict[str, tuple[float, float]] = field(default_factory=dict)  # seconds and joules, by card

    def power_w(self, card: str, now_s: float, energy_j: Known[float]) -> Reading[float]:
        """The mean power since the last look."""
        before = self._last.get(card)
        self._last[card] = now_s, energy_j.value
        if before is None or now_s <= before[0] or energy_j.value < before[1]:
            return Missing(Why.PENDING, "Needs two looks.")
        return Known((energy_j.value - before[1]) / (now_s - before[0]), energy_j.source)

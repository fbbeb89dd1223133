"""What is told to Prometheus of this machine's GPUs."""

from collections.abc import Iterator

from ollama_top.metrics.told import OF_GPU, Sample, by_gpu, gpu_labels, hertz, ratio, states, told
from ollama_top.model.frame import Frame
from ollama_top.model.gpu import Throttle
from ollama_top.model.reading import Known, Reading


def _infos(frame: Frame) -> Iterator[Sample]:
    for gpu in frame.snapshot.gpus:
        yield (*gpu_labels(gpu), _word(gpu.name), _word(gpu.uuid), _word(gpu.driver_version)), 1.0


def _word(reading: Reading[str]) -> str:
    return reading.value if isinstance(reading, Known) else ""


def _throttles(frame: Frame) -> Iterator[Sample]:
    for gpu in frame.snapshot.gpus:
        if isinstance(gpu.throttle, Known):
            yield from states(Throttle, gpu.throttle.value, gpu_labels(gpu))


OF_GPUS = (
    told(
        "gpu_info",
        "A GPU of this machine; always 1. What is not known of it is empty.",
        _infos,
        (*OF_GPU, "name", "uuid", "driver"),
    ),
    told(
        "gpu_ok",
        "Whether a GPU could be read at the last look.",
        lambda frame: ((gpu_labels(each), float(each.problem is None)) for each in frame.snapshot.gpus),
        OF_GPU,
    ),
    by_gpu("gpu_memory_used_bytes", "Memory in use.", lambda gpu: gpu.memory_used_bytes),
    by_gpu("gpu_memory_size_bytes", "Memory in all.", lambda gpu: gpu.memory_total_bytes),
    by_gpu(
        "gpu_memory_other_bytes",
        "Memory in use that no listed process accounts for, worked out.",
        lambda gpu: gpu.memory_other_bytes,
    ),
    by_gpu(
        "gpu_utilization_ratio",
        "Share of the last sample period in which a kernel ran.",
        lambda gpu: ratio(gpu.utilization_percent),
    ),
    by_gpu("gpu_temperature_celsius", "Temperature of the chip.", lambda gpu: gpu.temperature_celsius),
    by_gpu("gpu_power_watts", "Power drawn.", lambda gpu: gpu.power_w),
    by_gpu("gpu_power_limit_watts", "Power limit in force.", lambda gpu: gpu.power_limit_w),
    by_gpu("gpu_energy_joules_total", "Energy drawn since its driver was loaded.", lambda gpu: gpu.energy_j),
    by_gpu("gpu_fan_ratio", "Speed that its fans are set to, of 1.", lambda gpu: ratio(gpu.fan_percent)),
    by_gpu("gpu_clock_hertz", "Clock of the cores that compute.", lambda gpu: hertz(gpu.clock_mhz)),
    by_gpu("gpu_clock_max_hertz", "Highest clock of these cores.", lambda gpu: hertz(gpu.clock_max_mhz)),
    told(
        "gpu_throttle",
        "What keeps its clocks low: 1 for what does now, else 0.",
        _throttles,
        (*OF_GPU, "reason"),
    ),
)
"""In the order in which they are told."""

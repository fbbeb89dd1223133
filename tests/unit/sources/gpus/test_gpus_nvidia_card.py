"""NVIDIA's cards, read by the real pynvml from the mock library, equal its state file."""

from gpus_clock import Clock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nvml_mock.expected import same_as_file
from nvml_mock.mock import Card, NvmlMock, jetson, rtx4090

from ollama_top.model.gpu import Throttle
from ollama_top.model.reading import Known, Missing, Source, Why
from ollama_top.sources.gpus.nvidia import REASK_S, NvidiaGpus
from ollama_top.sources.gpus.nvidia_card import normal_address

LOST: Card = {"error": "GPU_IS_LOST"}


def test_one_card_equals_the_state_file(driver: NvmlMock) -> None:
    driver.write(rtx4090(mem_used="14G", util_gpu=97, temp=71, power=312345))
    look = NvidiaGpus().read()
    assert same_as_file(look, driver)
    gpu = look.gpus[0]
    assert gpu.memory_used_bytes == Known(14 * 2**30, Source.NVIDIA)  # without the 454 MiB of the driver
    assert gpu.power_w == Known(312.345, Source.NVIDIA)
    assert gpu.utilization_percent == Known(97.0, Source.NVIDIA)


def test_an_old_driver_is_asked_the_old_way(old_driver: NvmlMock) -> None:
    old_driver.write(rtx4090(mem_used="14G"), rtx4090(1, temp=88))
    look = NvidiaGpus().read()
    assert same_as_file(look, old_driver, old_driver=True)
    assert look.gpus[0].memory_used_bytes == Known(14 * 2**30 + 454 * 2**20, Source.NVIDIA)
    assert look.gpus[1].temperature_celsius == Known(88.0, Source.NVIDIA)


def test_a_board_that_tells_next_to_nothing_has_reasons_instead_of_zeroes(driver: NvmlMock) -> None:
    driver.write(jetson())
    look = NvidiaGpus().read()
    assert same_as_file(look, driver)
    assert look.gpus[0].name == Known("Orin (nvgpu)", Source.NVIDIA)
    assert look.gpus[0].memory_total_bytes == Missing(
        Why.UNSUPPORTED,
        "NVIDIA's driver does not tell the memory of this card."
        " Boards that share the machine's memory, as Jetson and GB10 do, have none of their own.",
    )


def test_what_the_driver_calls_not_available_is_missing(driver: NvmlMock) -> None:
    driver.write(rtx4090(power="-"))  # as laptops answer: all bits set, which would be 4.3 MW
    look = NvidiaGpus().read()
    assert same_as_file(look, driver)
    assert isinstance(look.gpus[0].power_w, Missing)


def test_a_value_that_this_user_may_not_read_is_denied(driver: NvmlMock) -> None:
    driver.write(rtx4090(error__nvmlDeviceGetPowerUsage="NO_PERMISSION"))
    look = NvidiaGpus().read()
    assert same_as_file(look, driver)
    assert look.gpus[0].power_w == Missing(
        Why.DENIED, "NVIDIA's driver does not let this user read the power of this card."
    )


def test_an_error_that_nobody_knows_is_told_in_the_words_of_the_driver(driver: NvmlMock) -> None:
    driver.write(rtx4090(error__nvmlDeviceGetUtilizationRates="NOT_READY"))
    assert NvidiaGpus().read().gpus[0].utilization_percent == Missing(
        Why.FAILED,
        "Asked for the load of this card, NVIDIA's driver answered: System is not in ready state.",
    )


def test_a_card_kept_from_this_user_is_in_the_list_with_its_problem(driver: NvmlMock) -> None:
    driver.write(rtx4090(error="NO_PERMISSION"), rtx4090(1))
    look = NvidiaGpus().read()
    assert same_as_file(look, driver)
    assert look.gpus[0].problem == "NVIDIA's driver does not let this user read this card."


def test_a_lost_card_keeps_its_name_and_the_others_go_on(driver: NvmlMock) -> None:
    gpus = NvidiaGpus()
    driver.write(rtx4090(), rtx4090(1))
    before = gpus.read().gpus
    driver.write(rtx4090() | LOST, rtx4090(1, mem_used="20G"))
    lost, other = gpus.read().gpus
    assert (lost.name, lost.uuid) == (before[0].name, before[0].uuid)
    assert lost.problem == "This card is lost: its driver cannot reach it any more."
    assert lost.memory_used_bytes == lost.power_limit_w == Missing(Why.FAILED, lost.problem)
    assert (other.problem, other.memory_used_bytes) == (None, Known(20 * 2**30, Source.NVIDIA))


def test_a_card_lost_in_the_middle_of_a_look_is_lost_as_a_whole(driver: NvmlMock) -> None:
    driver.write(rtx4090(error__nvmlDeviceGetPowerUsage="GPU_IS_LOST"))
    gpu = NvidiaGpus().read().gpus[0]
    assert gpu.problem == "This card is lost: its driver cannot reach it any more."
    assert isinstance(gpu.memory_used_bytes, Missing)


def test_a_card_that_hangs_says_what_mends_it(driver: NvmlMock) -> None:
    driver.write(rtx4090(error="RESET_REQUIRED"))
    look = NvidiaGpus().read()
    assert same_as_file(look, driver)
    assert look.gpus[0].problem == "This card hangs, and answers again only after a reset."


def test_reasons_to_be_slow_are_words_and_an_unknown_one_is_said_to_be_there(driver: NvmlMock) -> None:
    driver.write(rtx4090(throttle=0x4 | 0x20), rtx4090(1, throttle=0x80000), rtx4090(2, throttle=0))
    told = [gpu.throttle for gpu in NvidiaGpus().read().gpus]
    assert told == [
        Known((Throttle.POWER_CAP, Throttle.HEAT), Source.NVIDIA),
        Known((Throttle.OTHER,), Source.NVIDIA),
        Known((), Source.NVIDIA),
    ]


def test_a_performance_state_that_the_driver_does_not_know_is_missing(driver: NvmlMock) -> None:
    driver.write(rtx4090(pstate=32))
    assert isinstance(NvidiaGpus().read().gpus[0].performance_state, Missing)


def test_a_slice_whose_memory_may_not_be_read_is_there_all_the_same(driver: NvmlMock) -> None:
    driver.write(rtx4090(mig=1, slice=("MIG-1,-,10G", "MIG-2,1G,10G")))
    devices = NvidiaGpus().read().gpus[0].mig_devices
    assert isinstance(devices, Known)
    assert [each.uuid for each in devices.value] == [Known(f"MIG-{n}", Source.NVIDIA) for n in (1, 2)]


def test_an_address_is_written_as_linux_writes_it() -> None:
    assert normal_address("00000000:0A:00.0") == "0000:0a:00.0"
    assert normal_address("0000:0a:00.0") == "0000:0a:00.0"


def test_a_name_that_is_not_utf8_does_not_hide_the_card(driver: NvmlMock) -> None:
    driver.write(rtx4090(name="PLACE"))
    text = driver.state.read_bytes().replace(b"PLACE", b"RTX \xff\xfe")
    driver.state.write_bytes(text)
    gpu = NvidiaGpus().read().gpus[0]
    assert gpu.name == Missing(
        Why.FAILED,
        "Asked for the name of this card, NVIDIA's driver answered: a text that is not UTF-8.",
    )
    assert gpu.problem is None


FUNCTIONS = ("Name", "UUID", "MemoryInfo_v2", "UtilizationRates", "TemperatureV", "PowerUsage")
cards = st.builds(
    lambda card, hidden, errors: (
        {key: value for key, value in card.items() if key not in hidden}
        | {f"error.nvmlDeviceGet{name}": error for name, error in errors.items()}
    ),
    st.builds(
        rtx4090,
        st.integers(0, 99),
        mem_total=st.integers(2**34, 2**40),
        mem_used=st.integers(0, 2**33),
        util_gpu=st.integers(0, 100),
        temp=st.integers(0, 120),
        power=st.integers(0, 10**6),
        throttle=st.integers(0, 2**11 - 1),
        proc=st.lists(
            st.builds(
                "{},{},{}".format,
                st.integers(1, 2**22),
                st.sampled_from(["C", "G", "CG"]),
                st.one_of(st.just("-"), st.integers(0, 2**40)),
            ),
            max_size=6,
            unique_by=lambda line: line.split(",")[0],
        ).map(tuple),
    ),
    st.sets(st.sampled_from(sorted(rtx4090()))),
    st.dictionaries(st.sampled_from(FUNCTIONS), st.sampled_from(["NO_PERMISSION", "UNKNOWN", "TIMEOUT"])),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(cards, max_size=8), min_size=1, max_size=3))
def test_whatever_the_driver_says_is_what_is_read(driver: NvmlMock, scenes: list[list[Card]]) -> None:
    clock = Clock()
    gpus = NvidiaGpus(clock)
    for scene in scenes:
        clock.now_s += REASK_S
        driver.write(*scene)
        assert same_as_file(gpus.read(), driver)

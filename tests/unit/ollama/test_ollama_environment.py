"""The border: no value passes that may be a secret, or that is none of a monitor's business."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ollama_top.model.process import Variable
from ollama_top.ollama.environment import concerns, is_secret, variables

KEPT = {
    "OLLAMA_NUM_PARALLEL": "4",
    "OLLAMA_HOST": "http://0.0.0.0:11434",
    "OLLAMA_KEEP_ALIVE": "5m",
    "OLLAMA_ORIGINS": "http://a,https://*",
    "LLAMA_ARG_FIT": "off",
    "GGML_VK_VISIBLE_DEVICES": "0",
    "CUDA_VISIBLE_DEVICES": "0,1",
    "NVIDIA_VISIBLE_DEVICES": "all",
    "HIP_VISIBLE_DEVICES": "",
    "ROCR_VISIBLE_DEVICES": "GPU-1",
    "HSA_OVERRIDE_GFX_VERSION": "10.3.0",
    "GPU_DEVICE_ORDINAL": "0",
}
NEVER = {
    "PATH": "/bin",
    "HTTPS_PROXY": "http://me:pw@proxy:3128",
    "AWS_SECRET_ACCESS_KEY": "x",
    "OLLAMA_API_KEY": "x",
    "OLLAMA_TOKEN": "x",
    "OLLAMA_DB_PASSWORD": "x",
    "LLAMA_ARG_API_KEY": "x",
    "LLAMA_ARG_HF_TOKEN": "x",
    "NVIDIA_my_secret": "x",
    "OLLAMA_HOST": "http://me:pw@0.0.0.0",
    "XOLLAMA_HOST": "x",
    "ollama_host": "x",
    "": "x",
}
NAMES = st.text(max_size=12) | st.builds(
    "".join,
    st.lists(st.sampled_from(["OLLAMA_", "CUDA_", "GGML_", "KEY", "Token", "HOST", "_", "PASSWORD", "x"])),
)


@pytest.mark.parametrize(("name", "value"), KEPT.items())
def test_what_concerns_a_server_is_kept(name: str, value: str) -> None:
    assert variables([(name, value)]) == (Variable(name, value),)


@pytest.mark.parametrize(("name", "value"), NEVER.items())
def test_of_all_else_there_is_a_name_only(name: str, value: str) -> None:
    assert variables([(name, value)]) == (Variable(name, None),)


@given(st.lists(st.tuples(NAMES, st.text(max_size=8))))
def test_no_other_value_passes(pairs: list[tuple[str, str]]) -> None:
    kept = variables(pairs)
    assert sorted(each.name for each in kept) == sorted(name for name, _ in pairs)
    for each in kept:
        assert each.value is None or (concerns(each.name) and not is_secret(each.name))


@given(st.text(st.characters(exclude_characters="/@")), st.text(st.characters(exclude_characters="/@ ")))
def test_no_login_passes(before: str, login: str) -> None:
    login = "".join(login.split())
    assert variables([("OLLAMA_HOST", f"{before}://{login}@host:1/")]) == (Variable("OLLAMA_HOST", None),)

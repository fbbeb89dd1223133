"""The architectures of llama.cpp at 4df29be4f, by what memory it makes for them. Names are GGUF's.

Read in src/llama-arch.cpp and in `create_memory` of src/llama-model.cpp.
"""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


OLLAMAS = _names("deepseekocr glm4moelite glmocr gptoss nemotron_h_omni olmo3 qwen25vl")
"""Names in files of Ollama's library; it hands them over to llama.cpp under another."""

KNOWN = OLLAMAS | _names(
    """
    afmoe apertus arcee arctic arwkv7 baichuan bailingmoe bailingmoe2 bert bitnet bloom chameleon
    chatglm codeshell cogvlm cohere2 cohere2moe command-r dbrx deci deepseek deepseek2 deepseek2-ocr
    deepseek32 deepseek4 dflash dots1 dream eagle3 ernie4_5 ernie4_5-moe eurobert exaone exaone-moe
    exaone4 falcon falcon-h1 gemma gemma-embedding gemma2 gemma3 gemma3n gemma4 gemma4-assistant glm-dsa
    glm4 glm4moe gpt-oss gpt2 gptj gptneox granite granitehybrid granitemoe graniteswitch grok grovemoe
    hunyuan-dense hunyuan-moe hunyuan_vl hy_v3 internlm2 jais jais2 jamba jina-bert-v2 jina-bert-v3
    kimi-k3 kimi-linear laguna lfm2 lfm2moe llada llada-moe llama llama-embed llama4 maincoder mamba
    mamba2 mellum mimo2 minicpm minicpm3 minimax-01 minimax-m2 minimax-m3 mistral3 mistral4 modern-bert
    mpt muse-glimmer nanbeige nemotron nemotron_h nemotron_h_moe neo-bert nomic-bert nomic-bert-moe olmo
    olmo2 olmoe openelm orion paddleocr pangu-embedded phi2 phi3 phimoe plamo plamo2 plamo3 plm
    pockettts qwen qwen2 qwen2moe qwen2vl qwen3 qwen35 qwen35moe qwen3moe qwen3next qwen3tts qwen3vl
    qwen3vlmoe refact rnd1 rwkv6 rwkv6qwen2 rwkv7 seed_oss smallthinker smollm3 stablelm starcoder
    starcoder2 step35 t5 t5encoder talkie wavtokenizer-dec xverse
    """
)
"""An architecture that is not among these may keep its tokens in a way unknown here."""

WITHOUT_CACHE = _names(
    """
    bert modern-bert nomic-bert nomic-bert-moe neo-bert jina-bert-v2 jina-bert-v3 eurobert
    wavtokenizer-dec gemma-embedding dream llada llada-moe rnd1
    """
)
"""Encoders and diffusion models, which keep nothing of what they have read."""

OF_ANOTHER_KIND = _names(
    """
    deepseek32 deepseek4 dflash eagle3 gemma4-assistant glm-dsa graniteswitch kimi-k3 minimax-m3
    mllama nanbeige t5 t5encoder
    """
)
"""Architectures with caches of their own: indexers, compressed ages, layers run twice, cross attention."""

OF_OLLAMAS_ENGINE = _names(
    """
    bert deepseek2 deepseekocr gemma3 gemma3n gemma4 gptoss gpt-oss laguna llama4 mistral3 mllama
    nemotron_h nemotron_h_moe nemotron_h_omni nomic-bert olmo3 qwen25vl qwen3 qwen3moe qwen35 qwen35moe
    qwen3next qwen3vl qwen3vlmoe glm4moelite glmocr lfm2 lfm2moe
    """
)
"""What 0.24 runs in an engine of Ollama's own (OllamaEngineRequired in fs/ggml/ggml.go)."""

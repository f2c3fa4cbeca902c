"""Which architectures of transformers continue a text, and what others are for. Imports no transformers, which is slow.

`tests/engine/test_doctor.py` holds the list against the version of transformers that is installed.
"""

from aigc_desktop.i18n import mark

# model_type and class, as transformers' MODEL_FOR_CAUSAL_LM_MAPPING_NAMES pairs them.
CAUSAL: dict[str, str] = dict(
    line.split()
    for line in """
afmoe AfmoeForCausalLM
apertus ApertusForCausalLM
arcee ArceeForCausalLM
aria_text AriaTextForCausalLM
axk1 AXK1ForCausalLM
axk2 AXK2ForCausalLM
bailing_hybrid BailingHybridForCausalLM
bamba BambaForCausalLM
bart BartForCausalLM
beam BeamForCausalLM
bert BertLMHeadModel
bert-generation BertGenerationDecoder
big_bird BigBirdForCausalLM
bigbird_pegasus BigBirdPegasusForCausalLM
biogpt BioGptForCausalLM
bitnet BitNetForCausalLM
blenderbot BlenderbotForCausalLM
blenderbot-small BlenderbotSmallForCausalLM
bloom BloomForCausalLM
blt BltForCausalLM
camembert CamembertForCausalLM
codegen CodeGenForCausalLM
cohere CohereForCausalLM
cohere2 Cohere2ForCausalLM
cohere2_moe Cohere2MoeForCausalLM
cohere_compass_text CohereCompassForCausalLM
cpmant CpmAntForCausalLM
ctrl CTRLLMHeadModel
cwm CwmForCausalLM
data2vec-text Data2VecTextForCausalLM
dbrx DbrxForCausalLM
deepseek_v2 DeepseekV2ForCausalLM
deepseek_v3 DeepseekV3ForCausalLM
deepseek_v32 DeepseekV32ForCausalLM
deepseek_v4 DeepseekV4ForCausalLM
diffllama DiffLlamaForCausalLM
doge DogeForCausalLM
dots1 Dots1ForCausalLM
dots3_note Dots3NoteForCausalLM
dots3_note_text Dots3NoteForCausalLM
electra ElectraForCausalLM
emu3 Emu3ForCausalLM
ernie ErnieForCausalLM
ernie4_5 Ernie4_5ForCausalLM
ernie4_5_moe Ernie4_5_MoeForCausalLM
exaone4 Exaone4ForCausalLM
exaone_moe ExaoneMoeForCausalLM
falcon FalconForCausalLM
falcon_h1 FalconH1ForCausalLM
falcon_mamba FalconMambaForCausalLM
flex_olmo FlexOlmoForCausalLM
flint FlintForCausalLM
fuyu FuyuForCausalLM
gemma GemmaForCausalLM
gemma2 Gemma2ForCausalLM
gemma3 Gemma3ForConditionalGeneration
gemma3_text Gemma3ForCausalLM
gemma3n Gemma3nForConditionalGeneration
gemma3n_text Gemma3nForCausalLM
gemma4 Gemma4ForConditionalGeneration
gemma4_assistant Gemma4AssistantForCausalLM
gemma4_text Gemma4ForCausalLM
gemma4_unified Gemma4UnifiedForConditionalGeneration
gemma4_unified_assistant Gemma4UnifiedAssistantForCausalLM
gemma4_unified_text Gemma4UnifiedForCausalLM
git GitForCausalLM
glm GlmForCausalLM
glm4 Glm4ForCausalLM
glm4_moe Glm4MoeForCausalLM
glm4_moe_lite Glm4MoeLiteForCausalLM
glm_moe_dsa GlmMoeDsaForCausalLM
got_ocr2 GotOcr2ForConditionalGeneration
gpt-sw3 GPT2LMHeadModel
gpt2 GPT2LMHeadModel
gpt_bigcode GPTBigCodeForCausalLM
gpt_neo GPTNeoForCausalLM
gpt_neox GPTNeoXForCausalLM
gpt_neox_japanese GPTNeoXJapaneseForCausalLM
gpt_oss GptOssForCausalLM
gptj GPTJForCausalLM
granite GraniteForCausalLM
granite_swa GraniteSWAForCausalLM
granitemoe GraniteMoeForCausalLM
granitemoe_swa GraniteMoeSWAForCausalLM
granitemoehybrid GraniteMoeHybridForCausalLM
granitemoeshared GraniteMoeSharedForCausalLM
helium HeliumForCausalLM
hrm_text HrmTextForCausalLM
hunyuan_v1_dense HunYuanDenseV1ForCausalLM
hunyuan_v1_moe HunYuanMoEV1ForCausalLM
hy_v3 HYV3ForCausalLM
hy_v4 HYV4ForCausalLM
hyperclovax HyperCLOVAXForCausalLM
inkling2_text Inkling2ForCausalLM
inkling_text InklingForCausalLM
internlm3 LlamaForCausalLM
iquestcoder LlamaForCausalLM
jais2 Jais2ForCausalLM
jamba JambaForCausalLM
jetmoe JetMoeForCausalLM
kimi_linear KimiLinearForCausalLM
kolibri1 Kolibri1ForCausalLM
laguna LagunaForCausalLM
lfm2 Lfm2ForCausalLM
lfm2_moe Lfm2MoeForCausalLM
lfm3 Lfm3ForCausalLM
llama LlamaForCausalLM
llama4 Llama4ForCausalLM
llama4_text Llama4ForCausalLM
longcat_flash LongcatFlashForCausalLM
mamba MambaForCausalLM
mamba2 Mamba2ForCausalLM
marian MarianForCausalLM
mbart MBartForCausalLM
megatron-bert MegatronBertForCausalLM
mellum MellumForCausalLM
mimo_v2_flash MiMoV2FlashForCausalLM
minicpm3 MiniCPM3ForCausalLM
minimax MiniMaxForCausalLM
minimax_m2 MiniMaxM2ForCausalLM
minimax_m3_vl_text MiniMaxM3VLForCausalLM
ministral MinistralForCausalLM
ministral3 Ministral3ForCausalLM
mistral MistralForCausalLM
mixtral MixtralForCausalLM
mllama MllamaForCausalLM
modernbert-decoder ModernBertDecoderForCausalLM
moshi MoshiForCausalLM
moss_transcribe_diarize MossTranscribeDiarizeForConditionalGeneration
mpt MptForCausalLM
musicgen MusicgenForCausalLM
musicgen_melody MusicgenMelodyForCausalLM
mvp MvpForCausalLM
nanochat NanoChatForCausalLM
nemotron NemotronForCausalLM
nemotron_h NemotronHForCausalLM
olmo OlmoForCausalLM
olmo2 Olmo2ForCausalLM
olmo3 Olmo3ForCausalLM
olmo_hybrid OlmoHybridForCausalLM
olmoe OlmoeForCausalLM
openai-gpt OpenAIGPTLMHeadModel
opt OPTForCausalLM
pegasus PegasusForCausalLM
persimmon PersimmonForCausalLM
phi PhiForCausalLM
phi3 Phi3ForCausalLM
phi4_multimodal Phi4MultimodalForCausalLM
phimoe PhimoeForCausalLM
plbart PLBartForCausalLM
prophetnet ProphetNetForCausalLM
qwen2 Qwen2ForCausalLM
qwen2_moe Qwen2MoeForCausalLM
qwen3 Qwen3ForCausalLM
qwen3_5 Qwen3_5ForCausalLM
qwen3_5_moe Qwen3_5MoeForCausalLM
qwen3_5_moe_text Qwen3_5MoeForCausalLM
qwen3_5_text Qwen3_5ForCausalLM
qwen3_moe Qwen3MoeForCausalLM
qwen3_next Qwen3NextForCausalLM
qwen4_exp Qwen4ExpForCausalLM
qwen4_exp_text Qwen4ExpForCausalLM
recurrent_gemma RecurrentGemmaForCausalLM
reformer ReformerModelWithLMHead
rembert RemBertForCausalLM
roberta RobertaForCausalLM
roberta-prelayernorm RobertaPreLayerNormForCausalLM
roc_bert RoCBertForCausalLM
roformer RoFormerForCausalLM
rwkv RwkvForCausalLM
seed_oss SeedOssForCausalLM
smollm3 SmolLM3ForCausalLM
solar_open SolarOpenForCausalLM
stablelm StableLmForCausalLM
starcoder2 Starcoder2ForCausalLM
trocr TrOCRForCausalLM
vaultgemma VaultGemmaForCausalLM
whisper WhisperForCausalLM
xglm XGLMForCausalLM
xlm XLMWithLMHeadModel
xlm-roberta XLMRobertaForCausalLM
xlm-roberta-xl XLMRobertaXLForCausalLM
xlnet XLNetLMHeadModel
xlstm xLSTMForCausalLM
xmod XmodForCausalLM
youtu YoutuForCausalLM
zamba ZambaForCausalLM
zamba2 Zamba2ForCausalLM
zaya ZayaForCausalLM
""".strip().splitlines()
)

# Encoders and halves of other models, which continue a text only where config.json names that very class.
OFTEN_OTHER = frozenset(
    [
        "bart",
        "bert",
        "big_bird",
        "bigbird_pegasus",
        "blenderbot",
        "blenderbot-small",
        "camembert",
        "data2vec-text",
        "electra",
        "ernie",
        "fuyu",
        "git",
        "got_ocr2",
        "marian",
        "mbart",
        "megatron-bert",
        "moshi",
        "moss_transcribe_diarize",
        "musicgen",
        "musicgen_melody",
        "mvp",
        "pegasus",
        "plbart",
        "prophetnet",
        "reformer",
        "rembert",
        "roberta",
        "roberta-prelayernorm",
        "roc_bert",
        "roformer",
        "trocr",
        "whisper",
        "xlm",
        "xlm-roberta",
        "xlm-roberta-xl",
        "xmod",
    ]
)

# What a class is for, by the end of its name.
KINDS: tuple[tuple[str, str], ...] = (
    ("ForMaskedLM", mark("a model that fills the gaps in a text")),
    ("ForPreTraining", mark("a model that fills the gaps in a text")),
    ("ForSequenceClassification", mark("a model that sorts texts")),
    ("ForTokenClassification", mark("a model that marks words in a text")),
    ("ForMultipleChoice", mark("a model that chooses among answers")),
    ("ForQuestionAnswering", mark("a model that finds answers in a text")),
    ("MTModel", mark("a model that translates or rewrites a text")),
    ("ForSpeechSeq2Seq", mark("a model for speech")),
    ("ForCTC", mark("a model for speech")),
    ("ForAudioClassification", mark("a model for sounds")),
    ("ForImageClassification", mark("a model for pictures")),
    ("ForObjectDetection", mark("a model for pictures")),
    ("ForConditionalGeneration", mark("a model that turns one text, sound or picture into another text")),
    ("Pipeline", mark("a model that makes pictures")),
)

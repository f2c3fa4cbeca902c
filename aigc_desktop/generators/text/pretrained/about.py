"""How a pretrained language model works, in the user's words."""

from aigc_desktop.i18n import mark

ABOUT = mark(
    "A language model reads a text and says, for every token it knows (a word, a piece of a word, a character), how likely "
    "it comes next. To write, one token is drawn, read, and so on. Models that others have trained on very much text "
    "(GPT-2, Llama, Qwen, SmolLM, Pythia and many more) are folders: `config.json` says how the network is built, "
    "`*.safetensors` hold its weights, `tokenizer.json` says how text becomes tokens. Choose such a folder; it is used where "
    "it lies, nothing is copied, and nothing is sent anywhere. Also the models that you train here with GPT or by "
    "fine-tuning can be opened.\n\n"
    "**What is looked at first.** The *model doctor* reads what the folder says of itself before anything is loaded: whether "
    "a file is missing or damaged, how much memory it takes with 32, 16 and 8 bits, and whether that fits. Weights kept as "
    "pickles (`.bin`, `.pt`) could run a program when they are opened, and program code that a folder brings along could "
    "do anything; neither is ever opened or run here.\n\n"
    "**How it chooses.** From the scores s of the tokens, chances are made with the temperature T:\n\n"
    "    p(token) = exp(s / T) / Σ exp(s / T)\n\n"
    "*Top k* keeps the k likeliest, *top p* the fewest whose chances add up to p (Holtzman and others 2020), *min p* those "
    "not less likely than a share of the likeliest (Nguyen and others 2024). The *repetition penalty* makes less likely what "
    "stands there already (Keskar and others 2019). *Beams* draw nothing: several beginnings are followed at once, and the "
    "text with the greatest chance as a whole is kept; all of the best stand side by side.\n\n"
    "**How much it sees.** A model reads a certain number of tokens at once, its context. A longer start text is cut at the "
    "front for the model (you are told what it does not see), and stays whole in what you get.\n\n"
    "**In the prompt**, `{sad|merry}` is one or the other, and `__colours__` a line of the word list of that name; every "
    "text that is written draws for itself.\n\n"
    "What such a model says may be wrong, and may repeat what it has read. Its licence is in its folder, as a rule.\n\n"
    "Vaswani and others 2017, *Attention is all you need*. Radford and others 2019, *Language models are unsupervised "
    "multitask learners*. Touvron and others 2023, *LLaMA*."
)

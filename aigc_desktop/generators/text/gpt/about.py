"""How a GPT works, in the user's words."""

ABOUT = """
A GPT reads a stretch of text all at once and says, at each place of it, how likely every possible next character (or word
piece) is. Training shows it the true next one, millions of times, and shifts its weights so that the truth becomes a
little likelier. To write, it draws a character from its own probabilities, reads it along with the rest, and goes on.

Unlike an LSTM it keeps no memory that fades. At each place it can look straight at any earlier place of its context, as
far back as that reaches. The looking is called **attention**.

**Attention.** Each place carries a list of numbers x. From it every head makes a question q, a label k by which the place
can be found, and a content v:

    q = W₁ x      k = W₂ x      v = W₃ x

Where a question fits a label, q · k is large. Over all places up to the present one that becomes shares with the sum 1,
and the head takes that mixture of their contents (d is how many numbers q has):

    share = softmax(q · k / √d)      taken = Σ share · v

What comes later is never looked at: it is to be foretold. One head may look at the last letter, another at the beginning
of the word, a third at who is speaking. The view **Attention** shows the shares on a sentence that training never saw.

**A layer** is attention and then a small network at each place by itself; both add to x, they do not replace it:

    x ← x + attention(norm(x))      x ← x + network(norm(x))

**Where a place is.** Attention itself knows no order. GPT-2 learns a list of numbers for each place and adds it. Llama
turns q and k by an angle that grows with the place, so that q · k depends on how far apart two places are (rotary
positions). Llama also uses a simpler norm, x / √mean(x²), and a network with a gate:

    network(x) = C (silu(A x) · B x)

**What is measured.** The loss is the mean of −ln p(true next character): nats per character, the same unit for
characters and word pieces, and for the LSTM. Divided by ln 2 it is bits per character; e to its power is the perplexity,
the number of characters the model wavers between. The held-out figure is taken on the last tenth of one long text (or a
tenth of the files), read so that every character counted has at least half a context before it. Where it stops falling,
the model begins to learn by heart. The view **Held-out passage** colours a passage by the loss of each character.

**How it is trained here.** Stretches of the text, in a new order and cut at new places each time through, half of them at
the beginning of a line or a text. The weight matrices are changed by Muon: the direction G in which the loss falls,
averaged over the last steps, is replaced by the nearest matrix that changes all directions equally much. With the
singular values S of G = U S Vᵀ,

    W ← W − rate · U Vᵀ

which a few matrix products come close to. Tables and scales are changed by AdamW. The rate falls in a straight line to
zero. Looks, samples and the model kept are those of a moving average of the weights.

**What you get** is a folder in the common format of Hugging Face transformers. Other programs open it as they open any
model of the same kind, and it can be trained further here.

Vaswani et al. 2017, *Attention is all you need*. Radford et al. 2019, *Language models are unsupervised multitask
learners* (GPT-2). Touvron et al. 2023, *LLaMA: open and efficient foundation language models*. Su et al. 2021,
*RoFormer* (rotary positions). Shazeer 2020, *GLU variants improve Transformer*. Zhang and Sennrich 2019, *Root mean square
layer normalization*. Jordan et al. 2024, *Muon: an optimizer for hidden layers in neural networks*.
""".strip()

"""The network that learns: word and word-part vectors, one wide look at five words, then every head at once."""

import torch
import torch.nn.functional as F
from torch import nn

THEMES = ("price", "billing", "refund", "product", "reliability", "delivery", "reach", "advisor", "resolution",
          "speed", "digital", "contract", "honesty", "place", "overall")  # fmt: skip
EMOTIONS = ("joy", "gratitude", "anger", "disappointment", "worry", "surprise")
INTENTS = ("complaint", "praise", "question", "request", "suggestion", "recommend", "warn", "churn", "loyal")
QUESTIONS = ("needs_met", "easy", "enjoyable")
PROBLEMS = ("none", "open", "solved", "relapsed")
OPINIONS = [(theme, sign) for theme in THEMES for sign in (-1, 1)]
SIZES = {
    "sentiment": 3, "stars": 3, "tweet": 3, "aspect": 3, "emotion": 6, "intent": 9,
    "needs_met": 3, "easy": 3, "enjoyable": 3, "problem": 4,
}  # fmt: skip


class Network(nn.Module):
    def __init__(self, words, parts, dim=96, hidden=192, pooled=128, reach=5):
        super().__init__()
        self.word = nn.Embedding(words, dim, padding_idx=0)
        self.part = nn.Embedding(parts, dim, padding_idx=0)
        nn.init.normal_(self.word.weight, std=0.1)
        nn.init.normal_(self.part.weight, std=0.05)
        with torch.no_grad():
            self.word.weight[0] = 0
            self.part.weight[0] = 0
        self.look = nn.Conv1d(dim, hidden, reach, padding=reach // 2)
        self.pool = nn.Linear(2 * hidden, pooled)
        self.context = nn.Linear(pooled, hidden)
        self.token = nn.Linear(hidden, len(OPINIONS))
        self.whole = nn.Linear(pooled, len(OPINIONS))
        self.heads = nn.ModuleDict(
            {k: nn.Linear(2 * hidden + pooled + len(OPINIONS), n) for k, n in SIZES.items()}
        )
        self.guess = nn.Linear(hidden, dim)
        self.drop = nn.Dropout(0.2)

    def vectors(self, number, parts):
        """Vectors of distinct words: own vector plus the mean of the parts'."""
        n = (parts > 0).sum(-1, keepdim=True).clamp(min=1)
        return self.word(number) + self.part(parts).sum(-2) / n

    def hidden(self, vectors, index):
        """What stands around each word: [texts, words, hidden]; index [texts, words] points into vectors."""
        seen = F.embedding(index, vectors)
        return F.relu(self.look(self.drop(seen).transpose(1, 2))).transpose(1, 2)

    def forward(self, vectors, index, mask):
        h = self.hidden(vectors, index) * mask[..., None]
        top = h.max(1).values
        mean = h.sum(1) / mask.sum(1, keepdim=True).clamp(min=1)
        both = torch.cat([top, mean], 1)
        pooled = F.relu(self.pool(self.drop(both)))
        h2 = F.relu(h + self.context(pooled)[:, None]) * mask[..., None]
        token = self.token(self.drop(h2))
        best = token.masked_fill(mask[..., None] == 0, -30)
        theme = torch.logsumexp(best * 2, 1) / 2 + self.whole(self.drop(pooled))
        features = self.drop(torch.cat([both, pooled, torch.sigmoid(theme)], 1))
        return token, theme, {k: head(features) for k, head in self.heads.items()}

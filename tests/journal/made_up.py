"""Made-up tokens and passwords of well-known services, put together when they are asked for: no scanner of secrets finds one here.

The formats are restated, not taken from the package: what is wrong there is to be seen here.
"""

from __future__ import annotations

import random
import string
from collections.abc import Iterator

HEX, UPPER, LETTERS = "0123456789abcdef", string.ascii_uppercase + "234567", string.ascii_letters + string.digits
WORD = LETTERS + "_-"

#: Service, what stands at the beginning (the parts are joined), the characters of the rest, and how many.
SERVICES: tuple[tuple[str, tuple[str, ...], str, int], ...] = (
    ("1password", ("ops", "_ey", "J"), LETTERS, 200),
    ("adafruit", ("ai", "o_"), LETTERS, 28),
    ("age", ("AGE-SECRET", "-KEY-1"), UPPER, 58),
    ("alibaba", ("LT", "AI"), LETTERS, 20),
    ("anthropic", ("sk", "-ant-", "api03-"), WORD, 95),
    ("apify", ("apify", "_api_"), LETTERS, 36),
    ("artifactory", ("AK", "Cp"), LETTERS, 69),
    ("atlassian", ("ATA", "TT3"), WORD, 186),
    ("aws", ("AK", "IA"), UPPER, 16),
    ("aws-temporary", ("AS", "IA"), UPPER, 16),
    ("bitbucket", ("AT", "BB"), LETTERS, 32),
    ("brevo", ("xkey", "sib-"), HEX, 64),
    ("buildkite", ("bk", "ua_"), HEX, 40),
    ("circleci", ("CCI", "PAT_"), WORD, 60),
    ("clojars", ("CLO", "JARS_"), HEX, 60),
    ("contentful", ("CF", "PAT-"), WORD, 43),
    ("crates", ("ci", "o"), LETTERS, 32),
    ("databricks", ("da", "pi"), HEX, 32),
    ("digitalocean", ("do", "p_v1_"), HEX, 64),
    ("docker", ("dc", "kr_pat_"), WORD, 27),
    ("doppler", ("d", "p.pt."), LETTERS, 43),
    ("dropbox", ("s", "l.B"), WORD, 130),
    ("duffel", ("duffel", "_live_"), WORD, 43),
    ("easypost", ("EZ", "AK"), LETTERS, 54),
    ("facebook", ("EA", "A"), LETTERS, 120),
    ("figma", ("fi", "gd_"), WORD, 40),
    ("flyio", ("fo", "1_"), WORD, 43),
    ("github", ("gh", "p_"), LETTERS, 36),
    ("github-app", ("gh", "s_"), LETTERS, 36),
    ("github-fine", ("github", "_pat_"), LETTERS + "_", 82),
    ("gitlab", ("gl", "pat-"), WORD, 20),
    ("google-key", ("AI", "za"), WORD, 35),
    ("google-oauth", ("ya", "29."), WORD, 130),
    ("google-client", ("GOC", "SPX-"), WORD, 28),
    ("grafana", ("gl", "sa_"), LETTERS, 41),
    ("groq", ("gs", "k_"), LETTERS, 52),
    ("heroku", ("HR", "KU-"), WORD, 58),
    ("hubspot", ("pat", "-na1-"), HEX + "-", 36),
    ("huggingface", ("h", "f_"), string.ascii_letters, 34),
    ("langsmith", ("lsv2", "_pt_"), HEX + "_", 45),
    ("linear", ("lin", "_api_"), LETTERS, 40),
    ("mailgun", ("ke", "y-"), HEX, 32),
    ("mapbox", ("s", "k.ey", "J"), WORD + ".", 80),
    ("netlify", ("nf", "p_"), LETTERS, 36),
    ("newrelic", ("NR", "AK-"), UPPER, 27),
    ("notion", ("nt", "n_"), LETTERS, 46),
    ("npm", ("np", "m_"), LETTERS, 36),
    ("nuget", ("o", "y2"), string.ascii_lowercase + string.digits, 43),
    ("nvidia", ("nv", "api-"), WORD, 64),
    ("openai", ("s", "k-"), LETTERS, 48),
    ("openai-project", ("sk-", "proj-"), WORD, 156),
    ("openrouter", ("sk-", "or-v1-"), HEX, 64),
    ("perplexity", ("pp", "lx-"), LETTERS, 48),
    ("pinecone", ("pc", "sk_"), LETTERS + "_", 70),
    ("planetscale", ("psc", "ale_tkn_"), WORD, 43),
    ("postman", ("PM", "AK-"), HEX + "-", 59),
    ("prefect", ("pn", "u_"), LETTERS, 36),
    ("pulumi", ("pu", "l-"), HEX, 40),
    ("pypi", ("py", "pi-AgEI"), WORD, 160),
    ("replicate", ("r", "8_"), LETTERS, 37),
    ("rubygems", ("ruby", "gems_"), HEX, 48),
    ("sentry", ("snt", "rys_"), LETTERS, 120),
    ("shippo", ("shippo", "_live_"), HEX, 40),
    ("shopify", ("sh", "pat_"), HEX, 32),
    ("slack", ("xo", "xb-"), string.digits + "-" + LETTERS, 50),
    ("slack-app", ("xa", "pp-1-"), UPPER + "-" + string.digits, 80),
    ("sonarqube", ("sq", "p_"), HEX, 40),
    ("square", ("sq0", "atp-"), WORD, 22),
    ("stripe", ("s", "k_live_"), LETTERS, 24),
    ("stripe-webhook", ("wh", "sec_"), LETTERS, 32),
    ("supabase", ("sb", "p_"), HEX, 40),
    ("tailscale", ("ts", "key-auth-"), LETTERS + "-", 40),
    ("tavily", ("tv", "ly-"), LETTERS, 32),
    ("twilio", ("S", "K"), HEX, 32),
    ("vault", ("hv", "s."), WORD, 95),
    ("xai", ("xa", "i-"), LETTERS, 80),
)


def _some(characters: str, count: int, chance: random.Random) -> str:
    return "".join(chance.choices(characters, k=count))


def tokens(seed: int = 0) -> Iterator[tuple[str, str]]:
    """Yield services with a token of each."""
    chance = random.Random(seed)  # nothing is protected by these

    def some(characters: str, count: int) -> str:
        return _some(characters, count, chance)

    for service, begin, characters, count in SERVICES:
        yield (
            service,
            "".join(begin) + some(characters, count - 1) + some(characters.replace("-", "").replace("_", ""), 1),
        )
    yield "airtable", "pa" + "t" + some(LETTERS, 14) + "." + some(HEX, 64)
    yield "azure-ad", some(LETTERS, 3) + "8" + "Q" + "~" + some(LETTERS, 34)
    yield "azure-storage", some(LETTERS, 76) + "+A" + "St" + some(LETTERS, 6) + "=="
    yield "discord", "MT" + some(LETTERS, 24) + "." + some(LETTERS, 6) + "." + some(WORD, 37) + "a"
    yield "dynatrace", "dt" + "0c01." + some(UPPER, 24) + "." + some(UPPER, 64)
    yield "jwt", "ey" + "J" + some(LETTERS, 33) + ".ey" + "J" + some(LETTERS, 60) + "." + some(WORD, 42) + "a"
    yield "mailchimp", some(HEX, 32) + "-" + "us12"
    yield "sendgrid", "S" + "G." + some(LETTERS, 22) + "." + some(WORD, 42) + "a"
    yield "telegram", some("123456789", 9) + ":" + "AA" + some(WORD, 32) + "a"
    yield "terraform", some(LETTERS, 14) + ".atlas" + "v1." + some(LETTERS, 67)


#: Where a token stands by itself: no name tells what it is.
BARE = (
    "x = '{}'", 'print("{}")', 'f("a", "{}", n=3)', "d['k'] = '{}'", "['{}', 1]", "# {}\n1", "'''\n{}\n'''", 'b"{}"', "({})",
    '"\\x1b[0m{}"', "\x1b[1;31m{}",
    '"see {} there"', "f'{{x}} {}'", '"https://example.com/?a=1&t={}&b=2"', "'\\n{}'", "r'\\{}'", "!tool --with {}", "E: {}, sorry",
    "'{}…", "<Client {}>", "{{'a': [1, ('{}',)]}}",
)  # fmt: skip

#: Where a password stands that has no form of its own.
NAMED = (
    'password = "{}"', "PASSWORD='{}'", "db_password: str = '{}'", 'connect("b", password="{}", port=5)', "{{'password': '{}'}}",
    "{{'user': 'bob', 'client_secret': '{}', 'n': 3}}", 'os.environ["X_TOKEN"] = "{}"', "os.environ['AWS_SECRET_ACCESS_KEY']='{}'",
    'os.environ.setdefault("API_KEY", "{}")', 'monkeypatch.setenv("MY_SECRET", "{}")', 'self.api_key = "{}"', "cfg.apiKey = '{}'",
    'token = b"{}"', 'auth_token = """{}"""', "secret = f'{}'", 'password = ("{}")', 'user, password = "bob", "{}"',
    'requests.get(u, headers={{"Authorization": "Bearer {}"}})', "h = {{'X-Api-Key': '{}'}}", '"Authorization: token {}"',
    'create_engine("postgresql://bob:{}@db.example.com:5432/x")', "'redis://:{}@localhost:6379/0'", '"https://{}@example.com/x"',
    'psycopg2.connect("host=x user=bob password={} dbname=y")', '"Server=x;Uid=y;Pwd={};Encrypt=yes"', '"https://example.com/?api_key={}"',
    'SecretStr("a"); password = SecretStr("{}")', '!mysql --password={} x', '%env API_TOKEN={}', "'{{\"access_token\": \"{}\"}}'",
    "Config(access_token='{}', n=1)", 'if token == "{}":\n    pass', 'print("password: {}")', "Login failed: password={}",
    'password = "{}', "{{'secret_key': '{}…", 'cookies = {{"sessionid": "{}"}}', '"Cookie: sessionid={}; theme=dark"',
    "password = \\\n    '{}'", "password = (\n    # of the server\n    '{}'\n)", "pw = '{}'", "db_pass = '{}'",
    "PASSWORDS = {{'bob': '{}'}}",
    "password = password or '{}'", "password = os.environ.get('DB_PW', '{}')", "password = os.getenv('X') or '{}'",
    "User ID=sa;Password={};", "PGPASSWORD={} psql", "wandb.login(key='{}')", "password : Final[str] = '{}'",
    'client.login("bob", password="{}")', 'smtp.login("bob", "{}")', 'HTTPBasicAuth("bob", "{}")', 'f(auth=("bob", "{}"))',
    "!curl -u bob:{} https://example.com", 'keyring.set_password("service", "bob", "{}")',
    "'https://x.example.com/?X-Amz-Signature={}&X-Amz-Date=1'", "'https://x.example.com/?sv=1&sig={}'",
    "'AccountName=x;AccountKey={};EndpointSuffix=y'",
)  # fmt: skip

PASSWORDS = ("hunter2" + "abc", "S3cr3t" + "!Pass", "x7Kp" + "2mQ9vT", "correct-h0rse" + "-9battery")


def key_block(seed: int = 0, lines: int = 12) -> list[str]:
    """Return the lines of a made-up private key."""
    chance = random.Random(seed)
    dashes = "-" * 5
    body = [_some(LETTERS + "+/", 64, chance) for _ in range(lines)] + [_some(LETTERS, 31, chance) + "="]
    return [f"{dashes}BEGIN RSA PRIVATE {'KEY'}{dashes}", *body, f"{dashes}END RSA PRIVATE {'KEY'}{dashes}"]

package dev.peer.config;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** Every setting, by the name of its variable. The README's table is made from this. */
public enum Setting {
  PEER_CERT(
      Where.ENVIRONMENT,
      HandOff.SAME_PEM,
      "",
      "this peer's certificate chain: a PEM file, or the PEM itself"),
  PEER_KEY(
      Where.ENVIRONMENT,
      HandOff.SAME_PEM,
      "",
      "the certificate's private key: a PEM file that only you can read (`chmod 600`), or the PEM"
          + " itself"),
  PEER_CA(
      Where.ENVIRONMENT,
      HandOff.SAME_PEM,
      "",
      "the CAs that this peer trusts: a PEM file of certificates, or the PEM itself"),
  PEER_CRL(
      Where.ENVIRONMENT,
      HandOff.SAME_PEMS,
      "",
      "the CAs' revocation lists: CRL files, PEM or DER, separated by commas, or the PEM itself"),
  PEER_CRL_MODE(
      Where.ENVIRONMENT,
      HandOff.SAME_TEXT,
      "current",
      "`require`: every CA needs a current CRL; `current`: a CRL that is here must be current;"
          + " `warn`: an overdue CRL still counts"),
  PEER_TSA(
      Where.ENVIRONMENT,
      HandOff.SAME_TEXT,
      "",
      "URL of the time-stamping authority for results signed here; the path is optional for a"
          + " `PEER_RENDEZVOUS`"),
  PEER_TSA_CA(
      Where.ENVIRONMENT,
      HandOff.SAME_PEM,
      "`PEER_CA`",
      "the CAs whose timestamps count: a PEM file of certificates, or the PEM itself"),
  PEER_ALLOW_FETCH(
      Where.ENVIRONMENT,
      HandOff.SAME_RULE,
      "",
      "rules for who may fetch results, files of Git LFS and guest images, by repository, or"
          + " `@FILE`; unset: any certificate of `PEER_CA`; empty: nobody"),
  PEER_ALLOW_ANNOUNCE(
      Where.ENVIRONMENT,
      HandOff.SAME_RULE,
      "",
      "rules for who may announce results and guest images, by repository, or `@FILE`; unset: any"
          + " certificate of `PEER_CA`; empty: nobody"),
  PEER_ALLOW_SIGN(
      Where.ENVIRONMENT,
      HandOff.SAME_RULE,
      "",
      "rules for whose results count, by repository and target, or `@FILE`; unset: any certificate"
          + " of `PEER_CA`; empty: nobody"),
  PEER_ALLOW_IMAGE(
      Where.ENVIRONMENT,
      "",
      "a rule for whose guest images this peer takes from others, or `@FILE`; unset:"
          + " anyone whom `PEER_ALLOW_SIGN` admits; empty: nobody"),
  PEER_ALLOW_PREPARE(
      Where.ENVIRONMENT,
      HandOff.SAME_RULE,
      "",
      "rules for whose prepared runtimes runs here start from, by repository (common layers:"
          + " `layers:/*`), or `@FILE`; the maker must be admitted for every target; unset:"
          + " `PEER_ALLOW_SIGN`; empty: nobody"),
  PEER_REQUIRE_KEPT(
      Where.ENVIRONMENT,
      HandOff.SENT,
      "trunk",
      "which results count, by the disk that their run started from: `blank`: a blank disk only;"
          + " `layers`: also one with nothing but layers that the container image begins with;"
          + " `trunk`: also one kept of the trunk's commits; `history`: also one of the revision's"
          + " ancestors; `any`: one of any revision"),
  PEER_REQUIRE_TRIES(
      Where.ENVIRONMENT,
      HandOff.SENT,
      "",
      "the last try at which the tests may have passed for a result to count (`PEER_RETRY`); `1`:"
          + " at once"),
  PEER_HOME(
      Where.ENVIRONMENT,
      "`$XDG_STATE_HOME/peer`, else `~/.local/state/peer`",
      "directory for results, guest images and caches"),
  PEER_LISTEN(Where.ENVIRONMENT, "", "`HOST:PORT` to serve results on; port 0: any free port"),
  PEER_ADVERTISE(
      Where.ENVIRONMENT, "", "one or more `HOST:PORT` at which other peers reach this one"),
  PEER_RELAY(
      Where.ENVIRONMENT,
      "",
      "one or more relays, as `https://HOST:PORT`; other peers reach this one through them when"
          + " they cannot connect to it"),
  PEER_RENDEZVOUS(Where.BOTH, "", "one or more `https://HOST:PORT`; unset: this peer works alone"),
  PEER_REPO(
      Where.BOTH, "from `origin`, else the first commit", "the repository's name among the peers"),
  PEER_IMAGE(
      Where.BOTH,
      "the newest image that was built here or asked for by name",
      "the guest image's digest, `sha256:...`"),
  PEER_ENV(Where.BOTH, "", "names of variables that the test gets; they are part of the run key"),
  PEER_SECRETS(Where.BOTH, "", "names of secrets that the test gets; peer masks their values"),
  PEER_PREPARE_SECRETS(
      Where.BOTH,
      "",
      "names of secrets that the preparation gets, as the files `/run/secrets/NAME` and as secrets"
          + " of `podman build`; the names are part of the run key; peer masks the values"),
  PEER_ALLOW_ENV(
      Where.ENVIRONMENT,
      HandOff.SENT,
      "",
      "names that `PEER_ENV` in `.env` may list, such as `LANG,CI_*`; unset: any; empty: none"),
  PEER_ALLOW_SECRETS(
      Where.ENVIRONMENT,
      HandOff.SENT,
      "",
      "names that `PEER_SECRETS` and `PEER_PREPARE_SECRETS` in `.env` may list; unset: any; empty:"
          + " none"),
  PEER_LIMITS(
      Where.ENVIRONMENT,
      HandOff.SENT,
      "",
      "the maximum that `.env` may ask for: `timeout=2h,memory=8G,disk=50G,cpus=8,output=256M`, or"
          + " some of these"),
  PEER_NETWORK(Where.BOTH, "none", "what the test may reach: `none` or `open`"),
  PEER_PREPARE_NETWORK(
      Where.ENVIRONMENT,
      "open",
      "what the preparation may reach: `open`, `none`, or a list such as `NAME,ADDRESS,NAME:PORT`,"
          + " with IPv6 addresses in brackets; a host without a port is open at every port; this"
          + " host only as `10.0.2.2:PORT`; a test with `PEER_NETWORK=open` reaches no more"),
  PEER_PREPARE_CA(
      Where.ENVIRONMENT,
      "",
      "the CAs that the preparation trusts besides the usual ones, such as that of your company's"
          + " proxy: a PEM file of certificates, or the PEM itself; not part of the run key"),
  PEER_PREPARE_REGISTRIES(
      Where.ENVIRONMENT,
      "docker.io,ghcr.io,quay.io,gcr.io,registry.k8s.io,mcr.microsoft.com,public.ecr.aws,registry.gitlab.com",
      "the registries whose container images this machine keeps by digest for all repositories:"
          + " `none`, or a list such as `HOST,HOST:PORT,http://HOST:PORT`; it asks them as anybody"
          + " may, within `PEER_PREPARE_NETWORK`"),
  PEER_CHECKOUT(
      Where.BOTH,
      "tree",
      "what git shows the test: `tree` (no history), `commit` (the commit alone, which is part of"
          + " the run key) or `history` (its ancestors and their tags too)"),
  PEER_PATHS(
      Where.BOTH,
      "all",
      "which paths count, in git's pathspec, by target: `test => :!docs :!*.md; lint => src tools`;"
          + " the rest is neither in the run key nor in the guest"),
  PEER_CONTAINER_LIMITS(
      Where.BOTH,
      "",
      "what the tests' container may use, as part of the run key: `shm=1G` (the size of `/dev/shm`;"
          + " unset: half of the guest's memory), `nofile=65536` (also `nproc`, `memlock`, `stack`,"
          + " `core`), `cap=SYS_PTRACE` (a further capability), `userns=off` (no user namespaces)"),
  PEER_RETRY(
      Where.BOTH,
      "0",
      "how often a failing test stage is run again, from the files that the preparation left; part"
          + " of the run key"),
  PEER_CONTAINERS(
      Where.BOTH,
      "off",
      "`on`: the test can start containers, through a podman socket of its own (`DOCKER_HOST`),"
          + " from the images that the preparation pulled or made; part of the run key"),
  PEER_CPUS(Where.BOTH, "the machine's, at most 4", "processors of the guest"),
  PEER_MEMORY(Where.BOTH, "2G", "memory of the guest"),
  PEER_DISK(Where.BOTH, "20G", "scratch disk of the guest"),
  PEER_TIMEOUT(
      Where.BOTH, "1h", "time limit of a run and of its stages: `1h` or `1h,prepare=20m,test=10m`"),
  PEER_MAX_OUTPUT(
      Where.BOTH,
      "64M",
      "maximum size of a stage's stdout and stderr together; peer cuts the rest"),
  PEER_KEEP(
      Where.BOTH,
      "1; `peer daemon`: 100",
      "how many of its last results are kept for each target of a repository"),
  PEER_KEEP_FOR(
      Where.ENVIRONMENT,
      "",
      "how long `peer daemon` keeps a result after it ran or was last replayed here"),
  PEER_KEEP_BYTES(
      Where.ENVIRONMENT, "10G", "maximum size of one repository's bundles with `peer daemon`"),
  PEER_CACHE_MAX_AGE(
      Where.ENVIRONMENT,
      "7d",
      "how long a repository's container images and caches are kept, and files of Git LFS and what"
          + " registries gave after their last use"),
  PEER_CACHE_MAX_BYTES(
      Where.ENVIRONMENT,
      "20G",
      "maximum size of the container images and caches of all repositories; of their files of Git"
          + " LFS, and of what registries gave, each counted apart"),
  PEER_AUTOSTART(
      Where.ENVIRONMENT,
      "",
      "have a command start a daemon where none runs, which ends after this time without work, such"
          + " as `1h`"),
  PEER_READY(
      Where.ENVIRONMENT,
      "0",
      "`1`: `peer daemon` keeps a started machine, like the last run's, ready for the next run"),
  PEER_OPENSSL(
      Where.ENVIRONMENT,
      "1",
      "`0`: handshakes, signatures, digests and ciphers are computed in Java alone, not with the"
          + " system's OpenSSL"),
  PEER_TRUNK(
      Where.ENVIRONMENT,
      HandOff.SENT,
      "`origin/HEAD`'s; without any remote: `HEAD`",
      "the branch that your team has accepted: a branch of `origin`, or a ref such as"
          + " `refs/remotes/upstream/main`"),
  PEER_KEPT(
      Where.ENVIRONMENT,
      HandOff.SENT,
      "trunk",
      "whose container images and caches a run starts from: `trunk`: those of the trunk's commits;"
          + " `history`: those of all its ancestors; `any`: those of any revision");

  /** Where a setting may come from; see the package for why. */
  public enum Where {
    /** From the real environment only. */
    ENVIRONMENT("environment"),
    /** From the real environment, else from the revision's {@code .env}. */
    BOTH("environment, `.env`");

    private final String text;

    Where(String text) {
      this.text = text;
    }
  }

  /** What becomes of a command's value when a daemon runs for the command. */
  public enum HandOff {
    /** It belongs to the run and its caller: the command sends it, and it counts for the run. */
    SENT,
    /** It belongs to the machine that runs: the daemon's own counts. */
    DAEMONS_OWN,
    /** It is who a process is or trusts, as PEM: a daemon with another declines the run. */
    SAME_PEM,
    /** Likewise, as several of them. */
    SAME_PEMS,
    /** Likewise, as a rule. */
    SAME_RULE,
    /** Likewise, as its text. */
    SAME_TEXT
  }

  static final String PREFIX = "PEER_";

  private final Where where;
  private final HandOff handOff;
  private final String byDefault;
  private final String meaning;

  Setting(Where where, String byDefault, String meaning) {
    this(where, where == Where.BOTH ? HandOff.SENT : HandOff.DAEMONS_OWN, byDefault, meaning);
  }

  Setting(Where where, HandOff handOff, String byDefault, String meaning) {
    this.where = where;
    this.handOff = handOff;
    this.byDefault = byDefault;
    this.meaning = meaning;
  }

  /** Where it may come from. */
  public Where where() {
    return where;
  }

  /** The default, for people; empty if there is none. */
  public String byDefault() {
    return byDefault;
  }

  /** Its meaning, in a line of Markdown. */
  public String meaning() {
    return meaning;
  }

  /** What becomes of it when a daemon runs for a command. */
  public HandOff handOff() {
    return handOff;
  }

  /** Whether an empty value is a value, and not the default. */
  boolean emptyIsAValue() {
    return name().startsWith("PEER_ALLOW_");
  }

  /** Whether a value of it names a file that is another in another working directory. */
  public boolean isRelative(String value) {
    if (this == PEER_HOME) {
      return isRelativePath(value);
    }
    return switch (handOff) {
      case SAME_PEM, SAME_PEMS ->
          !value.contains("-----BEGIN ")
              && Arrays.stream(value.split(",")).anyMatch(Setting::isRelativePath);
      default -> value.startsWith("@") && isRelativePath(value.substring(1));
    };
  }

  private static boolean isRelativePath(String path) {
    return !path.isBlank() && !path.strip().startsWith("/");
  }

  /** The setting with this name. */
  public static Optional<Setting> named(String name) {
    return Arrays.stream(values()).filter(setting -> setting.name().equals(name)).findFirst();
  }

  /** All settings as a Markdown table, a line each. */
  public static String markdownTable() {
    return Arrays.stream(values())
        .map(
            setting ->
                "| `%s` | %s | %s | %s |\n"
                    .formatted(
                        setting,
                        setting.meaning,
                        setting.byDefault.isEmpty() ? "unset" : setting.byDefault,
                        setting.where.text))
        .collect(
            Collectors.joining(
                "", "| setting | meaning | default | from |\n|---|---|---|---|\n", ""));
  }
}

package dev.peer.config;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Every setting, by the name of its variable. The README's table is made from this. */
public enum Setting {
  PEER_CERT(Where.ENVIRONMENT, "", "this peer's certificate chain: a PEM file, or the PEM itself"),
  PEER_KEY(
      Where.ENVIRONMENT,
      "",
      "the certificate's private key: a PEM file, closed to all others (`chmod 600`), or the PEM"
          + " itself"),
  PEER_CA(Where.ENVIRONMENT, "", "whom to trust: a PEM file of CA certificates, or the PEM itself"),
  PEER_CRL(
      Where.ENVIRONMENT,
      "",
      "what the CAs revoked: files of CRLs, PEM or DER, separated by commas, or the PEM itself"),
  PEER_CRL_MODE(
      Where.ENVIRONMENT,
      "current",
      "`require`: every CA needs a current CRL; `current`: those that have one here; `warn`: an"
          + " overdue one counts as it stands"),
  PEER_TSA(
      Where.ENVIRONMENT,
      "",
      "URL of a time-stamping authority that stamps the results signed here; on a `PEER_RENDEZVOUS`"
          + " the path may be left out"),
  PEER_TSA_CA(
      Where.ENVIRONMENT,
      "`PEER_CA`",
      "whose timestamps count: a PEM file of CA certificates, or the PEM itself"),
  PEER_ALLOW_FETCH(
      Where.ENVIRONMENT,
      "",
      "who may fetch results and guest images, of which repositories: rules, or `@FILE`; unset:"
          + " all of `PEER_CA`, empty: nobody"),
  PEER_ALLOW_ANNOUNCE(
      Where.ENVIRONMENT,
      "",
      "who may announce results and guest images, of which repositories: rules, or `@FILE`; unset:"
          + " all of `PEER_CA`,"
          + " empty: nobody"),
  PEER_ALLOW_SIGN(
      Where.ENVIRONMENT,
      "",
      "whose results count, of which repositories and targets: rules, or `@FILE`; unset: all of"
          + " `PEER_CA`, empty: nobody"),
  PEER_ALLOW_IMAGE(
      Where.ENVIRONMENT,
      "",
      "whose guest images are taken from peers: a rule, or `@FILE`; unset: whoever"
          + " `PEER_ALLOW_SIGN` admits, empty: nobody"),
  PEER_REQUIRE_KEPT(
      Where.ENVIRONMENT,
      "trunk",
      "which results count, by the kept disk that their run started from: `blank`: none; `trunk`:"
          + " of the trunk's commits; `history`: of the revision's ancestors too; `any`: of any"
          + " revision"),
  PEER_HOME(
      Where.ENVIRONMENT,
      "`$XDG_STATE_HOME/peer`, else `~/.local/state/peer`",
      "directory of results, guest images and caches"),
  PEER_LISTEN(Where.ENVIRONMENT, "", "`HOST:PORT` to serve results on; port 0: any"),
  PEER_ADVERTISE(
      Where.ENVIRONMENT, "", "`HOST:PORT`, one or more, at which other peers reach this one"),
  PEER_RELAY(
      Where.ENVIRONMENT,
      "",
      "`https://HOST:PORT` of relays, one or more, through which other peers reach this one where"
          + " they can not connect to it"),
  PEER_RENDEZVOUS(Where.BOTH, "", "`https://HOST:PORT`, one or more; unset: this peer works alone"),
  PEER_REPO(
      Where.BOTH, "from `origin`, else the first commit", "the repository's name among the peers"),
  PEER_IMAGE(
      Where.BOTH,
      "the newest image that was built here or asked for by name",
      "the guest image's digest, `sha256:...`"),
  PEER_ENV(Where.BOTH, "", "names of variables that the test gets and that count"),
  PEER_SECRETS(Where.BOTH, "", "names of secrets that the test gets, and that are masked"),
  PEER_ALLOW_ENV(
      Where.ENVIRONMENT,
      "",
      "names that `PEER_ENV` of `.env` may ask for, such as `LANG,CI_*`; unset: any, empty: none"),
  PEER_ALLOW_SECRETS(
      Where.ENVIRONMENT,
      "",
      "names that `PEER_SECRETS` of `.env` may ask for; unset: any, empty: none"),
  PEER_LIMITS(
      Where.ENVIRONMENT,
      "",
      "the most that `.env` may ask for: `timeout=2h,memory=8G,disk=50G,cpus=8,output=256M`, or"
          + " some of these"),
  PEER_NETWORK(Where.BOTH, "none", "what the test may reach: `none` or `open`"),
  PEER_PREPARE_NETWORK(
      Where.ENVIRONMENT,
      "open",
      "what the preparation may reach: `open`, `none`, or hosts as `NAME` or `ADDRESS`, each with a"
          + " `:PORT` if only that, separated by commas; a test with `PEER_NETWORK=open` reaches no"
          + " more; this host only as `10.0.2.2:PORT`"),
  PEER_CHECKOUT(
      Where.BOTH, "tree", "what git shows the test: `tree` (no history) or `commit` (it counts)"),
  PEER_CPUS(Where.BOTH, "the machine's, at most 4", "processors of the guest"),
  PEER_MEMORY(Where.BOTH, "2G", "memory of the guest"),
  PEER_DISK(Where.BOTH, "20G", "scratch disk of the guest"),
  PEER_TIMEOUT(
      Where.BOTH,
      "1h",
      "time limit of a run, and of its stages: `1h` or `1h,prepare=20m,test=10m`"),
  PEER_MAX_OUTPUT(
      Where.BOTH, "64M", "how much a stage's stdout and stderr together may be; the rest is cut"),
  PEER_KEEP(Where.BOTH, "1; `peer daemon`: 100", "results kept of each repository, the last ones"),
  PEER_KEEP_FOR(
      Where.ENVIRONMENT,
      "",
      "how long `peer daemon` keeps results, since they ran or were last replayed here"),
  PEER_KEEP_BYTES(
      Where.ENVIRONMENT,
      "10G",
      "how much the bundles of one repository may take with `peer daemon`"),
  PEER_CACHE_MAX_AGE(
      Where.ENVIRONMENT, "7d", "how long container images and caches of a repository are kept"),
  PEER_CACHE_MAX_BYTES(
      Where.ENVIRONMENT, "20G", "how much those of all repositories together may take"),
  PEER_TRUNK(
      Where.ENVIRONMENT,
      "`origin/HEAD`'s; without any remote: `HEAD`",
      "the branch that everybody has accepted: a branch of `origin`, or a ref such as"
          + " `refs/remotes/upstream/main`"),
  PEER_KEPT(
      Where.ENVIRONMENT,
      "trunk",
      "whose kept container images and caches a run starts from: `trunk`: of the trunk's commits;"
          + " `history`: of all its ancestors; `any`: of any revision");

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

  static final String PREFIX = "PEER_";

  private static final Set<Setting> OF_THE_RUN =
      EnumSet.of(
          PEER_TRUNK,
          PEER_KEPT,
          PEER_REQUIRE_KEPT,
          PEER_ALLOW_ENV,
          PEER_ALLOW_SECRETS,
          PEER_LIMITS);

  private final Where where;
  private final String byDefault;
  private final String meaning;

  Setting(Where where, String byDefault, String meaning) {
    this.where = where;
    this.byDefault = byDefault;
    this.meaning = meaning;
  }

  /** Where it may come from. */
  public Where where() {
    return where;
  }

  /** What holds where it is not set, for people; empty where that is nothing. */
  public String byDefault() {
    return byDefault;
  }

  /** What it is for, in a line of Markdown. */
  public String meaning() {
    return meaning;
  }

  /** Whether it belongs to a run and who asks for it, and not to the machine that does it. */
  public boolean isOfTheRun() {
    return where == Where.BOTH || OF_THE_RUN.contains(this);
  }

  /** Whether an empty value is a value, and not the default. */
  boolean emptyIsAValue() {
    return name().startsWith("PEER_ALLOW_");
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

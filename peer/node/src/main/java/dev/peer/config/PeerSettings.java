package dev.peer.config;

import dev.peer.core.id.RepoId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What makes this peer the one it is, whatever it runs.
 *
 * @param home an absolute path; the directory need not exist
 * @param repo the repository's name, where it is not to be taken from git
 */
public record PeerSettings(
    Path home,
    Optional<RepoId> repo,
    IdentitySettings identity,
    ReachSettings reach,
    RuleSettings rules) {

  /** Reads them. */
  public static PeerSettings of(Settings settings) throws ConfigException {
    // A process asks for it before anybody could be told that it is wrong.
    openSsl(settings);
    return new PeerSettings(
        home(settings),
        repo(settings),
        IdentitySettings.of(settings),
        ReachSettings.of(settings),
        RuleSettings.of(settings));
  }

  /** The directory alone, for commands that need nothing else. */
  public static Path home(Settings settings) throws ConfigException {
    Optional<Path> home = settings.read(Setting.PEER_HOME, Path::of, "a path", "/var/lib/peer");
    return home.isPresent() ? absolute(home.get()) : absolute(byDefault(settings));
  }

  /**
   * How long a daemon that a command starts stays without work; empty: no command starts one.
   *
   * @throws ConfigException if the setting is wrong
   */
  public static Optional<Duration> autostart(Settings settings) throws ConfigException {
    return settings.read(Setting.PEER_AUTOSTART, ValueForms::duration, "a time", "1h");
  }

  /**
   * Whether a daemon keeps a machine started for the next run.
   *
   * @throws ConfigException if the setting is wrong
   */
  public static boolean ready(Settings settings) throws ConfigException {
    return isOn(settings, Setting.PEER_READY, "1");
  }

  /**
   * Whether a process uses the system's OpenSSL.
   *
   * @throws ConfigException if the setting is wrong
   */
  public static boolean openSsl(Settings settings) throws ConfigException {
    return isOn(settings, Setting.PEER_OPENSSL, "0");
  }

  private static boolean isOn(Settings settings, Setting setting, String example)
      throws ConfigException {
    return settings
        .valueOrDefault(setting)
        .read(
            text -> {
              ValueForms.require(text.matches("[01]"));
              return text.equals("1");
            },
            "0 or 1",
            example);
  }

  private static Path absolute(Path path) {
    return path.toAbsolutePath().normalize();
  }

  private static Path byDefault(Settings settings) throws ConfigException {
    // A relative XDG path is to be passed over, says the XDG base directory specification.
    Optional<String> state =
        settings.ofEnvironment("XDG_STATE_HOME").filter(path -> path.startsWith("/"));
    Optional<String> user = settings.ofEnvironment("HOME").map(path -> path + "/.local/state");
    String parent =
        state
            .or(() -> user)
            .orElseThrow(
                () ->
                    new ConfigException(
                        "there is no place for results: PEER_HOME, XDG_STATE_HOME and HOME are"
                            + " unset",
                        "set PEER_HOME to a directory"));
    return Path.of(parent, "peer");
  }

  /** The repository's name alone, where it is not to be taken from git. */
  public static Optional<RepoId> repo(Settings settings) throws ConfigException {
    return settings.read(
        Setting.PEER_REPO,
        PeerSettings::named,
        "a repository's name of 1 to 512 visible characters without blanks",
        "git.example.org/team/project");
  }

  /** All repositories start from the disks of layers, so none may have their name. */
  private static RepoId named(String text) {
    RepoId id = new RepoId(text);
    ValueForms.require(!id.isOfLayers());
    return id;
  }
}

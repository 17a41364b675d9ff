package dev.peer.config;

import dev.peer.core.id.Printable;
import dev.peer.core.platform.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The settings of a user, {@code $XDG_CONFIG_HOME/peer/env}: they count where the environment has
 * none, and before a revision's {@code .env}. Lines are those of {@link EnvFile}, and nothing but
 * settings. Paths are absolute, because commands are called everywhere.
 *
 * @param path where it is
 * @param values the settings that it has, in its order
 * @param lines the number of each setting's line
 */
public record UserFile(Path path, Map<String, String> values, Map<String, Integer> lines) {

  /** Copies the maps. */
  public UserFile {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    lines = Map.copyOf(lines);
  }

  /** The directory of a user's files of peer; empty: neither XDG_CONFIG_HOME nor HOME is set. */
  public static Optional<Path> directory(Map<String, String> environment) {
    // A relative XDG path is to be passed over, says the XDG base directory specification.
    return value(environment, "XDG_CONFIG_HOME")
        .filter(path -> path.startsWith("/"))
        .or(() -> value(environment, "HOME").map(path -> path + "/.config"))
        .map(parent -> Path.of(parent, "peer"));
  }

  private static Optional<String> value(Map<String, String> environment, String name) {
    return Optional.ofNullable(environment.get(name)).filter(text -> !text.isEmpty());
  }

  /** The file in that directory. */
  public static Path in(Path directory) {
    return directory.resolve("env");
  }

  /**
   * The variables of a command, and below them the settings of its user's file.
   *
   * @param variables the command's
   * @throws ConfigException if the file is there and cannot be used whole
   */
  public static Map<String, String> layered(Map<String, String> variables) throws ConfigException {
    Optional<Path> directory = directory(variables);
    Optional<UserFile> file = directory.isEmpty() ? Optional.empty() : read(in(directory.get()));
    return file.isEmpty() ? variables : file.get().below(variables);
  }

  /** The variables without the settings of a file below them. */
  public static Map<String, String> variables(Map<String, String> environment) {
    return LayeredVariables.variables(environment);
  }

  /** These variables, and below them the settings of this file. */
  public Map<String, String> below(Map<String, String> variables) {
    return new LayeredVariables(variables, this);
  }

  /** Reads it; empty: there is none. */
  private static Optional<UserFile> read(Path path) throws ConfigException {
    try (InputStream in = Files.newInputStream(path)) {
      Set<PosixFilePermission> permissions = Files.getPosixFilePermissions(path);
      if (permissions.contains(PosixFilePermission.GROUP_WRITE)
          || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
        throw new ConfigException(
            shown(path) + " can be written by others, and decides whom you trust",
            "chmod go-w " + shown(path));
      }
      return Optional.of(parse(path, in.readNBytes(EnvFile.LONGEST + 1)));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (AccessDeniedException e) {
      if (isBehindAnother(path)) {
        return Optional.empty();
      }
      throw unreadable(path, e);
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  private static ConfigException unreadable(Path path, IOException e) {
    return new ConfigException(
        shown(path) + " cannot be read: " + Printable.plain(String.valueOf(e.getMessage())),
        "let your user read it, or remove it");
  }

  /**
   * Whether a directory on the way is another user's, and closed: services that gave up their user
   * often have HOME of the one before.
   */
  private static boolean isBehindAnother(Path path) throws ConfigException {
    Optional<Path> closed = Optional.empty();
    for (Path above = path.toAbsolutePath().getParent(); above != null; above = above.getParent()) {
      if (!Files.isExecutable(above)) {
        closed = Optional.of(above);
      }
    }
    try {
      return closed.isPresent() && !Files.getOwner(closed.get()).equals(Platform.current().user());
    } catch (IOException e) {
      throw unreadable(path, e);
    }
  }

  /**
   * Reads its bytes.
   *
   * @throws ConfigException if a line is no setting that may be there
   */
  public static UserFile parse(Path path, byte[] bytes) throws ConfigException {
    EnvFile file;
    try {
      file = EnvFile.parse(bytes);
    } catch (ConfigException e) {
      // Its messages begin with the name of the file that it usually is.
      throw new ConfigException(shown(path) + e.getMessage().substring(".env".length()), e.hint());
    }
    Map<String, String> values = new LinkedHashMap<>();
    Map<String, Integer> lines = new LinkedHashMap<>();
    for (String name : file.names()) {
      EnvFile.Entry entry = file.entry(name).orElseThrow();
      requireFit(shown(path) + ", line " + entry.line() + ": ", name, entry.value());
      values.put(name, entry.value());
      lines.put(name, entry.line());
    }
    return new UserFile(path, values, lines);
  }

  private static void requireFit(String where, String name, String value) throws ConfigException {
    if (!name.startsWith(Setting.PREFIX)) {
      throw new ConfigException(
          where + Printable.plain(name) + " is an unknown setting",
          "have only settings there: the tests get variables from the environment and .env");
    }
    if (name.equals(Setting.PEER_HOME.name())) {
      throw new ConfigException(
          where + "PEER_HOME may not be set there",
          "set it in the environment: commands find the daemon by it before they read this file");
    }
    if (Setting.named(name).filter(setting -> setting.isRelative(value)).isPresent()) {
      throw new ConfigException(
          where + name + " names a relative path",
          "name it from the root: it would lead elsewhere in each directory");
    }
  }

  String origin(String name) {
    return shown(path) + ", line " + lines.get(name);
  }

  static String shown(Path path) {
    return Printable.plain(path.toString());
  }
}

package dev.peer.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Certificates as a common tool makes them: a root, an authority below it, and leaves that come
 * with that authority. The commands are in {@code chains}, a script a tool. All are made once for
 * all classes.
 *
 * @param tool the tool's name
 * @param key the kind of all keys
 * @param directory where the files are
 */
record ToolChain(Tool tool, Key key, Path directory) {

  /** What makes certificates. */
  enum Tool {
    OPENSSL,
    EASYRSA,
    CFSSL,
    CERTTOOL
  }

  /** The kinds of keys that are made. */
  enum Key {
    EC,
    ED25519,
    RSA
  }

  private static final String END = "-----END CERTIFICATE-----\n";

  private static List<ToolChain> made;

  /** Each tool's with each kind of key that it knows. */
  static synchronized List<ToolChain> all() throws IOException {
    if (made == null) {
      Path root = Files.createTempDirectory("peer-chains");
      Runtime.getRuntime().addShutdownHook(new Thread(() -> deleteQuietly(root)));
      List<ToolChain> chains = new ArrayList<>();
      for (Tool tool : Tool.values()) {
        for (Key key : Key.values()) {
          // Debian's cfssl is older than its Ed25519.
          if (tool != Tool.CFSSL || key != Key.ED25519) {
            chains.add(new ToolChain(tool, key, root.resolve(tool + "-" + key)));
          }
        }
      }
      chains.parallelStream().forEach(ToolChain::make);
      made = List.copyOf(chains);
    }
    return made;
  }

  static ToolChain of(Tool tool, Key key) throws IOException {
    return all().stream()
        .filter(chain -> chain.tool == tool && chain.key == key)
        .findFirst()
        .orElseThrow();
  }

  /** The roots of them all, as a PEER_CA that trusts everybody. */
  static String roots() throws IOException {
    return all().stream().map(chain -> read(chain.root())).collect(Collectors.joining());
  }

  Path root() {
    return directory.resolve("root.pem");
  }

  /** The authority that issued the leaves, as it follows them in their files. */
  String issuer() {
    String pem = read(peer().certificate());
    return pem.substring(pem.indexOf(END) + END.length());
  }

  /** A leaf for clients and servers, also at 127.0.0.1, and the authority above it. */
  Authority.Identity peer() {
    return identity("peer");
  }

  /** As {@link #peer}, for servers alone. */
  Authority.Identity server() {
    return identity("server");
  }

  @Override
  public String toString() {
    return lower(tool) + " " + lower(key);
  }

  private Authority.Identity identity(String name) {
    return new Authority.Identity(
        directory.resolve(name + ".pem"), directory.resolve(name + "-key.pem"));
  }

  private void make() {
    Path script =
        Dist.sources()
            .resolve("peer/cli/src/test/resources/dev/peer/e2e/chains")
            .resolve(lower(tool));
    try {
      Files.createDirectory(directory);
      Process process =
          new ProcessBuilder("sh", script.toString(), lower(key))
              .directory(directory.toFile())
              .redirectErrorStream(true)
              .start();
      process.getOutputStream().close();
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(process.waitFor()).as(this + "\n" + said).isZero();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String lower(Enum<?> name) {
    return name.name().toLowerCase(Locale.ROOT);
  }

  static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void deleteQuietly(Path root) {
    try (Stream<Path> files = Files.walk(root)) {
      files.sorted((one, other) -> other.compareTo(one)).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.peer.identity;

import dev.peer.config.ConfigException;
import dev.peer.config.PeerSettings;
import dev.peer.config.Settings;
import dev.peer.core.pem.Pem;
import dev.peer.core.trust.Credentials;
import dev.peer.pki.issue.PemText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.util.HashMap;
import java.util.Map;

/** The files of a peer, and the ways in which others replace them. */
final class OwnFiles {

  /** How a certificate and its key are replaced. */
  enum Way {
    /** One after the other, each in its place. */
    WRITTEN_OVER,
    /** One after the other, each renamed into its place. */
    RENAMED,
    /** Both at once, by a link to the directory that they lie in, as in a Kubernetes secret. */
    LINK_SWAPPED
  }

  private final Path directory;
  private final Path data;
  private final Map<String, String> environment = new HashMap<>();
  private int versions;

  private OwnFiles(Path directory) {
    this.directory = directory;
    this.data = directory.resolve("data");
  }

  static OwnFiles in(Path directory, X509Certificate ca, Credentials own) throws IOException {
    OwnFiles files = new OwnFiles(Files.createDirectories(directory));
    files.replace(own, Way.LINK_SWAPPED);
    files.environment.put("HOME", directory.toString());
    files.environment.put("PEER_CERT", files.data.resolve("cert.pem").toString());
    files.environment.put("PEER_KEY", files.data.resolve("key.pem").toString());
    files.write("PEER_CA", Pem.write(ca));
    return files;
  }

  /** Writes the file that the setting names; it is a new one the first time. */
  OwnFiles write(String setting, String text) throws IOException {
    Path file = Files.writeString(directory.resolve(setting), text);
    String at = setting.startsWith("PEER_ALLOW_") ? "@" : "";
    environment.put(setting, at + file);
    return this;
  }

  OwnFiles with(String setting, String value) {
    environment.put(setting, value);
    return this;
  }

  void writeCertificate(String pem) throws IOException {
    Files.writeString(data.resolve("cert.pem"), pem);
  }

  void writeKey(Credentials own) throws IOException {
    writePrivate(data.resolve("key.pem"), PemText.privateKey(own.privateKey()));
  }

  void replace(Credentials own, Way way) throws IOException {
    String key = PemText.privateKey(own.privateKey());
    switch (way) {
      case WRITTEN_OVER -> {
        writeCertificate(PemText.chain(own));
        writeKey(own);
      }
      case RENAMED -> {
        rename(data.resolve("cert.pem"), PemText.chain(own));
        rename(data.resolve("key.pem"), key);
      }
      case LINK_SWAPPED -> {
        Path version = Files.createDirectory(directory.resolve("version-" + versions++));
        Files.writeString(version.resolve("cert.pem"), PemText.chain(own));
        writePrivate(version.resolve("key.pem"), key);
        Path link = Files.createSymbolicLink(directory.resolve("next"), version.getFileName());
        Files.move(link, data, StandardCopyOption.ATOMIC_MOVE);
      }
    }
  }

  PeerSettings settings() throws ConfigException {
    return PeerSettings.of(Settings.of(environment));
  }

  private static void rename(Path file, String text) throws IOException {
    Path beside = writePrivate(file.resolveSibling("beside"), text);
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE);
  }

  private static Path writePrivate(Path file, String text) throws IOException {
    Files.writeString(file, text);
    return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
  }
}

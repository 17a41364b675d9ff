package dev.peer.cli.result;

import dev.peer.config.IdentitySettings;
import dev.peer.config.PemSource;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** How a browser gets this peer's certificate and its CA, as commands for the user. */
final class BrowserCertificate {

  private BrowserCertificate() {}

  /**
   * The lines that say it.
   *
   * @param directory in which relative paths are meant
   */
  static List<String> lines(IdentitySettings identity, Path directory) {
    String ca = file(identity.ca(), "ca.pem", directory);
    return List.of(
        "a browser needs your certificate once:",
        "  openssl pkcs12 -export -in "
            + file(identity.cert(), "cert.pem", directory)
            + " -inkey "
            + file(identity.key(), "key.pem", directory)
            + " -out peer.p12",
        "  Firefox: Settings, Privacy & Security, View Certificates: import peer.p12 under Your"
            + " Certificates, "
            + ca
            + " under Authorities, to identify websites",
        "  Chromium on Linux: pk12util -i peer.p12 -d sql:$HOME/.pki/nssdb && certutil -A -d"
            + " sql:$HOME/.pki/nssdb -n peer -t C,, -i "
            + ca,
        "  macOS: security import peer.p12 && security add-trusted-cert -p ssl " + ca,
        "  rm peer.p12  # afterwards: it is your private key");
  }

  /** The file, quoted for a shell; a name to replace where the setting is no file. */
  private static String file(Optional<PemSource> source, String other, Path directory) {
    return source
        .filter(PemSource.File.class::isInstance)
        .map(PemSource.File.class::cast)
        .map(pem -> quoted(directory.resolve(pem.path()).normalize().toString()))
        .orElse(other);
  }

  private static String quoted(String path) {
    return path.matches("[A-Za-z0-9._/-]+") ? path : "'" + path.replace("'", "'\\''") + "'";
  }
}

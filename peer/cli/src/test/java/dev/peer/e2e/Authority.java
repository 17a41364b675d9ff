package dev.peer.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** A certification authority made by the openssl commands that docs/trust.md shows. */
record Authority(Path directory) {

  /** What {@code openssl req} is told of the key. */
  enum Key {
    EC_P256("ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
    EC_P384("ec", "-pkeyopt", "ec_paramgen_curve:P-384"),
    RSA("rsa:2048"),
    ED25519("ed25519");

    private final List<String> arguments;

    Key(String... arguments) {
      this.arguments = List.of(arguments);
    }
  }

  /** The files of a peer. */
  record Identity(Path certificate, Path key) {}

  static Authority create(Path directory, String name) throws IOException, InterruptedException {
    Files.createDirectories(directory);
    List<String> command = new ArrayList<>(List.of("openssl", "req", "-x509", "-newkey"));
    command.addAll(Key.EC_P256.arguments);
    command.addAll(List.of("-nodes", "-keyout", "ca-key.pem", "-out", "ca.pem", "-days", "365"));
    command.addAll(List.of("-subj", "/CN=" + name));
    run(directory, command);
    return new Authority(directory);
  }

  /** The same authority with files of its own, so that what two teams issue does not meet. */
  Authority copyTo(Path other) throws IOException {
    Files.createDirectories(other);
    for (String file : List.of("ca.pem", "ca-key.pem")) {
      Files.copy(directory.resolve(file), other.resolve(file));
    }
    return new Authority(other);
  }

  Path certificate() {
    return directory.resolve("ca.pem");
  }

  /** Issues a certificate for {@code CN=name}. */
  Identity issue(String name, Key key) throws IOException, InterruptedException {
    return issue(name, key, List.of("-days", "90"));
  }

  /** Issues a certificate for a time-stamping authority that lasts longer than those of peers. */
  Identity issueTimestamper(String name) throws IOException, InterruptedException {
    Files.writeString(
        directory.resolve("tsa.ext"),
        "extendedKeyUsage=critical,timeStamping\nkeyUsage=critical,digitalSignature\n");
    return issue(name, Key.EC_P256, List.of("-days", "300", "-extfile", "tsa.ext"));
  }

  /** Issues a certificate for a server of this name in the DNS. */
  Identity issueServer(String name) throws IOException, InterruptedException {
    Files.writeString(directory.resolve("server.ext"), "subjectAltName=DNS:" + name + "\n");
    return issue(name, Key.EC_P256, List.of("-days", "90", "-extfile", "server.ext"));
  }

  private Identity issue(String name, Key key, List<String> more)
      throws IOException, InterruptedException {
    request(name, key);
    List<String> command = new ArrayList<>(List.of("openssl", "x509", "-req"));
    command.addAll(List.of("-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca-key.pem"));
    command.addAll(List.of("-CAcreateserial", "-out", name + ".pem"));
    command.addAll(more);
    run(directory, command);
    return identity(name);
  }

  /** Issues one whose time is over. */
  Identity issueExpired(String name) throws IOException, InterruptedException {
    request(name, Key.EC_P256);
    List<String> command = authority("-in", name + ".csr", "-out", name + ".pem", "-notext");
    command.addAll(List.of("-startdate", "20240101000000Z", "-enddate", "20240201000000Z"));
    run(directory, command);
    return identity(name);
  }

  /**
   * Revokes what was issued under these names, of all that is not expired; writes the list anew.
   */
  Path revoke(String... names) throws IOException, InterruptedException {
    for (String name : names) {
      run(directory, authority("-revoke", name + ".pem"));
    }
    run(directory, authority("-gencrl", "-crldays", "1", "-out", "next-crl.pem"));
    Path list = directory.resolve("crl.pem");
    return Files.move(directory.resolve("next-crl.pem"), list, StandardCopyOption.REPLACE_EXISTING);
  }

  /** The start of an {@code openssl ca} command. */
  private List<String> authority(String... arguments) throws IOException {
    if (!Files.exists(directory.resolve("index"))) {
      Files.writeString(directory.resolve("index"), "");
      Files.writeString(
          directory.resolve("ca.cnf"),
          """
          [ca]
          default_ca = this
          [this]
          database = index
          unique_subject = no
          rand_serial = yes
          new_certs_dir = .
          default_md = sha256
          policy = any
          [any]
          commonName = supplied
          """);
    }
    List<String> command = new ArrayList<>(List.of("openssl", "ca", "-batch", "-config", "ca.cnf"));
    command.addAll(List.of("-cert", "ca.pem", "-keyfile", "ca-key.pem"));
    command.addAll(List.of(arguments));
    return command;
  }

  private void request(String name, Key key) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("openssl", "req", "-newkey"));
    command.addAll(key.arguments);
    command.addAll(List.of("-nodes", "-keyout", name + "-key.pem", "-out", name + ".csr"));
    command.addAll(List.of("-subj", "/CN=" + name));
    run(directory, command);
  }

  private Identity identity(String name) {
    return new Identity(directory.resolve(name + ".pem"), directory.resolve(name + "-key.pem"));
  }

  private static void run(Path directory, List<String> command)
      throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).directory(directory.toFile()).redirectErrorStream(true).start();
    process.getOutputStream().close();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(command + "\n" + said).isZero();
  }
}

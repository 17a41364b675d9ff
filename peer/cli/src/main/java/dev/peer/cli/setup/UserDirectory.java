package dev.peer.cli.setup;

import dev.peer.config.ConfigException;
import dev.peer.config.EnvFile;
import dev.peer.config.Setting;
import dev.peer.config.UserFile;
import dev.peer.core.platform.Platform;
import dev.peer.core.scratch.DirectoryHandle;
import dev.peer.core.scratch.ScratchDirectory;
import dev.peer.pki.issue.KeyType;
import dev.peer.pki.issue.PemText;
import dev.peer.pki.issue.SigningRequest;
import dev.peer.report.CommandException;
import dev.peer.report.ExitCode;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A user's files of peer. Each is written whole or not at all, and is its user's alone.
 *
 * @param directory need not be there
 */
record UserDirectory(Path directory) {

  private static final String KEY = "key.pem";
  private static final String REQUEST = "request.pem";
  private static final int LONGEST_NAME = 64;
  private static final Set<PosixFilePermission> OWN = PosixFilePermissions.fromString("rw-------");

  /** Where a file of the identity is if nobody says otherwise. */
  Path usual(Setting setting) {
    return directory.resolve(
        switch (setting) {
          case PEER_CA -> "ca.pem";
          case PEER_CERT -> "cert.pem";
          case PEER_KEY -> KEY;
          default -> throw new IllegalArgumentException(setting + " names no such file");
        });
  }

  /**
   * Makes a key and a request for a certificate.
   *
   * @return the request's file
   * @throws CommandException if one of them is there already
   */
  Path makeRequest() throws IOException, CommandException {
    for (String name : List.of(KEY, REQUEST)) {
      if (Files.exists(directory.resolve(name))) {
        throw new CommandException(
            ExitCode.USAGE,
            directory.resolve(name) + " is there already",
            "go on with it, or move it away");
      }
    }
    KeyPair pair = KeyType.P256.generate();
    put(KEY, PemText.privateKey(pair.getPrivate()));
    put(REQUEST, SigningRequest.pem(machineName(), pair));
    return directory.resolve(REQUEST);
  }

  /** What an authority usually replaces by the name that it gives. */
  private static String machineName() throws IOException {
    String name = Platform.current().hostName();
    return name.isEmpty() ? "peer" : name.substring(0, Math.min(name.length(), LONGEST_NAME));
  }

  /**
   * The file as it is to be.
   *
   * @param bytes its lines: those that are there, with the settings
   * @param content what commands read in it
   * @param replaced the settings that it had with other values
   */
  record Plan(byte[] bytes, UserFile content, List<String> replaced) {}

  /** Puts settings into the file's lines, and writes nothing yet. */
  Plan with(Map<String, String> settings) throws IOException, ConfigException {
    Path file = UserFile.in(directory);
    EnvFile.Edited edited =
        EnvFile.with(Files.exists(file) ? Files.readAllBytes(file) : new byte[0], settings);
    return new Plan(edited.bytes(), UserFile.parse(file, edited.bytes()), edited.replaced());
  }

  /** Writes the file. */
  void write(Plan plan) throws IOException {
    Path file = UserFile.in(directory);
    ScratchDirectory.createPrivate(directory);
    // Some users have their settings in another place, and a link to it.
    put(Files.exists(file) ? file.toRealPath() : file, plan.bytes());
  }

  private void put(String name, String text) throws IOException {
    ScratchDirectory.createPrivate(directory);
    put(directory.resolve(name), text.getBytes(StandardCharsets.UTF_8));
  }

  private static void put(Path file, byte[] bytes) throws IOException {
    try (DirectoryHandle in = DirectoryHandle.of(file.getParent())) {
      in.replace(file.getFileName(), OWN, to -> Channels.newOutputStream(to).write(bytes));
    }
  }
}

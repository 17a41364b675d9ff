package dev.peer.pki.cli;

import dev.peer.core.pem.CredentialException;
import dev.peer.core.pem.KeyFile;
import dev.peer.core.pem.Pem;
import dev.peer.core.scratch.FileHold;
import dev.peer.core.trust.Credentials;
import dev.peer.pki.issue.CertificateAuthority;
import dev.peer.pki.issue.PemText;
import dev.peer.pki.issue.Revocations;
import dev.peer.pki.issue.Validity;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/** The files of an authority and of the parties that it issues certificates to. */
final class AuthorityFiles {

  private static final String CERTIFICATE = "ca.pem";
  private static final String KEY = "ca-key.pem";
  private static final String REVOCATION_LIST = "crl.pem";

  private AuthorityFiles() {}

  /** A pair of files that belong together. */
  record Pair(Path certificate, Path key) {

    /** Refuses to go on where one of them is there, before anything is made. */
    void requireAbsent() throws FileAlreadyExistsException {
      for (Path file : new Path[] {key, certificate}) {
        if (Files.exists(file)) {
          throw new FileAlreadyExistsException(file.toString());
        }
      }
    }
  }

  static Pair ofAuthority(Path directory) {
    return new Pair(directory.resolve(CERTIFICATE), directory.resolve(KEY));
  }

  static Pair ofPeer(Path directory, String name) {
    return new Pair(directory.resolve(name + ".pem"), directory.resolve(name + "-key.pem"));
  }

  static CertificateAuthority read(Path directory)
      throws IOException, CredentialException, CommandException {
    Pair files = ofAuthority(directory);
    if (!Files.exists(files.certificate()) && !Files.exists(files.key())) {
      throw new CommandException(
          directory + " holds no authority (" + CERTIFICATE + " and " + KEY + ")",
          "make one with: peer-pki init --dir " + directory);
    }
    if (Files.exists(files.key())) {
      KeyFile.requirePrivate("the authority's key", files.key());
    }
    return CertificateAuthority.of(
        Pem.certificates(files.certificate().toString(), text(files.certificate())),
        Pem.privateKey(files.key().toString(), text(files.key())));
  }

  static void write(Pair files, CertificateAuthority authority, boolean overwrite)
      throws IOException {
    WholeFile key = WholeFile.secret(files.key());
    key.write(PemText.privateKey(authority.privateKey()), overwrite);
    WholeFile.open(files.certificate()).write(Pem.write(authority.certificate()), overwrite);
  }

  static void write(Pair files, Credentials credentials, boolean overwrite) throws IOException {
    WholeFile key = WholeFile.secret(files.key());
    key.write(PemText.privateKey(credentials.privateKey()), overwrite);
    WholeFile.open(files.certificate()).write(PemText.chain(credentials), overwrite);
  }

  /**
   * Writes a certificate, and those between it and the root; its key is another party's. Where they
   * overwrite others, the key of those goes.
   */
  static void write(Pair files, List<X509Certificate> chain, boolean overwrite) throws IOException {
    WholeFile.open(files.certificate()).write(PemText.chain(chain), overwrite);
    if (overwrite && Files.exists(files.key()) && !isKeyOf(chain, files.key())) {
      Files.delete(files.key());
    }
  }

  private static boolean isKeyOf(List<X509Certificate> chain, Path key) throws IOException {
    try {
      Credentials.of(chain, Pem.privateKey(key.toString(), text(key)));
      return true;
    } catch (CredentialException e) {
      return false;
    }
  }

  /** How to treat earlier revocations. */
  @FunctionalInterface
  interface Change {

    Revocations apply(CertificateAuthority authority, Revocations before) throws CommandException;
  }

  /**
   * Writes the next revocation list in place of the last one. Only one process at a time does so:
   * of two, one would lose the other's revocations.
   *
   * @return the list's file
   */
  static Path writeRevocationList(Path directory, Validity validity, Change change)
      throws IOException, CredentialException, CommandException {
    CertificateAuthority authority = read(directory);
    Path file = directory.resolve(REVOCATION_LIST);
    Optional<FileHold> alone = FileHold.tryAlone(ofAuthority(directory).key());
    if (alone.isEmpty()) {
      throw new CommandException(
          "another peer-pki writes the revocation list right now", "try again when it has ended");
    }
    try (FileHold _ = alone.get()) {
      Revocations after = change.apply(authority, lastRevocations(file, authority));
      X509CRL list = authority.revocationList(after, validity);
      WholeFile.open(file).write(PemText.revocationList(list), true);
    }
    return file;
  }

  private static Revocations lastRevocations(Path file, CertificateAuthority authority)
      throws IOException, CredentialException, CommandException {
    if (!Files.exists(file)) {
      return Revocations.none();
    }
    List<X509CRL> lists = Pem.revocationLists(file.toString(), bytes(file, Pem.LARGEST_LIST));
    if (lists.size() != 1 || !authority.hasIssued(lists.getFirst())) {
      throw new CommandException(
          file + " is not the one list of this authority",
          "it is the only record of what was revoked: put the authority's last list there, or move"
              + " the file away to begin with none revoked");
    }
    return Revocations.of(lists.getFirst());
  }

  /** The file's bytes; refuses a file that is too long. */
  static byte[] bytes(Path file, int most) throws IOException, CredentialException {
    if (Files.size(file) > most) {
      throw new CredentialException(file + ": too large", "is it the right file?");
    }
    return Files.readAllBytes(file);
  }

  /** The file's text; refuses a file that is too long. */
  static String text(Path file) throws IOException, CredentialException {
    return new String(bytes(file, Pem.LONGEST), StandardCharsets.ISO_8859_1);
  }
}
